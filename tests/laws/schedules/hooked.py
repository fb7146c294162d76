"""Takes what is told to `sys.unraisablehook` during a run: errors that have no caller (L29)."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def hooked() -> Iterator[list[BaseException]]:
    """Give the list of the errors that are told to the hook while the body runs."""
    told: list[BaseException] = []

    def note(unraisable: Any) -> None:
        if unraisable.exc_value is not None:
            told.append(unraisable.exc_value)

    before, sys.unraisablehook = sys.unraisablehook, note
    try:
        yield told
    finally:
        sys.unraisablehook = before
