"""Whether a run may be looked at from outside, and the socket for it: off unless somebody says so."""

import os
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeAlias

from tenure.errors import BindingError

Inspect: TypeAlias = "bool | str | os.PathLike[str] | None"

VARIABLE = "TENURE_INSPECT"
"""Environment variable that says what `inspect=None` means: "1", or a path; unset, "" or "0": not at all."""


def inspected(container: Any, inspect: Any) -> AbstractContextManager[Any]:
    """
    Return what lets *container* be looked at as *inspect* says, while it is entered.

    Raises:
        BindingError: *inspect* is nothing that can be said.
        OSError: the socket cannot be made.
    """
    if inspect is None:
        inspect = os.environ.get(VARIABLE, "")
        inspect = {"": False, "0": False, "1": True}.get(inspect, inspect)
    if inspect is False:
        return nullcontext()
    if inspect is not True and not isinstance(inspect, str | os.PathLike):
        raise BindingError(f"inspect takes True, False, a path or None, not {inspect!r}")
    from tenure.observe.serving import serve_inspection  # noqa: PLC0415 - imported on use: few runs are looked at

    return serve_inspection(container, None if inspect is True else inspect)
