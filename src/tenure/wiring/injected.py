"""
Injected functions: what each of their marked parameters is bound to, by which container.

A container that is wired binds them; one that is merely there (`offer`) serves as long as it is the only one. After
each change the plan is worked out anew, so that a call only goes through tuples.
"""

import inspect
import sys
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tenure.errors import Unresolved, UnresolvedMarkerError
from tenure.keys import show
from tenure.model.place import location
from tenure.providers.giving import Given
from tenure.wiring.markers import wants_provider
from tenure.wiring.slots import Slot, has_text, slots_of

MARK = "__tenure_injected__"
"""Name of the attribute of a wrapper that holds its `Injected`."""

Filler = tuple[str, int, Callable[[], Any]]
"""A parameter's name, its position, and the function that gives its value; for async code maybe a `Later`."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What a container has for a slot."""

    container: Any
    provider: Any


@dataclass(frozen=True, slots=True)
class Miss:
    """A container that was wired and has nothing for a slot."""

    container: str
    near: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Plan:
    """What a call does."""

    direct: tuple[Filler, ...]
    """Parameters filled in the scope that is current at the call."""
    closing: tuple[Filler, ...]
    """Parameters filled in the scope of the call itself; where there are none the call has no scope."""
    providers: dict[str, Any]
    """By parameter, the providers of *closing* and of the values of *direct*."""
    is_async: bool
    """Whether the values are awaited."""
    is_simple: bool
    """Whether there is nothing to do but to fill in *direct*, one after the other."""
    parts: Any = None
    """When what is filled in, as far as it is known; see `calls.parts`."""


class Injected:
    """
    A function with marked parameters.

    Args:
        function: the one that was decorated.
        is_async: whether it is a coroutine function or an async generator function.

    Attributes:
        plan: what a call does; None where it has to be worked out at the next call.
    """

    __slots__ = ("__weakref__", "_bound", "_misses", "_offers", "_slots", "function", "is_async", "plan")

    def __init__(self, function: Any, is_async: bool) -> None:
        self.function: Any = function
        self.is_async: bool = is_async
        self.plan: Plan | None = None
        self._slots: tuple[Slot, ...] | None = None if has_text(function) else slots_of(function)
        self._bound: dict[str, Bound] = {}
        self._offers: dict[str, tuple[Bound, ...]] = {}
        self._misses: dict[str, tuple[Miss, ...]] = {}

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Its marked parameters."""
        if self._slots is None:
            self._slots = slots_of(self.function)
        return self._slots

    @property
    def module(self) -> str:
        """Name of the module that it belongs to."""
        return str(getattr(self.function, "__module__", None))

    @property
    def is_bound(self) -> bool:
        """Whether any container is wired to it."""
        return bool(self._bound or self._misses)

    # who serves it

    def bind(self, container: Any, found: dict[str, Any], misses: dict[str, Miss]) -> None:
        """Have *container* serve the parameters in *found*, each with its provider; *misses* are those it cannot."""
        with _changing:
            self._take_out(container)
            self._bound |= {name: Bound(container, provider) for name, provider in found.items()}
            for name, miss in misses.items():
                self._misses[name] = (*self._misses.get(name, ()), miss)
            self.plan = None

    def offer(self, container: Any, found: dict[str, Any]) -> None:
        """Have *container* serve the parameters in *found* as long as none is wired and no other could."""
        with _changing:
            for name, provider in found.items():
                others = tuple(each for each in self._offers.get(name, ()) if each.container is not container)
                self._offers[name] = (*others, Bound(container, provider))
            self.plan = None

    def withdraw(self, container: Any) -> None:
        """Undo what `offer` of *container* did."""
        with _changing:
            self._offers = {
                name: kept
                for name, offers in self._offers.items()
                if (kept := tuple(each for each in offers if each.container is not container))
            }
            self.plan = None

    def unbind(self, container: Any = None) -> None:
        """Undo what `bind` of *container* did, of any container if None."""
        with _changing:
            if container is None:
                self._bound, self._misses = {}, {}
            else:
                self._take_out(container)
            self.plan = None

    def _take_out(self, container: Any) -> None:
        name_of_it = show_container(container)
        self._bound = {name: each for name, each in self._bound.items() if each.container is not container}
        self._misses = {
            name: kept
            for name, misses in self._misses.items()
            if (kept := tuple(miss for miss in misses if miss.container != name_of_it))
        }

    def unserved(self) -> list[Slot]:
        """Return the slots that no wired container serves."""
        return [slot for slot in self.slots if slot.name not in self._bound]

    def serving(self, slot: Slot) -> Bound | None:
        """Return what *slot* is filled from; None where nothing, or more than one, could."""
        bound = self._bound.get(slot.name)
        offers = self._offers.get(slot.name, ())
        return bound if bound is not None else offers[0] if len(offers) == 1 else None

    # what a call does

    def prepare(self) -> Plan:
        """Work out the plan anew and return it."""
        with _changing:  # nothing is bound while a plan is worked out, so that none is out of date
            plan = self.plan = self._worked_out()
        return plan

    def _worked_out(self) -> Plan:
        refused: list[Filler] = []
        direct: list[Filler] = []
        closing: list[Filler] = []
        providers: dict[str, Any] = {}
        for slot in self.slots:
            bound = self.serving(slot)
            if bound is None:
                refused.append((slot.name, slot.position, self._refusal(slot)))
                continue
            is_provider = wants_provider(slot.marker)
            filler = (slot.name, slot.position, self._filling(bound.provider, is_provider))
            (closing if slot.marker.closes else direct).append(filler)
            if slot.marker.closes or not is_provider:
                providers[slot.name] = bound.provider
        # refusals come first: nothing is opened for a call that cannot be made
        is_simple = not closing and (not self.is_async or len(providers) < 2)
        return Plan((*refused, *direct), tuple(closing), providers, self.is_async, is_simple)

    def _filling(self, provider: Any, is_provider: bool) -> Callable[[], Any]:
        if is_provider:
            return _always(provider)
        given = Given(provider)
        return given.value_or_later if self.is_async else given.value

    def _refusal(self, slot: Slot) -> Callable[[], Any]:
        def refuse() -> Any:
            raise UnresolvedMarkerError([self.unresolved(slot)])

        return refuse

    def unresolved(self, slot: Slot, misses: Iterable[Miss] = ()) -> Unresolved:
        """Return *slot* as an error tells it; *misses* besides those known."""
        told = (*self._misses.get(slot.name, ()), *misses)
        return Unresolved(
            f"parameter {slot.name!r} of {show_function(self.function)}",
            location(self.function),
            repr(slot.marker),
            self.module,
            tuple(dict.fromkeys(miss.container for miss in told)),
            tuple(dict.fromkeys(name for miss in told for name in miss.near)),
            tuple(show_container(each.container) for each in self._offers.get(slot.name, ())),
        )


_changing = threading.RLock()
_by_module: dict[str, "weakref.WeakSet[Injected]"] = {}


def enlist(injected: Injected) -> None:
    """Remember *injected*, as long as it lives, as one of its module."""
    with _changing:
        _by_module.setdefault(injected.module, weakref.WeakSet()).add(injected)


def injected_in(modules: Iterable[str] | None = None) -> Iterator[Injected]:
    """Go through the injected functions that live, of *modules* or of all."""
    with _changing:
        names = list(_by_module) if modules is None else list(modules)
        found = [each for name in names for each in _by_module.get(name, ())]
    yield from filter(_is_current, found)


def _is_current(injected: Injected) -> bool:
    """Tell whether *injected* is of the module as it is now: what a reload has replaced may live on for a while."""
    module = sys.modules.get(injected.module)
    names = getattr(inspect.unwrap(injected.function), "__globals__", None)
    return module is None or names is None or names is vars(module)


def injected_of(function: Any) -> Injected | None:
    """Return what is known of *function*, or of what it wraps, if it was injected."""
    found = getattr(function, "__dict__", {}).get(MARK)
    return found if isinstance(found, Injected) else None


def show_function(function: Any) -> str:
    """Return the name of *function* with its module."""
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    return f"{module}.{name}" if module and name else name or show(function)


def show_container(container: Any) -> str:
    """Return the name of *container*: that of the class it was declared by."""
    declared = getattr(container, "declarative_parent", None) or type(container)
    return str(getattr(declared, "__name__", declared))


def _always(provider: Any) -> Callable[[], Any]:
    return lambda: provider
