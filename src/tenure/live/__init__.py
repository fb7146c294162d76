"""What lives in one process: it is never pickled, and the same in every copy of what it is part of."""

import sys
from typing import Any, Self

__all__ = ["Live", "is_copying", "is_live", "refusal_of"]


class Live:
    """Base of what lives in one process."""

    __slots__ = ()
    __tenure_live__ = True

    def __reduce_ex__(self, protocol: Any, /) -> Any:
        """Refuse: it would arrive as something else."""
        raise refusal_of(self, type(self).__qualname__)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any, /) -> Self:
        return self


def refusal_of(live: Any, label: str) -> Exception:
    """Return the error that tells whoever pickles *live* what it is, and how they came to it."""
    from tenure.errors import LiveObjectError  # noqa: PLC0415 - for errors only
    from tenure.live.callers import path_to  # noqa: PLC0415 - for errors only

    return LiveObjectError(label, path_to(live))


_PARTS = ("__reduce_ex__", "__reduce__", "__getstate__")


def is_live(obj: Any) -> bool:
    """Tell whether *obj* lives in this process only."""
    return getattr(type(obj), "__tenure_live__", False) is True


def is_copying() -> bool:
    """Tell whether the method that asks, or its caller, was called by `copy`'s functions, rather than by a pickler."""
    frame = sys._getframe(2)  # noqa: SLF001 - documented, for CPython
    while frame.f_back is not None and frame.f_code.co_name in _PARTS:
        frame = frame.f_back
    return frame.f_globals.get("__name__") == "copy"
