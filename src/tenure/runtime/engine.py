"""
The engine: one graph, one root scope, and the resolvers that answer from them.

Here stand the tables; what generated code links to is in `linking`, how a miss becomes a value in `misses`, objects
that open themselves are in `managed`.
"""

import sys
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tenure.compile.emitter import caller_of, preparer_of, resolver_of
from tenure.errors import BindingInUseError, MissingBindingError, PathStep, TenureError
from tenure.event import Event, Observer
from tenure.keys import Key, near
from tenure.lifecycle.backends import Region
from tenure.lifecycle.claim import Claim, note_asked
from tenure.lifecycle.claim import opening as opening_now
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.interrupts import uninterrupted
from tenure.lifecycle.opening import Notify, Place
from tenure.model.binding import CALL, SINGLETON, TRANSIENT, Binding, Make
from tenure.model.captive import refuse_captive
from tenure.model.graph import Graph, reasons
from tenure.model.plan import Plans
from tenure.runtime import links, registry, swift_making, swift_seen
from tenure.runtime.hot import Hot, RootCache
from tenure.runtime.linking import Linked
from tenure.runtime.paths import explain
from tenure.runtime.records import Managed, bind_instance
from tenure.runtime.scope import ANONYMOUS, ROOT, Ending, Scope, State, every_scope

if TYPE_CHECKING:
    from tenure.compile.ahead import Ahead
    from tenure.runtime.life import Life


class Resolvers(dict[Key, Callable[[Scope], Any]]):
    """Resolvers by key, compiled when first asked for."""

    __slots__ = ("_engine", "_is_async")

    def __init__(self, engine: "Engine", is_async: bool) -> None:
        self._engine = engine
        self._is_async = is_async

    @uninterrupted
    def __missing__(self, key: Key) -> Callable[[Scope], Any]:
        return self._engine.compile(key, self._is_async)


class Engine(Linked):
    """
    Serves one container.

    Args:
        graph: its bindings.
        ladder: names of scopes, widest first; "call" comes after them by itself.
        close_timeout: seconds for closing each resource of the root that sets no limit of its own; None: no limit.
        max_parallel: how many resources of the root are opened or closed at the same time; None: any number.
        open_timeout: seconds for opening each resource that sets no limit of its own; None: no limit.

    Attributes:
        lock: guards the dicts of scopes and records for a few bytecodes; never held while user code runs (L42). It is
            the same for all engines, so that two can become one.
        instances: records of objects that the user made and bound, by key.
        stash: what replacements set aside, by key and state; see `replacing`.
        replaced: the overrides of the type-driven face that stand, by key, the one that counts last.
        originals: what was bound before them, None if nothing was.
        joined: engines that mean this one since they were joined with it.
        follows: the engine that this one was joined with, None while it stands for itself.
        levels: the swift functions of scopes, by what is said when one is entered: a name, or None.
        ahead: the resolvers that were compiled ahead of time, None where there are none, or no longer.
        keepers: keys that keep what was made of them themselves, outside every scope.
        callers: what `caller` has found, by key.
        hot: what requests by key give without a look at anything else; see there.
        life: how far the life of the container has come, None where nobody has noted anything yet.
    """

    def __init__(
        self,
        graph: Graph,
        ladder: Sequence[str],
        close_timeout: float | None,
        max_parallel: int | None = None,
        open_timeout: float | None = None,
    ) -> None:
        self.graph: Graph = graph
        self.plans: Plans = Plans(graph)
        self.ladder: tuple[str, ...] = (*ladder, CALL)
        self.close_timeout = close_timeout
        self.max_parallel = max_parallel
        self.open_timeout = open_timeout
        self.lock: Any = registry.shared_lock()
        self.observers: tuple[Observer, ...] = ()
        self.notify: Notify | None = None
        # its marks order themselves as long as one thread runs at a time
        self._fuses: bool = getattr(sys, "_is_gil_enabled", lambda: True)()
        self.is_swift: bool = self._fuses
        self.makes_at_once: bool = True
        usual = swift_making.Level(ladder[-1] if ladder else ANONYMOUS)
        self.levels: dict[str | None, swift_making.Level] = {None: usual, CALL: swift_making.Level(CALL)}
        if ladder:
            self.levels[usual.name] = usual
        self.instances: dict[Key, Managed] = {}
        self.used: set[Key] = set()
        self.stash: dict[Key, dict[Any, Any]] = {}
        self.replaced: dict[Key, tuple[Any, ...]] = {}
        self.originals: dict[Key, Binding | None] = {}
        self.joined: list[Engine] = []
        self.follows: Engine | None = None
        self.keepers: set[Key] = set()
        self.ahead: Ahead | None = None
        self.life: Life | None = None
        self._preparers: dict[tuple[Key, bool], Any] = {}
        self.callers: dict[Key, Any] = {}
        self.hot: Hot = Hot(self)
        self._root_cache: RootCache = RootCache(self.hot)
        self.root: Scope = self._new_root()
        self.resolvers: dict[Key, Callable[[Scope], Any]] = Resolvers(self, is_async=False)
        self.aresolvers: dict[Key, Callable[[Scope], Any]] = Resolvers(self, is_async=True)
        registry.engines.add(self)
        for look_at in registry.newborn:
            look_at(self)

    def _new_root(self) -> Scope:
        root = Scope.begun(self, None, ROOT)
        root.cache = self._root_cache  # generated code holds this very dict
        root.children = {}
        root.max_parallel = self.max_parallel
        return root

    def reopen(self) -> None:
        """Begin a new life after a close: a fresh root, nothing made yet."""
        if self.ahead is not None:
            self.ahead.settle(self)
        if self.root.state is State.CLOSED:
            former, self.root = self.root, self._new_root()
            # a body that goes on is that of the new life: it is left, and told why it was cancelled, by way of this one
            self.root.region, self.root.crashed, former.region, former.crashed = (
                former.region,
                former.crashed,
                None,
                None,
            )
            self.instances = {}
            for binding in list(self.graph):
                self.enlist(binding)

    def enlist(self, binding: Binding) -> None:
        """Make the record of a bound instance, so that its methods open it although nobody fetches it."""
        if binding.is_instance_resource:
            bind_instance(self, binding)

    # what is asked for

    def value(self, key: Key, scope: Scope) -> Any:
        """Return the value of *key* as *scope* sees it; waits on this thread if need be."""
        try:
            if scope.parent is not None:
                scope.asked.add(key)
            if opening_now.get():
                note_asked(key)
            return self.resolvers[key](scope)
        except BaseException as error:
            explain(error, key, self.graph)
            raise

    @uninterrupted
    def first_value(self, key: Key, scope: Scope) -> Any:
        """Return the value of *key*, for which nothing is compiled yet, as *scope* sees it."""
        return (self.resolvers.get(key) or self.compile(key, is_async=False))(scope)

    async def avalue(self, key: Key, scope: Scope) -> Any:
        """Return the value of *key* as *scope* sees it, open."""
        try:
            if scope.parent is not None:
                scope.asked.add(key)
            if opening_now.get():
                note_asked(key)
            return await self.aresolvers[key](scope)
        except BaseException as error:
            explain(error, key, self.graph)
            raise

    def compile(self, key: Key, is_async: bool) -> Callable[[Scope], Any]:
        """
        Return the resolver of *key*, made and remembered.

        Raises:
            ContainerClosedError: the container is closing or closed.
            MissingBindingError, CircularDependencyError: the graph below *key* is not whole; nothing was made.
        """
        self.root.refuse_unless_serving()
        if self.ahead is not None and self.ahead.link(self, key, is_async):
            return (self.aresolvers if is_async else self.resolvers)[key]
        binding = self.graph.find(key) or links.composite(self.graph, key)
        if binding is None:
            raise MissingBindingError(
                key, (PathStep(key, None, None),), reasons().reason_for(self.graph, key), near(key, self.graph.bindings)
            )
        table = self.aresolvers if is_async else self.resolvers
        # dependencies first: compiling never recurses deeply
        for each in (binding,) if self._is_next(binding, table) else self.graph.order((binding.key,), table):
            if each.key not in self.resolvers:
                refuse_captive(self.plans, self.ladder, each)
            self.take(each, is_async)
        if key is not binding.key:
            table[key] = table[binding.key]
        return table[key]

    def _is_next(self, binding: Binding, table: dict[Key, Callable[[Scope], Any]]) -> bool:
        """Tell whether all that *binding* needs is compiled."""
        for edge in self.graph.edges(binding) if binding.needs else ():
            source = edge.source
            if source is None or source.key not in table:
                return False
        return True

    def take(self, binding: Binding, is_async: bool) -> None:
        """Make the resolvers of *binding* that are not there; those of what it needs are."""
        key = binding.key
        if key not in self.resolvers:
            self.used.add(key)
            self.hot.expect(binding)
            self.resolvers[key] = self._resolver(binding, is_async=False)
        if is_async and key not in self.aresolvers:
            self.aresolvers[key] = self._resolver(binding, is_async=True)

    def _resolver(self, binding: Binding, is_async: bool) -> Any:
        made = self._made_ahead("aresolver" if is_async else "resolver", binding)
        return made if made is not None else resolver_of(binding, self, is_async)

    def _made_ahead(self, kind: str, binding: Binding) -> Any:
        return self.ahead.function(kind, binding, self) if self.ahead is not None else None

    def preparer(self, binding: Binding, is_async: bool) -> Any:
        """Return the function of a scope that gives the 0-argument call of the target."""
        if self.graph.is_variant(binding) or (binding.lifetime == SINGLETON and not is_async):
            made = self._made_ahead("preparer", binding)
            from tenure.runtime import variants  # noqa: PLC0415 - imported on use: `at_once` needs it for few

            # for one call nothing is compiled
            return made if made is not None else variants.preparer(self, binding, is_async)
        found = self._preparers.get((binding.key, is_async))
        if found is None:
            found = self._made_ahead("apreparer" if is_async else "preparer", binding)
            if found is None:
                found = preparer_of(binding, self, is_async)
            self._preparers[binding.key, is_async] = found
        return found

    def caller(self, key: Key) -> Any:
        """
        Return a function of a scope, of positional and of named arguments that makes a value of *key* with them.

        None where that is more than a call: something is kept, opened or awaited.
        """
        try:
            return self.callers[key]
        except KeyError:
            pass
        self.compile(key, is_async=False)
        binding = self.graph.require(key)
        is_call = binding.make is Make.CALL and binding.is_plain and binding.lifetime == TRANSIENT
        found = caller_of(binding, self) if is_call and not self.plans.facts(binding).touches_async else None
        self.callers[key] = found
        return found

    def forget(self, keys: set[Key]) -> None:
        """Drop the resolvers of *keys*; they are compiled anew when asked for."""
        self.callers.clear()
        self.hot.forget_keys(keys)
        self.forget_swift()
        for key in keys:
            self.resolvers.pop(key, None)
            self.aresolvers.pop(key, None)
            self._preparers.pop((key, False), None)
            self._preparers.pop((key, True), None)

    def refuse_from_now_on(self) -> None:
        """Forget every resolver: the next request is compiled, and refused because the root is not open."""
        self.resolvers.clear()
        self.aresolvers.clear()
        self.callers.clear()
        self.hot.forget_all()
        self.forget_swift()

    def add(self, binding: Binding) -> None:
        """
        Take *binding* for its key; whatever was compiled is compiled anew, for it may need it.

        Raises:
            BindingInUseError: something was made from another binding of the key.
        """
        if binding.key in self.graph.bindings and binding.key in self.used:
            raise BindingInUseError(binding.key)
        if self.ahead is not None and self.ahead.is_settled:
            self.ahead = None  # it may serve anything
        self.graph.add(binding)
        self.plans = Plans(self.graph)
        if self.resolvers or self.aresolvers:
            self.forget(set(self.resolvers))
        self.enlist(binding)

    def renew(self) -> None:
        """Forget what keys declared themselves and all that was compiled, but no value; it is asked for anew."""
        self.ahead = None
        self.graph = self.graph.renewed()
        self.plans = Plans(self.graph)
        self.used = {key for key in self.used.copy() if key in self.graph.bindings}
        self._preparers.clear()
        self.refuse_from_now_on()
        for scope in every_scope(self.root):  # whoever closes something must know what was made from it
            for key in (*scope.cache, *scope.exits):
                self.graph.find(key)
        for key in tuple(self.keepers):
            self.graph.find(key)

    def adopt(self, graph: Graph, changed: set[Key]) -> None:
        """Take *graph* for the present one; *changed* holds every key whose meaning is another now."""
        if self.ahead is not None:
            self.ahead.settle(self)
        with self.lock:
            if self.ahead is not None:
                self.ahead.drop(changed)
            self.graph = graph
            self.plans = Plans(graph)
            for key in changed:
                if key in graph.bindings:
                    self.enlist(graph.bindings[key])
            self.forget(changed)

    def use_cache(self, cache: RootCache) -> None:
        """Keep what the root makes in *cache* from now on; compiled code that holds another must be forgotten."""
        self.hot.forget_all()
        self.forget_swift()
        self._root_cache = self.root.cache = cache

    # the swift way

    @property
    def fuses(self) -> bool:
        """Whether the swift way is open, where nothing else forbids it; set, whether `at_once` is as well."""
        return self._fuses

    @fuses.setter
    def fuses(self, fuses: bool) -> None:
        self._fuses = self.makes_at_once = fuses
        self._decide()

    def _decide(self) -> None:
        """Open the swift way or close it."""
        self.is_swift = self._fuses and self.notify is None
        self.forget_swift()

    def forget_swift(self) -> None:
        """Have every swift function ask for the steps, and forget them."""
        with self.lock:
            for level in self.levels.values():
                level.forget()

    def learn_swift(self, key: Key, level: swift_making.Level, is_async: bool = False) -> Callable[[Scope], Any] | None:
        """Return the swift function of *key* in scopes of *level*, made if possible; None: not now, or never."""
        table = level.waiting if is_async else level.plain
        if not self.is_swift or self.stash or key in table:
            return table.get(key)
        with self.lock, suppress(LookupError):
            table[key] = swift_making.swift_function(self, key, level.name, is_async)
        return table.get(key)

    def region_of(self, scope: Scope) -> Region | None:
        """Return the body of the `async with` that *scope*, entered swiftly, stands for; None where it has none."""
        return swift_seen.region_of(scope)

    def exits_of(self, scope: Scope) -> dict[Any, Exit]:
        """Return what was opened swiftly in *scope*."""
        return swift_seen.exits_of(scope)

    def runs_of(self, scope: Scope) -> dict[Any, Claim]:
        """Return what is being opened swiftly in *scope*."""
        return swift_seen.runs_of(scope)

    def refuse_swift_circle(self, binding: Binding) -> None:
        """Raise CircularDependencyError where the running code is part of making *binding* swiftly."""
        swift_seen.refuse_circle(binding, self.graph)

    def ending_of(self, scope: Scope) -> Ending | None:
        """Return the end of leaving *scope* swiftly."""
        return swift_seen.ending_of(scope)

    # telling

    def place(self, scope: Scope) -> Place:
        """Return *scope* as events tell it."""
        return Place(scope.name, scope.number, self.notify, self.open_timeout, self._dependents)

    def _dependents(self, key: Key) -> tuple[str, ...]:
        """Return what directly needs *key*, as shown."""
        found = []
        for binding in list(self.graph):
            with suppress(TenureError):
                if any(source.key == key for edge in self.graph.edges(binding) for _, source in edge.sources):
                    found.append(binding.label)
        return tuple(found)

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Show every event to *observer* from now on; return the function that ends it."""
        import tenure.events  # noqa: PLC0415, F401 - few programs look on

        self.observers = (*self.observers, observer)
        self.notify = self._tell
        self._decide()

        observed = weakref.ref(self)  # whoever keeps `end` must not keep what is observed: nobody would warn of it

        def end() -> None:
            engine = observed()
            if engine is not None:
                engine._dismiss(observer)  # noqa: SLF001 - itself

        return end

    def _dismiss(self, observer: Observer) -> None:
        if self.follows is not None:
            self.follows._dismiss(observer)  # noqa: SLF001 - another engine; everything of this one is there
            self.notify = self.follows.notify
            return
        self.observers = tuple(other for other in self.observers if other is not observer)
        if not self.observers:
            self.notify = None
            self._decide()

    def _tell(self, event: Event) -> None:
        from tenure.runtime import observers  # noqa: PLC0415 - imported on use: few programs look on

        observers.tell(event, self.observers, self._dismiss)
