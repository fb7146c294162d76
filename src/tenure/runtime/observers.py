"""Show events to observers; one that raises is reported once and dismissed (L29)."""

import sys
import traceback
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from tenure.events import Event, Observer


def tell(event: Event, observers: Sequence[Observer], dismiss: Callable[[Observer], None]) -> None:
    """Call each of *observers* with *event*; an exception goes to `sys.unraisablehook`, never to the caller."""
    for observer in observers:
        try:
            observer(event)
        except Exception as error:  # noqa: BLE001 - an observer must not disturb what it observes
            dismiss(observer)
            report(error, f"observer {observer!r} raised and is dismissed", observer)


def report(error: BaseException, message: str, subject: object) -> None:
    """Give an error that has no caller to `sys.unraisablehook`."""
    if sys.unraisablehook is sys.__unraisablehook__:  # takes nothing but a record that only the interpreter can make
        if sys.stderr is not None:
            print(f"Exception ignored: {message}", file=sys.stderr)
            traceback.print_exception(error)
        return
    told: Any = SimpleNamespace(  # the hook's own argument type cannot be made in Python
        exc_type=type(error), exc_value=error, exc_traceback=error.__traceback__, err_msg=message, object=subject
    )
    sys.unraisablehook(told)
