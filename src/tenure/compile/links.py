"""What generated code is linked to; read by type checkers only."""

from typing import Any, Protocol

from tenure.model.binding import Binding
from tenure.model.graph import Graph
from tenure.model.plan import Plans


class Links(Protocol):
    """What the runtime gives generated code to call."""

    graph: Graph
    plans: Plans

    def resolver(self, binding: Binding, is_async: bool) -> Any:
        """Return the resolver of a dependency."""
        ...

    def miss(self, binding: Binding, is_async: bool) -> Any:
        """Return the function of a scope that makes the value and puts it there."""
        ...

    def kept(self, binding: Binding) -> Any:
        """Return the synchronous resolver of what the root keeps."""
        ...

    def managed(self, binding: Binding, is_async: bool) -> Any:
        """Return the function of a scope that gives an object which several scopes may hold or open later."""
        ...

    def refusal(self, binding: Binding) -> Any:
        """Return the function of a scope that raises where *binding* would have to be awaited."""
        ...

    def given(self, binding: Binding) -> Any:
        """Return the function of a scope that gives what was given to it."""
        ...

    def on_its_loop(self, binding: Binding) -> Any:
        """Return a function that gives back its argument, or raises where another loop runs than *binding*'s own."""
        ...

    def lenient(self, source: Binding, instead: Any, is_async: bool) -> Any:
        """Return a resolver of *source* that gives *instead* where that is an optional resource and unavailable."""
        ...

    def not_open(self, binding: Binding) -> Any:
        """Return a function that raises: no scope of the binding's name is open."""
        ...

    def root_cache(self) -> dict[Any, Any]:
        """Return the cache of the root."""
        ...

    def settled(self, binding: Binding, is_async: bool) -> Any:
        """Return a function of what *binding* made, awaitable or not: it awaits it, or refuses an awaitable."""
        ...
