"""
Resources of every kind that write down what happens to them, and fail when they are told to.

Nothing is compiled for them: a target takes any number of values, and `__signature__` says which it needs.
"""

import contextlib
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.laws.rig.trace import CLOSE_FAILED, CLOSED, CLOSING, FAILED, INTERRUPTED, OPENED, Life, Trace

SYNC_KINDS = ("generator", "manager", "context", "methods")
ASYNC_KINDS = tuple(f"async {kind}" for kind in SYNC_KINDS)
LADDER = ("session", "request", "call")
"""Names of scopes, widest first."""
KEYS = tuple(type(f"K{number}", (), {}) for number in range(10))
"""What nodes are bound to, by their number."""


class Fault(Exception):
    """What a node raises because it was told to."""


@dataclass(frozen=True, slots=True)
class Node:
    """How the value of a key is made: `name` is its own, also where it replaces another."""

    name: str
    kind: str = "generator"
    lifetime: str | None = "singleton"
    needs: tuple[int, ...] = ()

    @property
    def is_async(self) -> bool:
        """Whether opening and closing it has to be awaited."""
        return self.kind.startswith("async")


class Value:
    """What a node makes; knows the values that it was given."""

    life: Life | None = None

    def __init__(self, given: Sequence[Any] = ()) -> None:
        self.given = tuple(given)


class Given:
    """What the user made: whoever closes it breaks L12."""

    def __init__(self, stage: "Stage") -> None:
        self._stage = stage

    def _touched(self, *_: object) -> None:
        self._stage.touched.append("a value of the user's was opened or closed")

    __enter__ = __exit__ = initialize = dispose = close = _touched


class Stage:
    """
    Where nodes act.

    Args:
        trace: what they write into.
        pause: awaited by asynchronous nodes while they open ("open", name) and close ("close", name).
        scope_of: gives the scope that a node belongs to, "" if it cannot be told.

    Attributes:
        armed: errors to raise at the next "open" or "close" of a node, by act and name; raised once.
        touched: breaches of L12, as text.
    """

    def __init__(
        self,
        trace: Trace,
        pause: Callable[[str, str], Awaitable[None]] | None = None,
        scope_of: Callable[[str], str] = lambda _: "",
    ) -> None:
        self.trace = trace
        self.armed: dict[tuple[str, str], BaseException] = {}
        self.touched: list[str] = []
        self.scope_of = scope_of
        self._pause = pause

    # what nodes call

    def begin(self, name: str, given: Sequence[Any]) -> Life:
        """Note that *name* opens with *given*."""
        needs = tuple(each.life for each in flat(given) if each.life is not None)
        return self.trace.opening(name, needs, self.scope_of(name))

    def end(self, life: Life, value: Value) -> None:
        """Note that it is open, or raise what it was told to."""
        error = self.armed.pop(("open", life[0]), None)
        if error is not None:
            self.trace.note(FAILED, life, error)
            raise error
        value.life = life
        self.trace.note(OPENED, life, scope=self.scope_of(life[0]))

    async def aend(self, life: Life, value: Value) -> None:
        """Do as `end`, after a pause."""
        await self._waited("open", life, FAILED)
        self.end(life, value)

    def close(self, life: Life) -> None:
        """Note that it is closed, or raise what it was told to."""
        error = self.armed.pop(("close", life[0]), None)
        self.trace.note(CLOSE_FAILED if error is not None else CLOSED, life, error)
        if error is not None:
            raise error

    async def aclose(self, life: Life) -> None:
        """Do as `close`, after a pause."""
        await self._waited("close", life, INTERRUPTED)
        self.close(life)

    async def _waited(self, act: str, life: Life, broken: str) -> None:
        if self._pause is None:
            return
        try:
            await self._pause(act, life[0])
        except BaseException as error:
            self.trace.note(broken, life, error)
            raise


def flat(given: Sequence[Any]) -> list[Value]:
    """Return the values of nodes among *given*, those reached through plain values included."""
    found: list[Value] = []
    for each in given:
        if isinstance(each, Value) and not isinstance(each, Plain):
            found.append(each)
        elif isinstance(each, Plain):
            found += flat(each.given)
    return found


class Plain(Value):
    """A value with nothing to open or close."""


def target(stage: Stage, node: Node, keys: Sequence[Any] = KEYS) -> Any:
    """Return what makes *node*: a function or class whose parameters are of the types `keys[n]` for its needs."""
    made = _MAKERS[node.kind](stage, node.name)
    made.__name__ = made.__qualname__ = node.name
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    made.__signature__ = inspect.Signature(
        [inspect.Parameter(f"n{each}", kind, annotation=keys[each]) for each in node.needs]
    )
    return made


def _generator(stage: Stage, name: str) -> Any:
    def make(*given: Any) -> Any:
        value = Value(given)
        life = stage.begin(name, given)
        stage.end(life, value)
        shown = None
        try:
            yield value
        except BaseException as error:
            shown = error
            raise
        finally:
            stage.trace.note(CLOSING, life, shown)
            del shown, value, given
            stage.close(life)

    return make


def _async_generator(stage: Stage, name: str) -> Any:
    async def make(*given: Any) -> Any:
        value = Value(given)
        life = stage.begin(name, given)
        await stage.aend(life, value)
        shown = None
        try:
            yield value
        except BaseException as error:
            shown = error
            raise
        finally:
            stage.trace.note(CLOSING, life, shown)
            del shown, value, given
            await stage.aclose(life)

    return make


def _context(stage: Stage, name: str) -> Any:
    class Made(Value):
        def __init__(self, *given: Any) -> None:
            super().__init__(given)

        def __enter__(self) -> Any:
            stage.end(stage.begin(name, self.given), self)
            return self

        def __exit__(self, *outcome: object) -> None:
            stage.trace.note(CLOSING, self.life, outcome[1])
            stage.close(self.life)

    return Made


def _async_context(stage: Stage, name: str) -> Any:
    class Made(Value):
        def __init__(self, *given: Any) -> None:
            super().__init__(given)

        async def __aenter__(self) -> Any:
            await stage.aend(stage.begin(name, self.given), self)
            return self

        async def __aexit__(self, *outcome: object) -> None:
            stage.trace.note(CLOSING, self.life, outcome[1])
            await stage.aclose(self.life)

    return Made


def _methods(stage: Stage, name: str) -> Any:
    class Made(Value):
        def __init__(self, *given: Any) -> None:
            super().__init__(given)

        def initialize(self) -> None:
            stage.end(stage.begin(name, self.given), self)

        def dispose(self) -> None:
            stage.trace.note(CLOSING, self.life)
            stage.close(self.life)

    return Made


def _async_methods(stage: Stage, name: str) -> Any:
    class Made(Value):
        def __init__(self, *given: Any) -> None:
            super().__init__(given)

        async def initialize(self) -> None:
            await stage.aend(stage.begin(name, self.given), self)

        async def dispose(self) -> None:
            stage.trace.note(CLOSING, self.life)
            await stage.aclose(self.life)

        async def work(self) -> Life | None:
            return self.life

    return Made


def _plain(_: Stage, __: str) -> Any:
    def make(*given: Any) -> Any:
        return Plain(given)

    return make


_MAKERS: dict[str, Callable[[Stage, str], Any]] = {
    "generator": _generator,
    "manager": lambda stage, name: contextlib.contextmanager(_generator(stage, name)),
    "context": _context,
    "methods": _methods,
    "async generator": _async_generator,
    "async manager": lambda stage, name: contextlib.asynccontextmanager(_async_generator(stage, name)),
    "async context": _async_context,
    "async methods": _async_methods,
    "plain": _plain,
}
