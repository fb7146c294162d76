"""What tests of programs and of other containers use; nothing here is imported by the library itself."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.testing.clock import VirtualClock
    from tenure.testing.faults import (
        CutOff,
        EveryFault,
        Fault,
        FaultRun,
        Faults,
        Happened,
        InjectedFault,
        areplay,
        every_fault,
        replay,
    )

__all__ = [
    "CutOff",
    "EveryFault",
    "Fault",
    "FaultRun",
    "Faults",
    "Happened",
    "InjectedFault",
    "VirtualClock",
    "areplay",
    "every_fault",
    "replay",
]


def __getattr__(name: str) -> Any:
    """Return what is imported when it is first asked for: the plugin for pytest is part of this package."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = "clock" if name == "VirtualClock" else "faults"
    globals()[name] = found = getattr(__import__(f"{__name__}.{room}", fromlist=(name,)), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
