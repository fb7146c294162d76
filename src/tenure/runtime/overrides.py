"""
Replace a binding for a while: dependents are rebuilt, and on leaving the very same originals are back (L57).

While an override stands, what was made from the old binding is set aside, open, in every scope; what the override
makes is closed when it is left, before the originals return.
"""

from types import TracebackType
from typing import Any

from tenure.errors import AsyncInSyncError, ScopeError
from tenure.keys import Key
from tenure.lifecycle.effects import Steps, adrive, drive
from tenure.lifecycle.outcome import Report
from tenure.model.binding import Binding
from tenure.runtime.emptying import close_some
from tenure.runtime.scope import Scope, every_scope
from tenure.runtime.setting_aside import Aside, bring_back, closed_in, take


class Override:
    """
    A replacement of one binding; a context manager in both colours.

    Raises on leaving:
        AsyncInSyncError: it was left by plain `with` and something asynchronous was opened meanwhile; nothing changed.
        CloseError: what closing code of the override's own resources raised; the originals are back all the same.
    """

    def __init__(self, engine: Any, binding: Binding) -> None:
        self._engine = engine
        self._binding = binding
        self._before: Any = None
        self._affected: set[Key] = set()
        self._aside = Aside(set())

    def __enter__(self) -> None:
        """Replace the binding."""
        engine = self._engine
        if self._before is not None:
            raise ScopeError(
                f"the override of {self._binding.label} was entered before; "
                "call container.override() again for another one"
            )
        engine.root.refuse_unless_open()
        self._before = engine.graph
        replaced = engine.graph.replaced(self._binding)
        self._affected = engine.graph.dependents(self._binding.key) | replaced.dependents(self._binding.key)
        with engine.lock:
            engine.root.refuse_unless_open()
            self._aside = take(engine, self._affected)
        engine.adopt(replaced, self._affected)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what the override made, bring the originals back."""
        owed = [e.binding.label for scope, place in self._made() if (e := scope.exits[place]).needs_await]
        if owed:
            raise AsyncInSyncError(owed, "close", "`async with container.override(...)`")
        drive(self._undo(error))

    async def __aenter__(self) -> None:
        """Replace the binding."""
        self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what the override made, bring the originals back."""
        await adrive(self._undo(error))

    def _made(self) -> list[tuple[Scope, Any]]:
        """Return the place of everything affected that is open now."""
        return [
            (s, place) for s in every_scope(self._engine.root) for place in list(s.exits) if place in self._affected
        ]

    def _undo(self, error: BaseException | None) -> Steps[None]:
        engine = self._engine
        failed: list[BaseException] = []
        with engine.lock:
            for scope in every_scope(engine.root):
                for key in self._affected:
                    scope.cache.pop(key, None)
                    scope.records.pop(key, None)
            for key in self._affected:
                engine.instances.pop(key, None)
        engine.adopt(self._before, self._affected)
        for scope in reversed(every_scope(engine.root)):
            places = [place for each, place in self._made() if each is scope]
            failed += yield from close_some(engine, scope, places, error)
        closed = closed_in(self._aside)
        stale = set(engine.graph.dependents(*closed)) if closed else set()
        with engine.lock:
            bring_back(engine, self._aside, stale)
        report = Report(f"the override of {self._binding.label}")
        report.failed = failed
        failure = report.settle(error)
        if failure is not None and failure is not error:
            raise failure
