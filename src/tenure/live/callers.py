"""
How whoever pickles something came to it: looked up among the variables of the functions that are at work.

A pickler does not tell an object what it was reached from. The line that is running says what was handed to the
pickler, and by what name.
"""

import ast
import linecache
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from tenure.live.paths import paths

_N_FRAMES = 25
"""How many callers are asked, at most."""
_N_OWN = 3
"""How many of them that are no machinery: who is further away knows the object by another name, if at all."""
_N_OBJECTS = 2_000
"""How many objects are looked at: what an error says is not worth a look at all that a program has."""
_MACHINERY = (
    "_pickle", "celery", "cloudpickle", "concurrent", "dask", "distributed", "joblib", "kombu", "loky",
    "multiprocessing", "pickle", "ray", "tenure", "threading",
)  # fmt: skip
"""Packages whose variables have names that say nothing to the user."""


def path_to(live: Any) -> str | None:
    """Return how *live* is reached from what a caller pickles, as `task.args[0].repo`; None where it is not seen."""
    found, n_own = None, 0
    looked_at: list[Any] = []
    try:
        for frame in _callers():
            is_machinery = str(frame.f_globals.get("__name__")).partition(".")[0] in _MACHINERY
            path = _path_in(frame, live, is_machinery, looked_at)
            if path is not None and not is_machinery:
                return path
            found = path or found
            n_own += not is_machinery
            if n_own == _N_OWN:
                break
    except Exception:  # noqa: BLE001 - what is told is better told without a path than not at all
        return found
    return found


def _callers() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - documented, for CPython
    for _ in range(_N_FRAMES):
        if frame is None:
            return
        if not str(frame.f_globals.get("__name__")).startswith("tenure."):
            yield frame
        frame = frame.f_back


def _path_in(frame: FrameType, live: Any, is_machinery: bool, looked_at: list[Any]) -> str | None:
    values = frame.f_globals | frame.f_locals
    names = _handed_on(frame)
    if names is None or is_machinery:
        names = [name for name in frame.f_locals if name != "self"]
    for name in names:
        seen: dict[int, Any] = {}
        found = paths(values.get(name), name, lambda each: each is live, _N_OBJECTS - len(looked_at), seen)
        path = next((path for path, _ in found), None)
        looked_at += seen
        if path is not None:
            return path
    return None


def _handed_on(frame: FrameType) -> list[str] | None:
    """Return the variables that the call which *frame* is at was given; None where the source does not tell."""
    lines = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    first, last, begin, end = lines
    if first is None or last is None or begin is None or end is None:
        return None
    text = [linecache.getline(frame.f_code.co_filename, number) for number in range(first, last + 1)]
    text[-1] = text[-1].encode()[:end].decode()
    text[0] = text[0].encode()[begin:].decode()
    try:
        call = ast.parse("(" + "".join(text) + ")", mode="eval").body
    except SyntaxError:
        return None
    if not isinstance(call, ast.Call):
        return None
    given = [*call.args, *(each.value for each in call.keywords)]
    return [node.id for each in given for node in ast.walk(each) if isinstance(node, ast.Name)]
