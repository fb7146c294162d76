"""What nodes of a graph are, and the stage on which they write down what happens to them, and fail when told to."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.laws.rig.trace import CLOSE_FAILED, CLOSED, FAILED, INTERRUPTED, OPENED, Life, Trace

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

    @property
    def is_resource(self) -> bool:
        """Whether there is anything to open and close."""
        return self.kind != "plain"


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
        asks: keys that the opening code of asynchronous generators asks for while it runs, by name of the node.
        ask: gives the value of a key, where there is such code.
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
        self.asks: dict[str, Sequence[Any]] = {}
        self.ask: Callable[[Any], Awaitable[Any]] | None = None
        self.scope_of = scope_of
        self._pause = pause

    # what nodes call

    async def asked(self, name: str) -> list[Any]:
        """Return what the opening code of *name* asks for."""
        return [await self.ask(key) for key in self.asks.get(name, ())] if self.ask is not None else []

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
