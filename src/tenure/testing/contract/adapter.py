"""
What a container must be wrapped in to be looked at: a graph comes as data, a few methods go out.

Write a subclass of `Adapter` that builds the library's container from a `Graph` in the way its documents advise, and
override the methods for what the library offers. What is left as it is counts as "not offered", never as broken.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, ClassVar, Protocol, TypeVar

T = TypeVar("T")

SINGLETON, REQUEST, TRANSIENT = "singleton", "request", "transient"
"""Lifetimes: one per container; one per scope; a new one at each asking, owned by the scope that asks."""

GENERATOR, ASYNC_GENERATOR = "generator", "async generator"
CLASS, ASYNC_CLASS = "class", "async class"
PAIR, ASYNC_PAIR = "pair", "async pair"
PLAIN, VALUE = "plain", "value"
"""
Flavours of nodes. A class is a context manager itself; a pair is a function that opens and one that closes; a plain
function owes nothing; a value is a ready-made object.
"""


class NotOffered(Exception):  # noqa: N818  # an answer, not an error
    """The library has no such thing."""


@dataclass(frozen=True, slots=True)
class Node:
    """
    One thing that a container can make.

    Attributes:
        name: as in "A"; `get` and the other methods of an adapter take it.
        needs: names of the nodes that it is made from; its parameters have these names in lower case.
        flavour: one of the constants above.
        lifetime: "singleton", "request" or "transient".
        type: the class of what is made: its key in containers that go by types.
        factory: what makes it: a generator function, an async generator function, a class, a plain function; the
            opening half of a pair; the object itself of a value. Its signature is annotated with types.
        close: the closing half of a pair: takes the object. None otherwise.
        options: what is asked for beyond that: "open_timeout", "close_timeout" (seconds), "retry" (attempts), ...
    """

    name: str
    needs: tuple[str, ...]
    flavour: str
    lifetime: str
    type: type
    factory: Any
    close: Callable[[Any], Any] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_async(self) -> bool:
        """Whether it can only be made by awaiting."""
        return self.flavour in (ASYNC_GENERATOR, ASYNC_CLASS, ASYNC_PAIR)


@dataclass(frozen=True, slots=True)
class Graph:
    """
    What a container is to be built from.

    Attributes:
        nodes: by name; what is needed comes first.
        is_async: whether it runs in an event loop.
        options: what is asked of the container: "max_parallel" (how many open at once), "observer" (a callable).
            "for_tests" stands there, without being asked for, when something will be overridden.
    """

    nodes: Mapping[str, Node]
    is_async: bool
    options: Mapping[str, Any] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def __getitem__(self, name: str) -> Node:
        return self.nodes[name]

    def needs_of(self, node: Node) -> dict[str, Node]:
        """Return what *node* needs, by the names of its parameters."""
        return {need.lower(): self.nodes[need] for need in node.needs}


class Source(Protocol):
    """What can be asked: an adapter, or what its `scope` and `ascope` give."""

    def get(self, name: str) -> Any:
        """Return the value of the node *name*."""
        ...

    async def aget(self, name: str) -> Any:
        """Return the value of the node *name*."""
        ...


class Adapter:
    """
    One container, built from *graph*.

    Attributes:
        name: of the library.
        distribution: its name on the package index, for its version; None where there is none.
        worlds: where it is meant to work, of "sync", "asyncio", "uvloop" and "trio".
        flavours: of which nodes it can make something that it closes, preferred ones first.
        options: which options of nodes and graphs it takes, and which promises it makes beside its methods: "parallel"
            (independent resources open, and close, at the same time), "notes" (errors say which resource and path).
        reopens: whether a closed container is documented to serve anew.
        restarts: whether a closed container is documented to be started again.
    """

    name: ClassVar[str] = ""
    distribution: ClassVar[str | None] = None
    worlds: ClassVar[tuple[str, ...]] = ("sync", "asyncio", "uvloop", "trio")
    flavours: ClassVar[tuple[str, ...]] = (GENERATOR, ASYNC_GENERATOR)
    options: ClassVar[frozenset[str]] = frozenset()
    reopens: ClassVar[bool] = False
    restarts: ClassVar[bool] = False

    def __init__(self, graph: Graph) -> None:
        """Build the container."""

    # what every container has, in the colours it has it

    def get(self, name: str) -> Any:
        """Return the value of the node *name*."""
        raise NotOffered

    async def aget(self, name: str) -> Any:
        """Return the value of the node *name*."""
        raise NotOffered

    def close(self) -> None:
        """Close everything."""
        raise NotOffered

    async def aclose(self) -> None:
        """Close everything."""
        raise NotOffered

    # what it may have

    def start(self) -> None:
        """Open every singleton resource."""
        raise NotOffered

    async def astart(self) -> None:
        """Open every singleton resource."""
        raise NotOffered

    def scope(self) -> AbstractContextManager[Source]:
        """Return a scope to enter; its end closes what has the lifetime "request"."""
        raise NotOffered

    def ascope(self) -> AbstractAsyncContextManager[Source]:
        """Return a scope to enter; its end closes what has the lifetime "request"."""
        raise NotOffered

    def override(self, name: str, value: Any) -> AbstractContextManager[object]:
        """Return a context manager while which *value* stands for the node *name*."""
        raise NotOffered

    def aoverride(self, name: str, value: Any) -> AbstractAsyncContextManager[object]:
        """Return the same to be entered with `async with`; by default it is `override`, entered."""
        return Entered(self.override(name, value))

    def reset(self, name: str) -> None:
        """Close the node *name*, so that the next get makes it anew."""
        raise NotOffered

    async def areset(self, name: str) -> None:
        """Close the node *name*, so that the next get makes it anew."""
        raise NotOffered

    def check(self) -> None:
        """Raise if the graph is wrong; open nothing."""
        raise NotOffered

    async def probe(self) -> object:
        """Ask the resources whether they are well."""
        raise NotOffered

    # how its answers are read

    def carried(self, error: BaseException) -> list[BaseException]:
        """Return what *error* carries in the library's own way, beside groups, causes and contexts."""
        return []


class Entered(AbstractAsyncContextManager[T]):
    """Enters a synchronous context manager where `async with` stands."""

    def __init__(self, manager: AbstractContextManager[T]) -> None:
        self._manager = manager

    async def __aenter__(self) -> T:
        """Enter it."""
        return self._manager.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """Leave it."""
        return self._manager.__exit__(kind, error, trace)
