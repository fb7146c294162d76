"""What adapters of libraries that get objects by their classes share: S1 to S6, and functions to inject."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks import graphs as g
from benchmarks.case import Case, NotOfferedError


@dataclass(frozen=True)
class Bound:
    """What a container is to hold, by how long it lives."""

    singletons: tuple[Any, ...] = ()
    scoped: tuple[Any, ...] = ()
    transient: tuple[Any, ...] = ()
    is_async: bool = False
    threads: int = 1
    """How many threads use it at the same time: with one, a library may do without locks."""


LEAF = Bound(transient=(g.Leaf,))
SINGLETONS = Bound(singletons=(g.Settings, g.Clock))
DEEP = Bound(singletons=(g.Settings, g.Clock), transient=g.DEEP)
WIDE = Bound(transient=(*g.PARTS, g.Wide))
PAGE = Bound(scoped=g.REQUEST)
REQUEST = Bound(scoped=(g.open_connection, g.open_transaction, g.Orders, g.Users, g.Handler))
AREQUEST = Bound(scoped=(g.aopen_connection, g.aopen_transaction, g.Orders, g.Users, g.Handler), is_async=True)
SERVED = Bound(scoped=(g.aopen_connection, g.Ledger, g.Accounts, g.Billing), is_async=True)
CALL = Bound(singletons=(g.Settings,), transient=(g.Leaf,))
ACALL = Bound(scoped=(g.aopen_connection,), is_async=True)

YIELDED = {
    g.open_connection: g.Connection,
    g.aopen_connection: g.Connection,
    g.open_transaction: g.Transaction,
    g.aopen_transaction: g.Transaction,
}


def key_of(target: Any) -> Any:
    """Return the class that *target* gives objects of."""
    return YIELDED.get(target, target)


def function_of(mark: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return the function of S7, new at each call, with annotations that are *mark* of the class."""

    def function(settings: mark(g.Settings), leaf: mark(g.Leaf)) -> Any:
        return settings, leaf

    return function


def afunction_of(mark: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return the function of S8, new at each call, with annotations that are *mark* of the class."""

    async def function(connection: mark(g.Connection)) -> Any:
        return connection, connection.is_open

    return function


def endpoint_of(mark: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return the endpoint of S13, new at each call, with annotations that are *mark* of the class."""
    from benchmarks import web  # noqa: PLC0415  # needs FastAPI

    async def endpoint(billing: mark(g.Billing)) -> Any:
        return web.answer(billing)

    return endpoint


class ByType:
    """
    A library whose containers hold classes and are asked by class.

    A subclass has what the library offers of `container`, `request`, `arequest`, `close` and `aclose`, and takes away
    by `None` the scenarios that it cannot do.
    """

    statement = "container.get(Key)"
    note = ""
    scope_note = ""
    has_generators = True
    """Whether it takes generator functions."""
    locks_for_threads = False
    """Whether it is given locks where several threads ask."""

    def container(self, bound: Bound) -> Any:
        """Return what `Key` is asked of in the statement."""
        raise NotImplementedError

    def request(self, container: Any, key: Any) -> Callable[[], Any]:
        """Return a function that gets *key* in a request of its own."""
        raise NotImplementedError

    def arequest(self, container: Any, key: Any) -> Callable[[], Any]:
        """Return a coroutine function that gets *key* in a request of its own."""
        raise NotImplementedError

    def enter(self, container: Any) -> Any:
        """Return a context manager that gives what `Key` is asked of in a request."""
        raise NotOfferedError("no request scopes")

    def close(self, container: Any) -> Any:
        """Close *container*."""

    def aclose(self, container: Any) -> Any:
        """Close *container*; gives an awaitable, or nothing."""

    def many(self, targets: Sequence[Any], needs: Sequence[Sequence[int]]) -> Any:
        """Return a container with a singleton for each of *targets*; what they need it finds out by itself."""
        if not self.has_generators and targets[0] in YIELDED:
            raise NotOfferedError("no generator resources")
        return self.container(Bound(singletons=tuple(targets)))

    def getter(self, container: Any) -> Callable[[Any], Any]:
        """Return the function that gets the value of a target."""
        if self.statement == "container[Key]":
            return container.__getitem__
        get = getattr(container, self.statement.removeprefix("container.").removesuffix("(Key)"))
        return lambda target: get(key_of(target))

    def opened(self, container: Any) -> Any:
        """Enter a request, get a page in it, and return all that has to be kept."""
        manager = self.enter(container)
        scope = manager.__enter__()
        return manager, scope, self.getter(scope)(g.Page)

    def got(self, bound: Bound, key: Any) -> Case:
        """Return the case of getting *key* with no scope around it."""
        container = self.container(bound)
        names = {"container": container, "Key": key}
        return Case(self.statement, names, lambda: self.close(container), self.said(bound, self.note))

    def requested(self, bound: Bound, key: Any) -> Case:
        """Return the case of getting *key* in a request."""
        container = self.container(bound)
        names = {"request": self.request(container, key)}
        return Case("request()", names, lambda: self.close(container), self.said(bound, self.scope_note or self.note))

    def said(self, bound: Bound, note: str) -> str:
        """Return *note*, or what holds instead where several threads ask."""
        return "with locks" if bound.threads > 1 and self.locks_for_threads else note

    def s1(self) -> Case:
        return self.got(SINGLETONS, g.Settings)

    def s2(self) -> Case:
        return self.got(LEAF, g.Leaf)

    def s3(self) -> Case:
        return self.got(DEEP, g.Api)

    def s4(self) -> Case:
        return self.got(WIDE, g.Wide)

    def s5n(self) -> Case:
        return self.requested(PAGE, g.Page)

    def s5(self) -> Case:
        return self.requested(REQUEST, g.Handler)

    def s6(self) -> Case:
        container = self.container(AREQUEST)
        names = {"request": self.arequest(container, g.Handler)}
        return Case("await request()", names, lambda: self.aclose(container), self.scope_note or self.note)

    def s14_get(self) -> Case:
        return self.got(replace(SINGLETONS, threads=8), g.Settings)

    def s14_request(self) -> Case:
        if self.s5 is None:
            raise NotOfferedError("not offered")
        return self.requested(replace(REQUEST, threads=8), g.Handler)
