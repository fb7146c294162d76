"""Whether an error at the place where a generator is suspended would meet a handler: read from its code."""

import functools
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import dis

_STOPS = 3
"""Argument of the intrinsic that turns a StopIteration into a RuntimeError (PEP 479): every generator ends with it."""


def can_look(generator: Any) -> bool:
    """
    Tell whether the suspended *generator* can look at an error that is thrown into it.

    It can where its yield stands in a `try` or `with`, or where it passes on what another one yields.
    """
    frame = getattr(generator, "gi_frame", None) or getattr(generator, "ag_frame", None)
    if frame is None or getattr(generator, "gi_yieldfrom", None) is not None:
        return True
    return _is_protected(frame.f_code, frame.f_lasti)


@functools.lru_cache(maxsize=256)
def _is_protected(code: CodeType, offset: int) -> bool:
    import dis  # noqa: PLC0415 - slow to import, and for generators that a body's error meets

    by_offset = {each.offset: each for each in dis.get_instructions(code)}
    entries = dis.Bytecode(code).exception_entries  # type: ignore[attr-defined]  # not in the stubs
    return any(entry.start <= offset < entry.end and _handles(by_offset.get(entry.target)) for entry in entries)


def _handles(target: "dis.Instruction | None") -> bool:
    """Tell whether *target* begins a handler that the programmer wrote."""
    if target is None or target.opname == "CLEANUP_THROW":
        return False
    return not (target.opname == "CALL_INTRINSIC_1" and target.arg == _STOPS)
