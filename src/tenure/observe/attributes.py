"""
What an event says, by the names that every exporter uses: log records, spans and metrics agree.

The names of what other containers have as well begin with `di.`; those of code are OpenTelemetry's semantic conventions
(`code.*`, `error.type`); what is Tenure's own begins with `tenure.`.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

from tenure.events import Event, ResourceEvent, ScopeEvent
from tenure.model.binding import Binding

Value: TypeAlias = str | int | float | bool | tuple[str, ...]

CONTAINER = "di.container.name"
KEY = "di.provider.key"
KIND = "di.provider.kind"
SCOPE = "di.scope"
ERROR = "error.type"

_NAMES = {
    "label": KEY,
    "scope": SCOPE,
    "id": "tenure.resource.id",
    "scope_id": "tenure.scope.id",
    "parent_id": "tenure.scope.parent.id",
    "error": ERROR,
    "outcome": "tenure.outcome.type",
    "needs": "tenure.n_needs",
    "keys": "tenure.n_keys",
    "kind": "tenure.leak.kind",
    "name": "tenure.worker.name",
    "pool": "pool.name",
    "pool_id": "tenure.pool.id",
}
"""Fields of events whose attributes are named otherwise than `tenure.<field>`."""
_PASSED_OVER = ("at", "key")


def error_type(error: BaseException) -> str:
    """Return the name of the class of *error*, with its module unless it is a builtin one."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def event_name(event: Event) -> str:
    """Return the name of the event: `tenure.open_failed` for `OpenFailed`."""
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in type(event).__name__)
    return f"tenure.{words.lstrip('_')}"


def attributes_of(event: Event, container: str) -> dict[str, Value]:
    """
    Return what *event* says, by attribute.

    Args:
        event: any; one of a kind that is not known here has its fields as `tenure.<field>`.
        container: the name that its container goes by.
    """
    found: dict[str, Value] = {"tenure.event": event_name(event), CONTAINER: container}
    for field in type(event).__match_args__:
        if field not in _PASSED_OVER:
            value = _value(getattr(event, field))
            if value is not None:
                found[_NAMES.get(field, f"tenure.{field}")] = value
    return found


def _value(value: Any) -> Value | None:
    match value:
        case bool() | int() | float() | str() | None:
            return value
        case BaseException():
            return error_type(value)
        case tuple() if all(isinstance(each, str) for each in value) and value:
            return value
        case tuple():
            return len(value)
        case _:
            return str(value)


class Bindings:
    """What is known of the bindings behind events: their kind, and where their code stands. Makes nothing."""

    def __init__(self, container: Any) -> None:
        # An object of another kind that can be observed has no bindings to tell of.
        self._engine: Any = getattr(container, "engine", None) or getattr(container, "__tenure_engine__", None)
        self._known: dict[Any, dict[str, Value]] = {}

    def attributes(self, event: Event) -> dict[str, Value]:
        """Return the attributes of the binding that *event* is about; {} for one that is about none."""
        if self._engine is None or not isinstance(event, ResourceEvent):
            return {}
        found = self._known.get(event.key)
        if found is None:
            binding: Binding | None = self._engine.graph.bindings.get(event.key)
            found = self._known[event.key] = dict(_of_binding(binding)) if binding is not None else {}
        return found


def _of_binding(binding: Binding) -> Iterator[tuple[str, Value]]:
    if binding.lifecycle is not None:
        yield KIND, binding.lifecycle.style.value
    name = getattr(binding.target, "__qualname__", None)
    if isinstance(name, str):
        yield "code.function.name", f"{getattr(binding.target, '__module__', '')}.{name}".lstrip(".")
    where = binding.where
    path, _, line = where.rpartition(":") if where is not None else ("", "", "")
    if path:
        yield "code.file.path", path
        if line.isdecimal():
            yield "code.line.number", int(line)


def is_of_root(event: Event) -> bool:
    """Tell whether *event* is about the container itself, or what it owns."""
    return isinstance(event, ResourceEvent | ScopeEvent) and event.scope == "root"
