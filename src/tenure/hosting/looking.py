"""What the applications on a container would ask of it if they started now, told to its checks beforehand."""

from typing import Any

from tenure.container import Container
from tenure.errors import BindingError, Finding
from tenure.hosting.handlers import telling
from tenure.hosting.life import hosting
from tenure.model.check import Call
from tenure.model.place import location


def expect_applications(container: Any) -> tuple[list[Finding], bool]:
    """
    Let `container.findings()` see what the applications that `setup` gave *container* to call; starts none.

    An application that cannot be asked yet, as a server without services, is passed over: its start will tell.

    Args:
        container: of either face; only a type-driven one serves applications.

    Returns:
        What no check of a container sees, a finding for each handler that is marked with `Inject` and is not under
        `@inject`; and whether one of the applications serves without an event loop.

    Raises:
        BaseException: what the user's code raised while routes were looked up, as in a module of addresses.
    """
    found: list[Finding] = []
    is_sync = False
    if not isinstance(container, Container):
        return found, is_sync
    for calls in hosting(container).calls():
        try:
            handlers = list(calls.handlers())
        except BindingError:
            continue
        is_sync = is_sync or calls.sync
        for function, text in telling(container, handlers, awaits=calls.awaits):
            name = getattr(function, "__qualname__", repr(function))
            found.append(Finding("error", "not-injected", Call(name), text, location(function)))
    return found, is_sync
