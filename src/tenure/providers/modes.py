"""Whether the calls of a provider give values or awaitables, and what is known with it."""

from dataclasses import dataclass, field
from typing import Any

from tenure.model.binding import NOTHING, TRANSIENT, Binding
from tenure.runtime.records import is_managed

_NOT_KEPT: dict[Any, Any] = {}


class NOBODY:
    """Stands for an engine whose graph is no provider's."""

    graph: Any = NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """Whether a provider gives awaitables."""

    is_on: bool
    graph: Any = None
    """The graph it was found out in; None: the user said so."""
    engine: Any = NOBODY
    """Whose graph that was."""
    plain: Any = None
    """The graph once more, where calls give values: as long as it is the engine's, they take the short way."""
    kept: dict[Any, Any] = field(default_factory=dict)
    """Where the value stands if the container itself holds it: the cache of the root, or nothing."""

    def __reduce_ex__(self, protocol: Any, /) -> Any:
        """Arrive as the very one that stands for what the user said; what was found out lives in this process."""
        if self.graph is None:
            return "ENABLED" if self.is_on else "DISABLED"
        return object.__reduce_ex__(self, protocol)


ENABLED = Mode(is_on=True)
DISABLED = Mode(is_on=False)


def found(engine: Any, binding: Binding, *, is_on: bool) -> Mode:
    """Return the mode of the provider of *binding*, found out just now."""
    graph = engine.graph
    kept = engine.root_cache() if binding.lifetime != TRANSIENT and not is_managed(binding) else _NOT_KEPT
    return Mode(is_on, graph, engine, NOTHING if is_on else graph, kept)
