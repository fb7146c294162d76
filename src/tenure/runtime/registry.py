"""Every engine and every managed object of the process, held weakly: for exit, fork, and methods that open."""

import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.runtime.records import Managed

engines: "weakref.WeakSet[Any]" = weakref.WeakSet()
records: "weakref.WeakValueDictionary[int, Managed]" = weakref.WeakValueDictionary()
"""Records by `id` of their object; a record keeps its object alive, so the number is its own."""


def record_of(obj: Any) -> "Managed | None":
    """Return the record of *obj*, None if no container manages it."""
    return records.get(id(obj))
