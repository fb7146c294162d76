"""Objects of resource classes refuse to be pickled as long as a container has them open: it does not travel."""

from collections.abc import Iterator
from typing import Any

from tenure.keys import show
from tenure.live import is_copying, refusal_of
from tenure.runtime.forgotten import owed_by
from tenure.runtime.registry import engines, record_of


def refuse_if_open(obj: Any) -> None:
    """Raise LiveObjectError where *obj* is being pickled, rather than copied, and a container has it open."""
    if not is_copying() and _is_open(obj):
        raise refusal_of(obj, f"{show(type(obj))}, which is open")


def _is_open(obj: Any) -> bool:
    record = record_of(obj)
    return record.is_open if record is not None else any(value is obj for value in open_values())


def open_values() -> Iterator[Any]:
    """Give every value that a container of this process has open."""
    for engine in list(engines):
        yield from (exit_.value for exit_ in owed_by(engine.root))
