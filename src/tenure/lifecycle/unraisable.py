"""Errors that have no caller: they go to `sys.unraisablehook` (L29)."""

import sys
from types import SimpleNamespace
from typing import Any


def report(error: BaseException, message: str, subject: object) -> None:
    """Give *error* to `sys.unraisablehook`, saying *message* of *subject*."""
    if sys.unraisablehook is sys.__unraisablehook__:  # takes nothing but a record that only the interpreter can make
        if sys.stderr is not None:
            import traceback  # noqa: PLC0415 - slow to import, and for errors only

            print(f"Exception ignored: {message}", file=sys.stderr)
            traceback.print_exception(error)
        return
    told: Any = SimpleNamespace(  # the hook's own argument type cannot be made in Python
        exc_type=type(error), exc_value=error, exc_traceback=error.__traceback__, err_msg=message, object=subject
    )
    sys.unraisablehook(told)
