"""An open scope, as both faces give it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, overload

from tenure.model.bounds import check_count
from tenure.runtime import starting
from tenure.runtime.scope import Scope

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")


def _as_it_is(key: Any) -> Any:
    return key


class ResourceScope:
    """
    An open scope, as `with container.resource_scope() as scope` gives it.

    What it gives is what it owns, or what a scope around it owns; it serves this scope whatever is current.
    """

    __slots__ = ("_key", "_scope")

    def __init__(self, scope: Scope, key: Callable[[Any], Any] = _as_it_is) -> None:
        self._scope = scope
        self._key = key

    def __repr__(self) -> str:
        return f"<ResourceScope {self._scope.name!r} {self._scope.state.value}, {len(self._scope.exits)} open>"

    @property
    def name(self) -> str:
        """Name of the scope: one of the ladder, "call" or "anonymous"."""
        return self._scope.name

    @overload
    def get(self, key: str) -> Any: ...

    @overload
    def get(self, key: "TypeForm[T]") -> T: ...

    def get(self, key: Any) -> Any:
        """Return the value of *key* as seen from this scope; see `Container.get`."""
        self._scope.refuse_unless_open()
        return self._scope.engine.value(self._key(key), self._scope)

    @overload
    async def aget(self, key: str) -> Any: ...

    @overload
    async def aget(self, key: "TypeForm[T]") -> T: ...

    async def aget(self, key: Any) -> Any:
        """Return the value of *key* as seen from this scope, open; see `Container.aget`."""
        self._scope.refuse_unless_open()
        return await self._scope.engine.avalue(self._key(key), self._scope)

    async def start(self, *keys: Any, max_parallel: int | None = None) -> None:
        """
        Open the resources *keys* with what they need, independent ones at the same time.

        Raises:
            BaseException: the first failure; what this start opened is closed again.
        """
        check_count("max_parallel", max_parallel)
        limit = max_parallel if max_parallel is not None else self._scope.max_parallel
        await starting.astart(self._scope.engine, self._scope, [self._key(key) for key in keys], limit)

    def start_sync(self, *keys: Any, parallel: bool = False, max_parallel: int | None = None) -> None:
        """
        Open the resources *keys* with what they need; raises as `start` does.

        Args:
            keys: bound ones.
            parallel: whether independent ones open at the same time, on threads; else one after the other.
            max_parallel: how many threads at a time, >= 1; None: what the scope says, or else 32.
        """
        check_count("max_parallel", max_parallel)
        limit = max_parallel if max_parallel is not None else self._scope.max_parallel
        own = [self._key(key) for key in keys]
        starting.start(self._scope.engine, self._scope, own, parallel=parallel, max_parallel=limit)
