"""
What swift functions call, and how they come to be.

Whatever goes wrong in one of them, or was looked at meanwhile, is seen to here.
"""

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NoReturn

from tenure.errors import ContainerClosedError
from tenure.keys import Key
from tenure.lifecycle.closing import Closer
from tenure.lifecycle.effects import Steps, adrive, drive, unwrapped
from tenure.lifecycle.handles import never_yields
from tenure.model.binding import SINGLETON, TRANSIENT, Binding, Make, Style
from tenure.notes import attach_closing_errors
from tenure.runtime.at_work import codes, waiting
from tenure.runtime.paths import explain, remember_way
from tenure.runtime.scope import Scope, State, current
from tenure.runtime.swift_seen import Run, end_run, exit_of_opened, is_open, place_of, strike, way_to


class Level:
    """
    The swift functions of the scopes called *name*.

    Attributes:
        plain: the synchronous ones, by key; None: there can be none.
        waiting: the asynchronous ones.
    """

    __slots__ = ("name", "plain", "waiting")

    def __init__(self, name: str) -> None:
        self.name: str = name
        self.plain: dict[Key, Callable[[Scope], Any] | None] = {}
        self.waiting: dict[Key, Callable[[Scope], Any] | None] = {}

    def forget(self) -> None:
        """Have every function ask for the steps, and forget them; under the engine's lock."""
        for table in (self.plain, self.waiting):
            for function in table.values():
                if function is not None:
                    function.__globals__["live"] = False
            table.clear()


def swift_function(engine: Any, key: Key, level: str, is_async: bool) -> Callable[[Scope], Any] | None:
    """
    Return the swift function of *key* in scopes called *level*.

    Returns:
        None where it needs the steps for good.

    Raises:
        LookupError: not yet: some code below it has never run, and may ask for something while it does (L20).
    """
    binding = engine.graph.find(key)
    if binding is None or key is not binding.key:
        return None
    if key not in engine.used:  # what is given out must be known to be, and the first request takes the steps for it
        raise LookupError

    def is_known(each: Binding) -> bool:
        if each.lifetime == SINGLETON or (each.lifetime == TRANSIENT and each.is_plain and each.make is Make.CALL):
            return True
        if each.key in engine.graph.learned or (engine.open_timeout is not None and _may_wait(each)):
            return False
        if not engine.hot.has_run(each.key):
            raise LookupError
        return True

    hooks = _async_hooks() if is_async else _HOOKS
    from tenure.compile.swift import NotSwiftError, swift_of  # noqa: PLC0415 - for the first scope

    try:
        function = swift_of(binding, engine.graph, level, engine.root_cache(), is_known, hooks, is_async)
    except NotSwiftError:
        return None
    codes.add(function.__code__)
    return function  # type: ignore[no-any-return]  # it was written as such


def _may_wait(binding: Binding) -> bool:
    lifecycle = binding.lifecycle
    return lifecycle is not None and (lifecycle.style is Style.ASYNC_GENERATOR or binding.make is Make.AWAIT)


# requests that take the steps


def _slow(key: Key, scope: Scope) -> Any:
    scope.refuse_unless_open()
    return scope.engine.value(key, scope)


async def _slow_async(key: Key, scope: Scope) -> Any:
    scope.refuse_unless_open()
    return await scope.engine.avalue(key, scope)


def _on_its_loop(scope: Scope, key: Key) -> None:
    """Raise LookupError where what the root keeps for *key* is of another loop: the steps say so (L54)."""
    exit_ = scope.engine.exit_of_root(key)
    if exit_ is None or exit_.done or exit_.loop is not scope.task.get_loop():
        raise LookupError


# what went wrong, or was looked at


def _never(binding: Binding) -> NoReturn:
    raise never_yields(binding)


def _looked_at(scope: Scope, generator: Any, binding: Binding, value: Any, key: Key) -> None:
    drive(_owe(scope, generator, binding, value, key))


async def _looked_at_async(scope: Scope, generator: Any, binding: Binding, value: Any, key: Key) -> None:
    await adrive(_owe(scope, generator, binding, value, key))


def _owe(scope: Scope, generator: Any, binding: Binding, value: Any, key: Key) -> Steps[None]:
    """
    Owe what has just been opened in a scope that somebody has looked at since.

    Raises:
        ContainerClosedError: the scope was closed from inside this very opening; what was opened is closed again.
    """
    engine = scope.engine
    with engine.lock:
        exit_ = next((each for each in scope.exits.values() if each.handle is generator), None)
        if exit_ is None:
            exit_ = exit_of_opened(scope, generator, binding, scope.exits)
            if not _is_disowned(scope):
                scope.exits[place_of(exit_)] = exit_
        exit_.value = value
        strike(scope, generator)
    if _is_disowned(scope):
        error = _late(scope, key, binding.key)
        if not exit_.done:
            closer = Closer(None, engine.place(scope), None)
            yield from closer.close(exit_)
            attach_closing_errors(error, closer.report.take_all())
        raise error


def _is_disowned(scope: Scope) -> bool:
    return scope.state is not State.OPEN and not any(isinstance(each, Run) for each in scope.inflight.values())


def _refuse_late(scope: Scope, key: Key, made: Key) -> None:
    """Raise ContainerClosedError where *scope* was closed from inside the making of *made*, for *key*."""
    if _is_disowned(scope):
        raise _late(scope, key, made)


def _late(scope: Scope, key: Key, made: Key) -> ContainerClosedError:
    scope.cache.clear()  # it was put there after the closing had emptied it
    error, graph = ContainerClosedError(scope.subject, scope.state.value), scope.engine.graph
    remember_way(error, way_to(graph, graph.find(key), made, set())[:-1])
    return error


def _failed(scope: Scope, key: Key, error: BaseException, culprit: Key) -> BaseException:
    """Let go of what did not open; return what is to be raised, by what makes *culprit* on the way to *key*."""
    opened = scope.opened
    if opened:
        for generator in opened[::2]:
            if not is_open(generator):
                strike(scope, generator)
    scope.idle = True
    end_run(scope)
    error, graph = unwrapped(error), scope.engine.graph
    remember_way(error, way_to(graph, graph.find(key), culprit, set()))
    explain(error, key, graph)
    return error


_HOOKS: Any = SimpleNamespace(
    state_open=State.OPEN, current=current.get, slow=_slow, never_yields=_never, looked_at=_looked_at, failed=_failed,
    refuse_late=_refuse_late, end_run=end_run,
)  # fmt: skip


def _async_hooks() -> Any:
    """
    Return what asynchronous swift functions call.

    Raises:
        LookupError: asyncio does not run.
    """
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        raise LookupError
    own = {"slow": _slow_async, "looked_at": _looked_at_async, "on_its_loop": _on_its_loop}
    return SimpleNamespace(**(vars(_HOOKS) | own), task=asyncio.current_task, waiting=waiting)
