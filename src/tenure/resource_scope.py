"""An open scope, as both faces give it."""

from typing import TYPE_CHECKING, Any, TypeVar, overload

from tenure.model.bounds import check_count
from tenure.runtime.entering import EnterableScope
from tenure.runtime.scope import State

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")


class ResourceScope(EnterableScope):
    """
    A scope to enter once, as `with container.resource_scope() as scope` does.

    What it gives is what it owns, or what a scope around it owns; it serves this scope whatever is current.

    Attributes:
        name: of the scope: one of the ladder, "call" or "anonymous".
    """

    __slots__ = ()

    def __repr__(self) -> str:
        if self.state is State.NEW:
            return "<ResourceScope, not entered>"
        return f"<ResourceScope {self.name!r} {self.state.value}, {len(self.exits)} open>"

    @overload
    def get(self, key: str) -> Any: ...

    @overload
    def get(self, key: "TypeForm[T]") -> T: ...

    def get(self, key: Any) -> Any:
        """Return the value of *key* as seen from this scope; see `Container.get`."""
        if self.is_simple:
            level = self.level
            swift = level.plain.get(key) or self.engine.learn_swift(key, level)
            if swift is not None:
                return swift(self)
        self.refuse_unless_open()
        return self.engine.value(key, self)

    @overload
    async def aget(self, key: str) -> Any: ...

    @overload
    async def aget(self, key: "TypeForm[T]") -> T: ...

    async def aget(self, key: Any) -> Any:
        """Return the value of *key* as seen from this scope, open; see `Container.aget`."""
        if self.is_simple:
            level = self.level
            swift = level.waiting.get(key) or self.engine.learn_swift(key, level, is_async=True)
            if swift is not None:
                return await swift(self)
        self.refuse_unless_open()
        return await self.engine.avalue(key, self)

    async def start(self, *keys: Any, max_parallel: int | None = None) -> None:
        """
        Open the resources *keys* with what they need, independent ones at the same time.

        Raises:
            BaseException: the first failure; what this start opened is closed again.
        """
        from tenure.runtime import starting  # noqa: PLC0415 - imported on use: many programs never do

        check_count("max_parallel", max_parallel)
        limit = max_parallel if max_parallel is not None else self.max_parallel
        await starting.astart(self.engine, self, keys, limit)

    def start_sync(self, *keys: Any, parallel: bool = False, max_parallel: int | None = None) -> None:
        """
        Open the resources *keys* with what they need; raises as `start` does.

        Args:
            keys: bound ones.
            parallel: whether independent ones open at the same time, on threads; else one after the other.
            max_parallel: how many threads at a time, >= 1; None: what the scope says, or else 32.
        """
        from tenure.runtime import starting  # noqa: PLC0415 - imported on use: many programs never do

        check_count("max_parallel", max_parallel)
        limit = max_parallel if max_parallel is not None else self.max_parallel
        starting.start(self.engine, self, keys, parallel=parallel, max_parallel=limit)
