"""What is an application for a server, told by how it is called: no framework is known here."""

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
