"""Show events to observers; one that raises is reported once and dismissed (L29)."""

from collections.abc import Callable, Sequence

from tenure.event import Event, Observer
from tenure.lifecycle.unraisable import report


def tell(event: Event, observers: Sequence[Observer], dismiss: Callable[[Observer], None]) -> None:
    """Call each of *observers* with *event*; an exception goes to `sys.unraisablehook`, never to the caller."""
    for observer in observers:
        try:
            observer(event)
        except Exception as error:  # noqa: BLE001 - an observer must not disturb what it observes
            dismiss(observer)
            report(error, f"observer {observer!r} raised and is dismissed", observer)
