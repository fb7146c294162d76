"""
Replace a binding for a while: dependents are rebuilt, and on leaving the very same originals are back (L57).

What was made from the replaced one is set aside, open, in every scope; what the override makes is closed when it is
left, before the originals return. Overrides may be left in any order; see `replacing`.
"""

from types import TracebackType
from typing import Any

from tenure.errors import AsyncInSyncError, ScopeError
from tenure.keys import Key
from tenure.lifecycle.backends import running
from tenure.lifecycle.effects import Steps, adrive, drive
from tenure.lifecycle.exits import next_number
from tenure.lifecycle.interrupts import uninterrupted
from tenure.lifecycle.outcome import Report
from tenure.model.binding import Binding
from tenure.runtime import replacing


class Override:
    """
    A replacement of one binding; a context manager in both colours, to be entered once.

    Raises on leaving:
        AsyncInSyncError: it was left by plain `with`, and something asynchronous was opened meanwhile, or is being
            opened by another task; nothing changed.
        CloseError: what closing code of the override's own resources raised; the originals are back all the same.
    """

    def __init__(self, engine: Any, binding: Binding) -> None:
        self._engine = engine
        self._binding = binding
        self._token: replacing.Token = ()

    @uninterrupted
    def __enter__(self) -> None:
        """Replace the binding."""
        engine, key = self._engine, self._binding.key
        if self._token:
            raise ScopeError(
                f"the override of {self._binding.label} was entered before; "
                "call container.override() again for another one"
            )
        engine.root.refuse_unless_open()
        graph = engine.graph.replaced(self._binding)
        affected = engine.graph.dependents(key) | graph.dependents(key)
        with engine.lock:
            engine.root.refuse_unless_open()
            replacing.begin(engine, (key,), affected)
            if key not in engine.replaced:
                engine.originals[key] = engine.graph.bindings.get(key)
            self._token = (key, next_number(), self._binding)
            engine.replaced[key] = (*engine.replaced.get(key, ()), self._token)
            engine.adopt(graph, affected)

    @uninterrupted
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what the override made, bring the originals back."""
        affected = self._affected()
        owed = [exit_.binding.label for _, exit_ in self._made(affected) if exit_.needs_await]
        backend = running()
        if backend is not None:
            under_way = replacing.being_made(self._engine, affected, (self._token,))
            owed += [claim.binding.label for claim in under_way if claim.loop is backend.token()]
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

    def _made(self, affected: set[Key]) -> list[Any]:
        """Return what is open now and was made while it stood."""
        counts = self._engine.replaced[self._binding.key][-1] is self._token
        return replacing.made_under(self._engine, affected if counts else (), (self._token,))

    def _affected(self) -> set[Key]:
        """Return the keys whose meaning changes when it is left."""
        engine, key = self._engine, self._binding.key
        affected: set[Key] = self._graph_without().dependents(key)
        affected |= engine.graph.dependents(key)
        return affected

    def _graph_without(self) -> Any:
        """Return the graph as it will be without it."""
        engine, key = self._engine, self._binding.key
        others = [token for token in engine.replaced[key] if token is not self._token]
        return engine.graph.replaced(others[-1][2]) if others else engine.graph.restored(key, engine.originals[key])

    def _undo(self, error: BaseException | None) -> Steps[None]:
        engine, key = self._engine, self._binding.key
        interrupted = yield from replacing.closings_ended(engine, self._affected, self._token)
        with engine.lock:
            graph, affected = self._graph_without(), self._affected()
            counted = engine.replaced[key][-1] is self._token
            others = tuple(token for token in engine.replaced[key] if token is not self._token)
            if others:
                engine.replaced[key] = others
            else:
                del engine.replaced[key], engine.originals[key]
            if counted:
                engine.adopt(graph, affected)
        failed = yield from replacing.end(
            engine,
            (key,) if counted else (),
            (self._token,),
            error,
            others=affected if counted else (),
            can_wait=True,
        )
        _settle(f"the override of {self._binding.label}", [*failed, *interrupted], error)


def _settle(subject: str, failed: list[BaseException], error: BaseException | None) -> None:
    backend = running()
    report = Report(subject)
    for each in failed:
        if backend is not None and backend.is_cancellation(each) and report.cancelled is None:
            report.cancelled = each
        else:
            report.failed.append(each)
    failure = report.settle(error)
    if failure is not None and failure is not error:
        try:
            raise failure
        finally:
            del failure  # its traceback holds this frame (L16)
