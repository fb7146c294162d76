"""
What a request by key gives without a look at anything else: settled values, and what makes new ones.

Only what nothing has to be closed for stands here: a plain value made once, with no resource below it, and new objects
over such values. Whoever closes, replaces or resets something takes it out of the root's cache, and so out of here.
Requests answered from here leave no trace, so that nothing stands here while code runs for the first time whose
requests must be known (L20); see `watch`.
"""

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from tenure.compile.makers import is_made_anew, maker_of
from tenure.keys import Key
from tenure.lifecycle.claim import note_asked
from tenure.model.binding import NOTHING, SINGLETON, Binding, Make
from tenure.runtime.paths import explain
from tenure.runtime.scope import current, current_of


class Hot(dict[Key, Any]):
    """
    Settled values by key; the look-up of another key asks *engine*.

    Args:
        engine: whose keys they are.

    Attributes:
        expected: keys that may be hot.
        makers: functions of nothing that make a new object, by key.
    """

    __slots__ = ("_engine", "_handed", "_maker_of", "_n_watching", "_watched", "expected", "makers")

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.expected: set[Key] = set()
        self._n_watching = 0
        self._watched: set[Any] = set()  # a key, or a key and True
        self.makers: dict[Key, Callable[[], Any]] = {}
        self._maker_of: Any = self.makers.get
        self._handed: dict[Key, Callable[[], None]] = {}

    def __missing__(self, key: Key) -> Any:
        maker = self._maker_of(key)
        if maker is not None:
            try:
                return maker()
            except BaseException as error:
                explain(error, key, self._engine.graph)
                raise
        return self._ask(key)

    def _ask(self, key: Key) -> Any:
        """Return the value of *key* as the current scope sees it; waits on this thread if need be."""
        engine, scope = self._engine, current.get()
        try:
            if scope is None:
                scope = engine.root
            else:
                if scope.engine is not engine:
                    scope = current_of(engine)
                if scope.is_simple and scope.parent is not None:
                    swift = scope.level.plain.get(key)
                    if swift is not None:
                        return swift(scope)
                scope.asked.add(key)
                if not scope.is_simple and scope.inflight:
                    note_asked(key)
            resolver = engine.resolvers.get(key)
            value = resolver(scope) if resolver is not None else engine.first_value(key, scope)
        except BaseException as error:
            explain(error, key, engine.graph)
            raise
        if key in self.expected and not self._n_watching:
            self._settle(key, value)
        return value

    def expect(self, binding: Binding) -> None:
        """Note whether *binding* may be hot: nothing has to be closed for it or for what it is made of."""
        is_kept = binding.is_plain and (binding.lifetime == SINGLETON or binding.make is Make.VALUE)
        is_own = not binding.later and not hasattr(type(binding.key), "__tenure_forget__")
        if is_made_anew(binding) or (is_kept and is_own and not self._engine.plans.facts(binding).resources):
            self.expected.add(binding.key)

    def _settle(self, key: Key, value: Any) -> None:
        """Let *value* of *key* be given from now on without a look at anything else."""
        engine = self._engine
        with engine.lock:
            binding, cache = engine.graph.find(key), engine.root_cache()
            if binding is None or self._n_watching or cache.hot is not self:
                return
            if is_made_anew(binding):
                maker = maker_of(binding, engine.graph, self._settled)
                if maker is None:  # nor will the next request find one, unless bindings change
                    self.expected.discard(key)
                else:
                    self.makers[key] = maker
            elif binding.make is Make.VALUE or cache.get(key, self) is value:
                self[key] = value

    def _settled(self, key: Key) -> Any:
        """Return what stands for *key*, NOTHING where nothing does or where something has to be closed for it."""
        return self._engine.root_cache().get(key, NOTHING) if key in self.expected else NOTHING

    def hand_out(self, key: Key, value: Any, take: Callable[[], None], give_back: Callable[[], None]) -> None:
        """
        Let somebody give *value* of *key*, hot now, without asking here, until it is hot no longer.

        Args:
            key: any.
            value: what they think stands for it; if something else does, nothing happens.
            take: called under the lock to begin with.
            give_back: called as soon as *key* is hot no longer.
        """
        with self._engine.lock:
            if self.get(key, self) is value:
                self._handed[key] = give_back
                take()

    def pop(self, key: Key, default: Any = None) -> Any:
        """Take out what stands for *key*, if anything."""
        value = super().pop(key, default)
        if key in self._handed:
            self._handed.pop(key)()
        return value

    def clear(self) -> None:
        """Take everything out."""
        super().clear()
        while self._handed:
            self._handed.popitem()[1]()

    def watch(self, key: Key, *, opens: bool = False) -> bool:
        """
        Have every request noticed while *key* is made for the first time, or by code that is known to ask (L20).

        What asked for nothing when it was first made is taken to be code that does not.

        Args:
            key: of what is made.
            opens: whether an object that is there already is opened.

        Returns:
            Whether `unwatch` has to be called at the end of it.
        """
        engine = self._engine
        if ((key, True) if opens else key) in self._watched and key not in engine.graph.learned:
            return False
        with engine.lock:
            self._n_watching += 1
            self.forget()
        return True

    def has_run(self, key: Key) -> bool:
        """Tell whether the code that makes *key* has run before."""
        return key in self._watched

    def unwatch(self, key: Key, has_run: bool, *, opens: bool = False) -> None:
        """
        End what `watch` began.

        Args:
            key: as there.
            has_run: whether to remember that the code has run to its end. Of what is made once and kept it would be
                remembered for nothing, at 50 bytes each.
            opens: as there.
        """
        with self._engine.lock:
            self._n_watching -= 1
            if has_run:
                self._watched.add((key, True) if opens else key)

    def forget(self) -> None:
        """Answer nothing any more without asking."""
        if self or self._handed:
            self.clear()
        self.makers.clear()

    def forget_keys(self, keys: Iterable[Key]) -> None:
        """Forget all that is known of *keys*, and what may be made of them."""
        self.makers.clear()
        for key in keys:
            self.pop(key, None)
            self.expected.discard(key)
            self._watched -= {key, (key, True)}

    def forget_all(self) -> None:
        """Forget all that is known of any key."""
        self.forget()
        self.expected.clear()
        self._watched.clear()


class RootCache(dict[Key, Any]):
    """
    The values of a root by key; what is taken out or replaced is hot no longer.

    Args:
        hot: of the engine.
    """

    __slots__ = ("hot",)

    def __init__(self, hot: Hot) -> None:
        self.hot: Hot = hot

    def __setitem__(self, key: Key, value: Any) -> None:
        super().__setitem__(key, value)
        self._cool(key)

    def __delitem__(self, key: Key) -> None:
        super().__delitem__(key)
        self._cool(key)

    def _cool(self, key: Key) -> None:
        hot = self.hot
        if key in hot:
            hot.pop(key, None)
        hot.makers.clear()  # it may be bound into one of them

    def pop(self, key: Key, default: Any = None) -> Any:
        """Take out what stands for *key*, if anything."""
        value = super().pop(key, default)
        self._cool(key)
        return value

    def clear(self) -> None:
        """Take everything out."""
        super().clear()
        self.hot.forget()

    def popitem(self) -> NoReturn:
        """Nobody needs it."""
        raise NotImplementedError
