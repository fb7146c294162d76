"""
The swift way through a simple scope: enter, make what is asked for in one function, leave; no step machine.

It is taken where nothing has to be waited for and nobody looks on: no observer, no second thread in the scope, nothing
replaced. Two marks keep that so. `idle` is taken away, which only one can do, by whoever opens or closes swiftly.
`is_simple` is put down by whoever looks at the tables of the scope, before the look. Swift code looks at `is_simple`
after it has taken `idle`, everybody else at `idle` after having put `is_simple` down: one of them notices the other.
What was opened is in `Scope.opened`, and becomes exits as soon as somebody looks (`exits_of`).
"""

import time
from collections.abc import Callable
from types import SimpleNamespace, TracebackType
from typing import Any, NoReturn, Self

from tenure.compile.swift import END, NotSwiftError, swift_of
from tenure.errors import ContainerClosedError
from tenure.keys import Key
from tenure.lifecycle.claim import Claim
from tenure.lifecycle.closing import Closer
from tenure.lifecycle.effects import drive, unwrapped
from tenure.lifecycle.exits import Exit, next_number
from tenure.lifecycle.handles import never_yields, yields_twice
from tenure.model.binding import NOTHING, SINGLETON, TRANSIENT, Binding
from tenure.notes import attach_closing_errors
from tenure.runtime.at_work import codes, every_frame, is_at_work, made_in, stack
from tenure.runtime.needing import exit_of
from tenure.runtime.paths import explain, remember_way
from tenure.runtime.scope import Ending, Scope, State, current


class SwiftScope(Scope):
    """A scope to enter with `with`; what subclasses do where the swift way is not open is in `_enter` and `_leave`."""

    __slots__ = ()

    def _enter(self, is_sync: bool) -> None:
        raise NotImplementedError

    def _leave(self, error: BaseException | None) -> bool:
        raise NotImplementedError

    def _conclude(self, error: BaseException | None) -> bool:
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Enter without a loop: what has to be awaited is refused inside."""
        engine = self.engine
        root = engine.root
        if self.is_simple and self.state is _NEW and root.state is _OPEN and current.get() is None and engine.is_swift:
            self.parent: Scope | None = root
            self.name: str = engine.usual_name
            self._is_sync = True
            self.state: State = _OPEN
            root._children[self] = None  # noqa: SLF001 - its slot: see Scope
            if root.state is _OPEN:  # else its closing began, which may have seen this one or not
                self._token = current.set(self)
                return self
            root._children.pop(self, None)  # noqa: SLF001
            self.state = _NEW
        self._enter(is_sync=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Close everything it owns, last opened first; see `leaving.leave`."""
        may = self.is_simple
        if may:
            try:
                del self.idle
            except AttributeError:
                may = False
        if not may:  # outside the handler: what is raised there has no context
            return self._leave(error)
        opened, engine = self.opened, self.engine
        is_open = self.state is _OPEN and current.get() is self
        if not (is_open and engine.is_swift and not engine.stash) or (opened and error is not None):
            self.idle = True
            return self._leave(error)
        at_work = True  # noqa: F841 - others look at it: see `at_work`
        self.state = _CLOSING
        if not self.is_simple:
            _give_back(self)
            return self._leave(error)
        if not opened:
            self.cache.clear()
            return self._left(error)
        self.made: dict[Key, Any] = self.cache
        self.cache: dict[Key, Any] = {}  # nothing is given out any more; who looks sees what it was
        failure = _close(opened)
        self.made.clear()
        if failure is None and (self.is_simple or all(each.done for each in self.exits.values())):
            return self._left(error)
        if failure is None:  # closing code had somebody look: what is left has become exits
            _give_back(self)
            return self._leave(error)
        try:
            return self._leave_failed(error, failure)
        finally:
            del failure  # its traceback holds this frame (L16)

    def _left(self, error: BaseException | None) -> bool:
        self.state = _CLOSED
        self.parent._children.pop(self, None)  # type: ignore[union-attr]  # noqa: SLF001 - its slot
        if not self.is_simple:
            ended(self)
        token, self._token = self._token, None  # type: ignore[assignment]  # the slot of a part that may be None
        try:
            current.reset(token)
        except ValueError:  # it belongs to another context
            self._token = token
            return self._conclude(error)
        return False

    def _leave_failed(self, error: BaseException | None, failure: BaseException) -> bool:
        """Close the others by steps after *failure* (L24)."""
        if not self.opened:  # Ctrl-C after the last of them
            _give_back(self)
            self._leave(None)
            raise failure
        _owe_failure(self, failure)
        return self._leave(error)


def _close(opened: list[Any]) -> BaseException | None:
    """Close the generators among *opened*, the last one first, up to one that fails; take off what is closed."""
    try:
        while opened:
            if next(opened[-2], END) is not END:
                opened[-2].close()
                raise yields_twice(opened[-1])
            del opened[-2:]
    except BaseException as failure:  # noqa: BLE001 - raised where all of it is closed
        return failure
    return None


_NEW, _OPEN, _CLOSING, _CLOSED = State.NEW, State.OPEN, State.CLOSING, State.CLOSED
codes.add(SwiftScope.__exit__.__code__)


# what swift functions call


def _slow(key: Key, scope: Scope) -> Any:
    scope.refuse_unless_open()
    return scope.engine.value(key, scope)


def _never(binding: Binding) -> NoReturn:
    raise never_yields(binding)


def _looked_at(scope: Scope, generator: Any, binding: Binding, value: Any, key: Key) -> None:
    """
    Owe what has just been opened in a scope that somebody has looked at since.

    Raises:
        ContainerClosedError: the scope was closed from inside this very opening; what was opened is closed again.
    """
    engine = scope.engine
    with engine.lock:
        exit_ = next((each for each in scope.exits.values() if each.handle is generator), None)
        if exit_ is None:
            exit_ = _exit(scope, generator, binding, scope.exits)
            if not _is_disowned(scope):
                scope.exits[binding.key] = exit_
        exit_.value = value
        _strike(scope, generator)
    if _is_disowned(scope):
        graph = engine.graph
        _refuse_late(scope, exit_, _way(graph, graph.find(key), binding.key, set())[:-1])


def _is_disowned(scope: Scope) -> bool:
    return scope.state is not _OPEN and not any(isinstance(each, Run) for each in scope.inflight.values())


def _refuse_late(scope: Scope, exit_: Exit | None, way: tuple[Binding, ...]) -> NoReturn:
    error = ContainerClosedError(scope.subject, scope.state.value)
    remember_way(error, way)
    if exit_ is not None and not exit_.done:
        closer = Closer(None, scope.engine.place(scope), None)
        drive(closer.close(exit_))
        attach_closing_errors(error, closer.report.take_all())
    raise error


def _failed(scope: Scope, key: Key, error: BaseException, culprit: Key) -> BaseException:
    """Let go of what did not open; return what is to be raised, by what makes *culprit* on the way to *key*."""
    opened = scope.opened
    if opened:
        for generator in opened[::2]:
            if not generator.gi_suspended:
                _strike(scope, generator)
    scope.idle = True
    _end_run(scope)
    error, graph = unwrapped(error), scope.engine.graph
    remember_way(error, _way(graph, graph.find(key), culprit, set()))
    explain(error, key, graph)
    return error


def _way(graph: Any, binding: Binding, culprit: Key, seen: set[Key]) -> tuple[Binding, ...]:
    """Return what is made for the scope on the way from *binding* to *culprit* that steps would take, () if none."""
    seen.add(binding.key)
    own = () if binding.lifetime == TRANSIENT else (binding,)
    if binding.key == culprit:
        return own or (binding,)
    for edge in graph.edges(binding):
        for _, source in edge.sources:
            if source.key not in seen and (rest := _way(graph, source, culprit, seen)):
                return (*own, *rest)
    return ()


def _finished(scope: Scope) -> None:
    """End a run that somebody waits for, or that was cut off from inside."""
    is_disowned = _is_disowned(scope)
    _end_run(scope)
    if is_disowned:
        _refuse_late(scope, None, ())


_HOOKS: Any = SimpleNamespace(
    state_open=_OPEN, current=current.get, slow=_slow, never_yields=_never, looked_at=_looked_at, failed=_failed,
    finished=_finished,
)  # fmt: skip


def swift_function(engine: Any, key: Key) -> Callable[[Scope], Any] | None:
    """
    Return the swift function of *key*.

    Returns:
        None where it needs the steps for good.

    Raises:
        LookupError: not yet: some code below it has never run, and may ask for something while it does (L20).
    """
    binding = engine.graph.find(key)
    if binding is None or key is not binding.key:
        return None

    def is_known(each: Binding) -> bool:
        if each.lifetime in (SINGLETON, TRANSIENT):
            return True
        if each.key in engine.graph.learned:
            return False
        if not engine.hot.has_run(each.key):
            raise LookupError
        return True

    try:
        function = swift_of(binding, engine.graph, engine.usual_name, engine.root_cache(), is_known, _HOOKS)
    except NotSwiftError:
        return None
    codes.add(function.__code__)
    return function  # type: ignore[no-any-return]  # it was written as such


# what others see of it


def exits_of(scope: Scope) -> dict[Any, Exit]:
    """Return what swift code opened in *scope*, as exits; under the engine's lock."""
    found: dict[Any, Exit] = {}
    opened = scope.opened or []
    for generator, binding in list(zip(opened[::2], opened[1::2], strict=False)):
        if generator.gi_suspended:
            found[binding.key] = _exit(scope, generator, binding, found)
        elif generator.gi_running and scope.state is _CLOSING:
            found[binding.key] = closing = _exit(scope, generator, binding, found)
            closing.done = True
        if not generator.gi_running:  # else it is owed when it has opened: see `_looked_at`
            _strike(scope, generator)
    return found


def _exit(scope: Scope, generator: Any, binding: Binding, others: dict[Any, Exit]) -> Exit:
    engine = scope.engine
    exit_ = Exit(
        binding, getattr(scope, "made", scope.cache).get(binding.key), generator, next_number(), time.perf_counter()
    )
    below = (
        others.get(each.key) or (exit_of(engine, each.key, scope.parent) if scope.parent is not None else None)
        for each in engine.plans.facts(binding).resources
    )
    exit_.needs = tuple(each for each in below if each is not None and not each.done)
    return exit_


def _strike(scope: Scope, generator: Any) -> None:
    """Take *generator* and its binding off the list of what swift code opened."""
    opened: list[Any] = scope.opened or []
    for number in range(0, len(opened), 2):
        if opened[number] is generator:
            del opened[number : number + 2]
            return


class Run(Claim):
    """A swift function at work, as everybody else sees it: one claim on all that it makes."""

    __slots__ = ("_scope",)

    def __init__(self, binding: Binding, scope: Scope) -> None:
        super().__init__(binding, binding)
        self._scope = scope
        self.loop: Any = None  # it runs on a thread, and ends whatever any loop does

    @property
    def is_own(self) -> bool:
        """Whether the running code is part of it."""
        return any(is_at_work(frame, self._scope) for frame in stack())

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """What is being made just now, and what it is made for."""
        graph = self._scope.engine.graph
        for frame in every_frame():
            if is_at_work(frame, self._scope) and (key := made_in(frame)) is not None:
                return _way(graph, self.binding, key, set())
        return ()


def runs_of(scope: Scope) -> dict[Any, Claim]:
    """Return the claims of the swift function at work in *scope*, if any; under the engine's lock."""
    if _is_idle(scope):
        return {}
    for frame in every_frame():
        if is_at_work(frame, scope) and "KEYS" in frame.f_globals:
            run = Run(scope.engine.graph.find(frame.f_globals["wanted"]), scope)
            return {} if _is_idle(scope) else dict.fromkeys(frame.f_globals["KEYS"], run)  # it may have ended since
    return {}


def ending_of(scope: Scope) -> Ending | None:
    """
    Return the end of the closing of *scope* where swift code is about it; under the engine's lock.

    Where Ctrl-C ended that code between two bytecodes the scope is open again, for somebody else to close it.
    """
    if scope.state is not _CLOSING or _is_idle(scope):
        return None
    if not any(is_at_work(frame, scope) for frame in every_frame()):
        if scope.state is _CLOSING and not _is_idle(scope):  # else it ended in the meantime
            scope.state, scope.idle = _OPEN, True
        return None
    if any(is_at_work(frame, scope) for frame in stack()):
        return None  # its own code must not wait for it
    ending = Ending(None)
    ending.is_swift = True
    if scope.state is not _CLOSING or _is_idle(scope):
        ending.set()
    return ending


def _is_idle(scope: Scope) -> bool:
    try:
        object.__getattribute__(scope, "idle")
    except AttributeError:
        return False
    return True


def _end_run(scope: Scope) -> None:
    if scope.is_simple:
        return
    with scope.engine.lock:
        runs = {each for each in scope.inflight.values() if isinstance(each, Run)}
        for key in [key for key, each in scope.inflight.items() if each in runs]:
            del scope.inflight[key]
    for run in runs:
        run.succeed()


# the end of leaving swiftly


def ended(scope: Scope) -> None:
    """Let those know who wait for the end of *scope*."""
    _end_closings(scope)
    ending = scope.ending
    if ending is not None:
        ending.set()


def _end_closings(scope: Scope) -> None:
    """Let what somebody saw being closed be closed."""
    for exit_ in scope.exits.values():
        if exit_.done and not exit_.is_over:
            exit_.end()


def _give_back(scope: Scope) -> None:
    """Let *scope*, which somebody has looked at just now, be left by steps."""
    _end_closings(scope)
    with scope.engine.lock:
        if scope.ending is None or scope.ending.is_swift:
            scope.state = _OPEN
        scope.idle = True


def _owe_failure(scope: Any, failure: BaseException) -> None:
    """Let *failure*, of the generator opened last, be told among those of the others when these are closed by steps."""
    binding = scope.opened[-1]
    with scope.engine.lock:
        exits = scope.exits
        exit_ = Exit(binding, NOTHING, _Failure(failure), next_number(), time.perf_counter())
        exits[exit_.number] = exit_
    _give_back(scope)


class _Failure:
    """A generator whose closing fails, as one has already."""

    __slots__ = ("_error",)

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def __next__(self) -> NoReturn:
        error, self._error = self._error, AssertionError()
        raise error
