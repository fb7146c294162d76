"""Containers that nobody closed are told by a warning that names what is open and who opened it."""

import gc
import warnings

import pytest
from fault_support import logged

from tenure import Container


class Settings:
    pass


def dropping(use):
    """Call *use* and collect what it leaves behind."""
    result = use()
    gc.collect()
    return result


def test_dropped_container_warns_with_what_is_open_and_where(log):
    """The warning names each resource with the stack of the user's code that had it opened, and the way out."""

    def use():
        container = Container()
        container.bind(Settings, logged(Settings, log, "settings"))
        container.get(Settings)
        return f"{__file__}:{use.__code__.co_firstlineno + 3}"

    with warnings.catch_warnings(action="ignore"):
        gc.collect()  # what other tests forgot when they failed is not this one's matter
    with pytest.warns(ResourceWarning) as caught:
        line = dropping(use)

    (warning,) = caught
    first, second, third, *stack, last = str(warning.message).splitlines()
    assert first == "a container was dropped with resources still open:"
    assert second == f"  Settings, opened by {line} in {use.__qualname__}"
    assert third.startswith(f"    called from {__file__}:")
    assert third.endswith(" in dropping")
    assert all(frame.startswith("    called from ") for frame in stack)
    assert last == "  close the container: `with container:`, or container.close()"


def test_closed_container_is_dropped_in_silence(log):
    """A container that owes nothing says nothing."""

    def use():
        container = Container()
        container.bind(Settings, logged(Settings, log, "settings"))
        container.get(Settings)
        container.close()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        use()
        gc.collect()

    assert log == ["open settings", "close settings"]
