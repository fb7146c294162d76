"""A pool that was opened by hand and never closed: told of, and closed where no event loop is needed for it."""

import sys
import weakref
from typing import Any

from tenure.lifecycle.exits import asking_stack, shown_stack
from tenure.lifecycle.unraisable import report
from tenure.pool.decisions.core import CLOSED


def watch(pool: Any, life: Any) -> "weakref.finalize[[Any, Any], Any]":
    """
    Have *life*, just begun, ended when *pool* is collected or the program ends, unless it is closed before.

    Returns:
        What keeps *life*: to be detached when that has ended.
    """
    return weakref.finalize(pool, _end, life, asking_stack(1))


def _end(life: Any, asked: Any) -> None:
    if not life.is_open:
        return
    if not life.core.entries:
        life.core.state = CLOSED
        return
    import warnings  # noqa: PLC0415 - for mistakes only

    opened_by = shown_stack(asked)
    where = f"; it was opened at {opened_by[0]}" if opened_by else ""
    told = ResourceWarning(f"{life.maker.label} was never closed{where}; use `with`, or close it in a `finally`")
    try:
        warnings.warn(told, stacklevel=2)
    except ResourceWarning as error:
        if not sys.is_finalizing():
            report(error, "a pool was forgotten", life)
    if not life.makes_aside:
        try:
            life.abandon()
        except Exception as error:  # noqa: BLE001 - nobody asked for the close
            report(error, f"{life.maker.label} failed to close", life)
