"""What generated code calls where a value is not there: one object for each binding and colour."""

from collections.abc import Callable
from typing import Any

from tenure.lifecycle.effects import adrive, drive
from tenure.lifecycle.interrupts import uninterrupted
from tenure.model.binding import SINGLETON, Binding
from tenure.runtime.at_once import may_be_made_at_once, obtain_at_once
from tenure.runtime.making import below_is_ready
from tenure.runtime.opening import obtain
from tenure.runtime.refusing import refuse_async
from tenure.runtime.scope import Scope, refuse_sync_scope

Home = Callable[[Scope], Scope]


def home_rule(engine: Any, binding: Binding) -> Home:
    """Return the function that says which scope owns what *binding* makes when a given scope asks."""
    if binding.lifetime == SINGLETON:
        return lambda scope: engine.root
    return lambda scope: scope  # generated code already walked to the named scope; ambient and transient: who asks


class Miss:
    """The synchronous miss of *binding*: a function of a scope that gives the value; see `obtain`."""

    __slots__ = ("_binding", "_engine", "_is_variant")

    def __init__(self, engine: Any, binding: Binding, *, is_variant: bool = False) -> None:
        self._engine = engine
        self._binding = binding
        self._is_variant = is_variant

    def __call__(self, scope: Scope) -> Any:
        """Return the value."""
        return _missed(self._engine, self._binding, scope, self._is_variant)


@uninterrupted
def _missed(engine: Any, binding: Binding, scope: Scope, is_variant: bool) -> Any:
    home = engine.root if binding.lifetime == SINGLETON else scope  # generated code walked to the named scope
    if engine.makes_at_once and not is_variant and may_be_made_at_once(binding):
        return obtain_at_once(engine, binding, home, scope)
    if not below_is_ready.get():
        refuse_async(engine, binding, scope)
    return drive(obtain(engine, binding, home, is_async=False, is_variant=is_variant))


class Kept:
    """
    The synchronous resolver of what the root keeps.

    Most of that is asked for once, and a generated function of its own would be several times as large.
    """

    __slots__ = ("_binding", "_engine")

    def __init__(self, engine: Any, binding: Binding) -> None:
        self._engine = engine
        self._binding = binding

    def __call__(self, scope: Scope) -> Any:
        """Return the value."""
        try:
            return self._engine.root_cache()[self._binding.key]
        except KeyError:
            pass
        return _missed(self._engine, self._binding, scope, is_variant=False)


def amiss(engine: Any, binding: Binding, home: Home, *, is_variant: bool = False) -> Callable[[Scope], Any]:
    """Return the asynchronous miss of *binding*: a coroutine function of a scope; see `obtain`."""

    async def make(scope: Scope) -> Any:
        refuse_sync_scope(binding, home(scope))
        return await adrive(obtain(engine, binding, home(scope), is_async=True, is_variant=is_variant))

    return make
