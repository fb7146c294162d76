"""
User code as containers meet it: makes the function or class of a `Node`, whose steps a `Recorder` notes.

The source of each is written out and compiled, because containers read signatures, annotations and even source.
"""

import inspect
import linecache
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from tenure.testing.contract import adapter as flavours
from tenure.testing.contract.adapter import Node
from tenure.testing.contract.node_sources import ODD_SOURCES, SOURCES
from tenure.testing.contract.recorder import (
    CLOSE_FAILED,
    CLOSED,
    CLOSING,
    FAILED,
    INTERRUPTED,
    OPENED,
    Life,
    Recorder,
)

Hook: TypeAlias = Callable[[Life], Awaitable[None]]
"""What user code does while it opens or closes: an async function that takes the instance."""


class Value:
    """
    What nodes make.

    Attributes:
        life: its name and number; a plain one has none.
        needs: the values it was made from.
    """

    life: Life
    needs: tuple[Any, ...] = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'life', '')}>"


class Given(Value):
    """A ready-made object that could be closed in many ways; each is noted."""

    def __init__(self, noted: list[str]) -> None:
        self.noted = noted

    def __enter__(self) -> Self:
        self.noted.append("__enter__")
        return self

    def __exit__(self, *outcome: object) -> None:
        self.noted.append("__exit__")

    def close(self) -> None:
        """Note it."""
        self.noted.append("close")


@dataclass(slots=True, eq=False)
class Body:
    """
    What the code of one node does.

    Attributes:
        opens, closes: what it does between the first and the last step of each half.
        swallows: whether its closing swallows the error that it is shown.
        values: what it gives in place of objects of its own, one for each opening; used up, the last stays.
    """

    name: str
    type: type[Value]
    recorder: Recorder
    opens: Hook | None = None
    closes: Hook | None = None
    swallows: bool = False
    value: Any = Value

    def open(self, needs: tuple[Any, ...], value: Any = None) -> tuple[Life, Any]:
        """Open synchronously."""
        opened: tuple[Life, Any] = at_once(self.aopen(needs, value))
        return opened

    def close(self, life: Life, outcome: Any = None) -> None:
        """Close synchronously."""
        at_once(self.aclose(life, outcome))

    def make(self, needs: tuple[Any, ...]) -> Any:
        """Make a value that owes nothing."""
        value = self.type()
        value.needs = needs
        return value

    async def aopen(self, needs: tuple[Any, ...], value: Any = None) -> tuple[Life, Any]:
        """Open; return the instance and the value."""
        life = self.recorder.opening(self.name, tuple(reached(needs)))
        try:
            if self.opens is not None:
                await self.opens(life)
        except BaseException as error:
            self.recorder.note(FAILED, life, error)
            raise
        self.recorder.note(OPENED, life)
        if value is None:
            value = self.type()
            value.life, value.needs = life, needs
        return life, value if self.value is Value else self.value

    async def aclose(self, life: Life, outcome: Any = None) -> None:
        """Close; *outcome* is what it was shown."""
        self.recorder.note(CLOSING, life, outcome if isinstance(outcome, BaseException) else None)
        try:
            if self.closes is not None:
                await self.closes(life)
        except BaseException as error:
            self.recorder.note(INTERRUPTED if is_cancellation(error) else CLOSE_FAILED, life, error)
            raise
        self.recorder.note(CLOSED, life)


def is_cancellation(error: BaseException) -> bool:
    """Tell whether *error* ended code from outside."""
    return type(error).__name__ in ("CancelledError", "Cancelled", "GeneratorExit") and not hasattr(
        error, "raised_by_node"
    )


def at_once(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """
    Return the result of *coroutine*, which never waits.

    Raises:
        RuntimeError: it waits.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    coroutine.close()
    raise RuntimeError("synchronous code of a node cannot wait")


def reached(needs: tuple[Any, ...]) -> Iterator[Life]:
    """Give the instances among *needs*, those that plain values were made from included."""
    for need in needs:
        if hasattr(need, "life"):
            yield need.life
        if isinstance(need, Value):
            yield from reached(need.needs)


def make(
    name: str, needs: Mapping[str, Node], flavour: str, lifetime: str, body: Body, options: Mapping[str, Any]
) -> Node:
    """Return the node *name*, whose code is *body*."""
    source = SOURCES[flavour].format(
        name=name,
        low=name.lower(),
        parameters=", ".join(f"{each.lower()}: {each}" for each in needs),
        arguments="".join(f"{each.lower()}, " for each in needs),
        comma=", " if needs else "",
    )
    space = _compiled(source, name, body, {each: node.type for each, node in needs.items()})
    function = space.get(f"open_{name.lower()}", space[name])
    body.type = space[name]
    close = space.get(f"close_{name.lower()}")
    return Node(name, tuple(needs), flavour, lifetime, space[name], function, close, options)


def odd(name: str, flavour: str, body: Body, n_yields: int) -> Node:
    """Return the node *name*, a generator that yields *n_yields* times."""
    source = ODD_SOURCES[flavour].format(name=name, low=name.lower(), parameters="")
    space = _compiled(source, name, body, {"n_yields": n_yields})
    return Node(name, (), flavour, flavours.SINGLETON, space[name], space[f"open_{name.lower()}"])


def given(name: str, noted: list[str]) -> Node:
    """Return the node *name* that is a ready-made object; what is done to it goes to *noted*."""
    cls = type(name, (Given,), {"__module__": __name__})
    return Node(name, (), flavours.VALUE, flavours.SINGLETON, cls, cls(noted))


def _compiled(source: str, name: str, body: Body, types: Mapping[str, Any]) -> dict[str, Any]:
    file = f"<node {name} {id(body):x}>"
    space: dict[str, Any] = {
        "__name__": "tenure.testing.contract.nodes",
        "Iterator": Iterator,
        "AsyncIterator": AsyncIterator,
        "Value": Value,
        "body": body,
        **types,
    }
    space.setdefault(name, type(name, (Value,), {"__module__": __name__}))
    exec(compile(source, file, "exec"), space)  # noqa: S102  # the source stands in this file
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    for made in list(space.values()):
        if inspect.isfunction(made):
            made.__module__ = __name__
    return space
