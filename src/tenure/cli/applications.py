"""
What is an application and no container: of a server, told by how it is called, or a command line, by its class.

No framework is imported here.
"""

import inspect
from typing import Any

from tenure.record import record


@record
class Protocol:
    """How servers call an application."""

    name: str
    server: str
    """The command of a server that speaks it."""
    by_factory: str
    """The same for a function that makes the application; `{}` stands for `module:name`."""


_ASGI = Protocol("ASGI", "uvicorn", "uvicorn --factory {}")
_WSGI = Protocol("WSGI", "gunicorn", "gunicorn '{}()'")
_BY_PARAMETERS = {
    ("scope", "receive", "send"): _ASGI, ("environ", "start_response"): _WSGI, ("env", "start_response"): _WSGI,
}  # fmt: skip

_COMMAND_LINES = frozenset(("click", "typer"))
"""Packages whose commands and groups are called by themselves, with the arguments of the process."""


def is_command_line(found: Any) -> bool:
    """Tell whether *found* is a command line: calling it would run it."""
    cls: type = type(found)
    return callable(found) and any(each.__module__.partition(".")[0] in _COMMAND_LINES for each in cls.__mro__)


def protocol_of(found: Any) -> Protocol | None:
    """Return the protocol that *found* is an application of; None for what is none."""
    if isinstance(found, type) or not callable(found):
        return None
    is_function = inspect.isroutine(found)
    try:
        names = tuple(inspect.signature(found if is_function else type(found).__call__).parameters)
    except (TypeError, ValueError):  # nothing is known of it
        return None
    return _BY_PARAMETERS.get(names if is_function else names[1:])
