"""What generated code is linked to: the functions that an engine gives it for what is not there."""

from collections.abc import Callable
from typing import Any

from tenure.errors import ScopeNotOpenError
from tenure.keys import Key
from tenure.lifecycle.closing import refuse_other_loop
from tenure.lifecycle.exits import Exit
from tenure.live import Live
from tenure.model.binding import Binding
from tenure.runtime import degrading, links, misses
from tenure.runtime.hot import RootCache
from tenure.runtime.refusing import refuse_async
from tenure.runtime.scope import Scope


class Linked(Live):
    """
    The side of an engine that generated code sees; see `compile.links`.

    Attributes:
        resolvers: those of keys, compiled when first asked for.
        aresolvers: the asynchronous ones.
        root: the scope of the container's life.
    """

    resolvers: dict[Key, Callable[[Scope], Any]]
    aresolvers: dict[Key, Callable[[Scope], Any]]
    root: Scope
    _root_cache: RootCache

    def resolver(self, binding: Binding, is_async: bool) -> Any:
        """Return the resolver of a dependency, compiled before whatever needs it."""
        return (self.aresolvers if is_async else self.resolvers)[binding.key]

    def miss(self, binding: Binding, is_async: bool) -> Any:
        """Return the function of a scope that makes the value of *binding* there."""
        if not is_async:
            return misses.Miss(self, binding)
        return misses.amiss(self, binding, misses.home_rule(self, binding))

    def kept(self, binding: Binding) -> Any:
        """Return the synchronous resolver of what the root keeps."""
        return misses.Kept(self, binding)

    def managed(self, binding: Binding, is_async: bool) -> Any:
        """Return the function of a scope that gives an object whose own methods may open it."""
        from tenure.runtime import managed  # noqa: PLC0415 - imported on use: many programs have no such classes

        return managed.agetter(self, binding) if is_async else managed.getter(self, binding)

    def refusal(self, binding: Binding) -> Any:
        """Return the function of a scope that raises where *binding* would have to be awaited."""

        def refuse(scope: Scope) -> None:
            refuse_async(self, binding, scope)

        return refuse

    def given(self, binding: Binding) -> Any:
        """Return the function of a scope that gives what was given to it."""
        return links.given(binding)

    def on_its_loop(self, binding: Binding) -> Any:
        """Return a function that gives back its argument, or raises WrongLoopError (L54)."""
        key, exits = binding.key, self.exit_of_root

        def check(value: Any) -> Any:
            refuse_other_loop(exits(key))
            return value

        return check

    def exit_of_root(self, key: Key) -> Exit | None:
        """Return what the root owes for *key*, None if nothing."""
        return self.root.exits.get(key)

    def lenient(self, source: Binding, instead: Any, is_async: bool) -> Any:
        """Return a resolver of *source* that gives *instead* where that is an optional resource and unavailable."""
        return degrading.lenient(self.resolver(source, is_async), source.key, instead, is_async)

    def not_open(self, binding: Binding) -> Any:
        """Return a function that raises ScopeNotOpenError for *binding*."""

        def refuse() -> None:
            raise ScopeNotOpenError(binding.key, binding.lifetime)

        return refuse

    def root_cache(self) -> RootCache:
        """Return the cache that every root of this engine uses."""
        return self._root_cache

    def settled(self, binding: Binding, is_async: bool) -> Any:
        """Return a function of what *binding* made, awaitable or not: it awaits it, or refuses an awaitable."""
        return links.settled(binding, is_async)
