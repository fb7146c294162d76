"""
Find what is kept too long: scopes that nobody leaves, resources that pile up, closings that were given up.

Knows events, and of the container what it has open; holds numbers and names, never a resource or an error.
"""

import threading
import weakref
from collections.abc import Callable, Collection, Iterator
from time import perf_counter
from typing import Any

from tenure.errors import ContainerClosedError
from tenure.events import (
    Abandoned,
    BorrowerLate,
    Closed,
    CloseFailed,
    Event,
    Leak,
    Opened,
    OpenFailed,
    Opening,
    ScopeEntered,
    ScopeEvent,
    ScopeLeaving,
    ScopeLeft,
)
from tenure.lifecycle.exits import Asked, shown_stack
from tenure.observe.monitor import Observable
from tenure.observe.stacks import asking_frames
from tenure.record import record
from tenure.runtime.forgotten import owes_nothing


@record(unguarded=True)
class _Kept:
    """One thing that is open. *at* is when that began, `perf_counter`."""

    kind: str
    at: float
    id: int
    label: str
    scope: str
    scope_id: int
    opened_by: Asked
    key: Any = None

    def leak(self, now: float, opened_by: Asked, kind: str | None = None) -> Leak:
        of = self.id, self.label, self.scope, self.scope_id, now - self.at
        return Leak(now, kind or self.kind, *of, shown_stack(opened_by))


class LeakDetector:
    """
    Tell what *container* keeps for too long.

    Asked at any time, `leaks()` gives scopes that were entered long ago and not left, with what is open in them, and
    resources that pile up: more of one key open in one scope than anybody meant. By itself it tells three kinds, as
    soon as they happen: a scope whose body had not ended when the container was closed, a closing that was given up at
    its limit, and a borrower that has had an item of a pool for longer than the pool's `late_after_s`. These are told
    to every observer of the container, as the event `Leak`, so that whatever logs or counts events logs and counts
    leaks; *tell* is for a program's own.

    What was open before is known by the container's snapshot. Thread-safe. Memory grows with what is open.

    Args:
        container: anything with `observe(callback)`.
        tracebacks: whether to record where each resource was opened and each scope entered: a walk over the stack for
            every one of them (some microseconds). Without, it is known of what the container itself owns only.
        n_frames: how many frames of it, >= 1.
        tell: called with each leak as well.

    Raises:
        ValueError: *n_frames* is less than 1.
    """

    def __init__(
        self,
        container: Observable,
        *,
        tracebacks: bool = False,
        n_frames: int = 10,
        tell: Callable[[Leak], object] | None = None,
    ) -> None:
        if n_frames < 1:
            msg = f"n_frames is {n_frames}, but a traceback has at least 1 frame; tracebacks=False records none"
            raise ValueError(msg)
        self._n_frames = n_frames if tracebacks else 0
        self._tell = tell
        self._lock = threading.RLock()  # guards what follows; re-entrant for finalizers that close something
        self._kept: dict[int, _Kept] = {}
        self._asked: dict[int, Asked] = {}  # of what is being opened
        self._root_ended_by: int | None = None  # `id` of the error, while the container closes
        self._early: set[int] | None = set()  # what ended while the container was looked at for the first time
        engine = _engine_of(container)
        self._engine: Callable[[], Any] = weakref.ref(engine) if engine is not None else lambda: None
        end = container.observe(self)
        self._end: Callable[[], object] | None = end if callable(end) else None
        self._begin(container)

    def _begin(self, container: Any) -> None:
        """Know what is open already."""
        look = getattr(container, "snapshot", None)
        found, now = (look() if look is not None else None), perf_counter()
        resources, scopes = (found.resources, found.scopes) if found is not None else ((), ())
        # Whoever closes already may have begun before anybody observed, and tells nobody of the end.
        staying = {view.id: view for view in scopes if view.state == "open"}
        with self._lock:
            early, self._early = self._early or (), None
            for view in resources:
                is_open = view.id and view.state == "open" and view.scope_id in staying
                if is_open and view.id not in early and not self._owes_nothing(view.key):
                    of = view.label, view.scope, view.scope_id, (), view.key
                    self._kept.setdefault(view.id, _Kept("resource", now - view.age_s, view.id, *of))
            for id, scope in staying.items():
                if scope.parent_id is not None and id not in early:
                    self._kept.setdefault(id, _Kept("scope", now, id, scope.name, scope.name, id, ()))

    def __call__(self, event: Event) -> None:
        """Take one *event* into account; this is what the container calls."""
        match event:
            case Opening():
                if self._n_frames:
                    self._asked[event.id] = asking_frames(self._n_frames)
            case Opened():
                self._opened(event)
            case OpenFailed():
                self._asked.pop(event.id, None)
            case Closed() | CloseFailed():
                self._forget(event.id)
            case Abandoned():
                self._lost(self._forget(event.id), "abandoned")
            case BorrowerLate():
                of = event.pool_id, event.pool, "pool", event.pool_id, event.held_s, event.borrowed_at
                self._tell_all(Leak(event.at, "borrowed", *of))
            case ScopeEvent():
                self._note_scope(event)

    def _note_scope(self, event: ScopeEvent) -> None:
        match event:
            case ScopeEntered():
                frames = asking_frames(self._n_frames) if self._n_frames else ()
                kept = _Kept("scope", event.at, event.scope_id, event.scope, event.scope, event.scope_id, frames)
                with self._lock:
                    self._kept[event.scope_id] = kept
            case ScopeLeaving() if event.scope == "root":
                self._root_ended_by = id(event.outcome) if event.outcome is not None else None
            case ScopeLeft():
                kept_scope = self._forget(event.scope_id)
                # What is cut off, its body not having ended, is shown what ended the container's body, or this error.
                was_cut_off = isinstance(event.outcome, ContainerClosedError) or (
                    event.outcome is not None and id(event.outcome) == self._root_ended_by
                )
                if was_cut_off:
                    self._lost(kept_scope, "scope")
                if event.scope == "root":
                    self._root_ended_by = None

    def _opened(self, event: Opened) -> None:
        asked = self._asked.pop(event.id, ())
        if not self._owes_nothing(event.key):
            kept = _Kept("resource", event.at, event.id, event.label, event.scope, event.scope_id, asked, event.key)
            with self._lock:
                self._kept[event.id] = kept

    def _owes_nothing(self, key: Any) -> bool:
        engine = self._engine()
        binding = engine.graph.bindings.get(key) if engine is not None else None
        return binding is not None and owes_nothing(binding)

    def _forget(self, number: int) -> _Kept | None:
        with self._lock:
            if self._early is not None:
                self._early.add(number)
            return self._kept.pop(number, None)

    def _lost(self, kept: _Kept | None, kind: str) -> None:
        if kept is not None:
            self._tell_all(kept.leak(perf_counter(), self._opened_by(kept, {}), kind))

    def _tell_all(self, leak: Leak) -> None:
        engine = self._engine()
        if engine is not None and engine.notify is not None:
            engine.notify(leak)
        if self._tell is not None:
            self._tell(leak)

    # asking

    def leaks(self, *, scopes_after_s: float = 60.0, max_alike: int = 100) -> tuple[Leak, ...]:
        """
        Return what is kept too long now, the oldest first; nobody else is told.

        Args:
            scopes_after_s: seconds, >= 0; a scope that has been entered for longer leaks, with what is open in it.
            max_alike: how many resources of one key may be open in one scope, >= 1; of more, the oldest stands for all.

        Raises:
            ValueError: an argument is out of its bounds.
        """
        if scopes_after_s < 0 or max_alike < 1:
            msg = f"scopes_after_s is {scopes_after_s} and max_alike {max_alike}: at least 0 and 1 make sense"
            raise ValueError(msg)
        now, everything = perf_counter(), self._everything()
        late = {kept.id for kept in everything if kept.kind == "scope" and now - kept.at > scopes_after_s}
        frames = self._frames_of_root()
        found = [kept.leak(now, self._opened_by(kept, frames)) for kept in everything if kept.scope_id in late]
        found += [
            kept.leak(now, self._opened_by(kept, frames), "piled up") for kept in _piled_up(everything, max_alike)
        ]
        return tuple(sorted(found, key=lambda leak: (-leak.age_s, leak.id)))

    def still_open(self) -> tuple[Leak, ...]:
        """Return everything that is open now and owes something, as if it leaked; the oldest first."""
        now, frames = perf_counter(), self._frames_of_root()
        return tuple(kept.leak(now, self._opened_by(kept, frames)) for kept in self._everything())

    def tell(self, *, scopes_after_s: float = 60.0, max_alike: int = 100) -> tuple[Leak, ...]:
        """Return what `leaks` gives, and tell all of it to the observers; to be called now and then."""
        found = self.leaks(scopes_after_s=scopes_after_s, max_alike=max_alike)
        for leak in found:
            self._tell_all(leak)
        return found

    def forgive(self, leaks: Collection[Leak]) -> None:
        """Forget what *leaks* are about: it is meant to stay open."""
        for leak in leaks:
            self._forget(leak.id)

    def detach(self) -> None:
        """Observe the container no longer, and forget what is open."""
        end, self._end = self._end, None
        if end is not None:
            end()
        with self._lock:
            self._kept.clear()
            self._asked.clear()

    def _everything(self) -> list[_Kept]:
        with self._lock:
            return sorted(self._kept.values(), key=lambda kept: (kept.at, kept.id))

    def _frames_of_root(self) -> dict[int, Asked]:
        """Return where the resources that the container itself owns were asked for, which it knows."""
        engine = self._engine()
        return {exit_.number: exit_.opened_by for exit_ in list(engine.root.exits.values())} if engine else {}

    def _opened_by(self, kept: _Kept, of_root: dict[int, Asked]) -> Asked:
        if kept.opened_by or kept.kind == "scope":
            return kept.opened_by
        scope = self._kept.get(kept.scope_id)  # opened by an owner task: where its scope was entered is the next best
        return of_root.get(kept.id) or (scope.opened_by if scope is not None else ())


def _piled_up(everything: Collection[_Kept], max_alike: int) -> Iterator[_Kept]:
    alike: dict[tuple[int, Any], list[_Kept]] = {}
    for kept in everything:
        if kept.kind == "resource":
            alike.setdefault((kept.scope_id, kept.key), []).append(kept)
    return (first for first, *others in alike.values() if len(others) >= max_alike)


def _engine_of(container: Any) -> Any:
    engine = getattr(container, "engine", None) or getattr(container, "__tenure_engine__", None)
    return engine if engine is not None else (container if hasattr(container, "root") else None)
