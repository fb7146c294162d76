"""
`ContainerRef`: what goes to another process instead of a container, and finds that process's own.

Open resources never travel. A reference does: it is a name, and each process that follows it has one container behind
it, made and started there, and closed there.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ParamSpec, TypeVar, overload

from tenure.away.calls import injected
from tenure.away.portal import wait_on
from tenure.away.process import WorkerFacts, here_of
from tenure.away.target import shown as shown_target
from tenure.away.target import target_of
from tenure.container import Container
from tenure.errors import BindingError
from tenure.resource_scope import ResourceScope

F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")
T = TypeVar("T")


class ContainerRef:
    """
    Says where a container is found, in whatever process.

    References are equal when they lead to the same place; they can be hashed and pickled. All that are equal share one
    container in each process. A forked child has one of its own: what its parent opened is the parent's.

    Args:
        target: `"package.module:name"`, where *name* may be dotted, of a container, type-driven or declarative, of a
            class of declarative containers, or of a function of nothing that makes one; or that function or class
            itself. A `functools.partial`, or any other callable that can be pickled, will do as well.

    Raises:
        ContainerRefError: nothing could be found by it in another process: a lambda, a function inside another one, a
            container itself.
    """

    __slots__ = ("_target",)

    def __init__(self, target: str | Callable[[], Any]) -> None:
        self._target = target_of(target)

    def __repr__(self) -> str:
        return f"ContainerRef({shown_target(self._target)})"

    def __eq__(self, other: object) -> bool:
        return self._target == other._target if isinstance(other, ContainerRef) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._target)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as the target, which is text or what pickling made of it."""
        return _restored, (self._target,)

    @property
    def container(self) -> Any:
        """
        The container of this process: the same one for every thread, loaded or made when it is first asked for.

        It is what the target leads to: a `tenure.Container`, or an instance of a declarative one.

        Raises:
            ContainerRefError: there is no such module or name, or it is no container.
            BaseException: what the module raised when it was imported, or the function that makes the container.
        """
        return here_of(self._target).container

    @property
    def served(self) -> Container:
        """The type-driven container that calls are served by: `container`, or one that includes a declarative one."""
        return here_of(self._target).served

    async def start(self) -> None:
        """
        Open what lives as long as the container, on the running loop; a no-op where that is done, whoever did it.

        What functions under `inject` ask for is looked at first. Of a declarative container the resources are opened.
        Calls on other threads are given asynchronous resources of this loop (of asyncio).

        Raises:
            GraphError: something is not bound, or bound wrongly; nothing was opened.
            ContainerRefError: as for `container`.
            BaseException: the first failure of an opening; what had been opened is closed again.
        """
        await here_of(self._target).start()

    def start_sync(self) -> None:
        """
        Do the same where no loop runs; asynchronous resources are opened on a loop on a thread of its own.

        Raises as `start` does.
        """
        here_of(self._target).start_sync()

    def start_at_call(self) -> None:
        """Have each call under `inject` start the container first, until that was done, and raise what that does."""
        here_of(self._target).starts_at_call = True

    async def aclose(self) -> None:
        """
        Close what this process has open, and end what `start_sync` began; `start` may begin it anew.

        A no-op where nothing is open, or where something else than a reference has started the container.

        Raises:
            CloseError: what closing code raised; everything else is closed all the same.
        """
        await here_of(self._target).aclose()

    def close(self) -> None:
        """
        Do the same without a loop: what is asynchronous is closed on the loop that it lives on.

        Raises:
            CloseError: as for `aclose`.
            AsyncInSyncError: that loop is the one that runs in this thread; use `aclose`.
        """
        here_of(self._target).close()

    def scope(self, name: str | None = None, *, values: Mapping[Any, Any] | None = None) -> ResourceScope:
        """
        Return a scope of this process's container, to enter once.

        Args:
            name: of the scope; None: "task" where the container knows that name, else what `resource_scope()` takes.
            values: what is given to it, by key.

        Raises:
            ContainerRefError: as for `container`.
            BindingError: *values* is no mapping.
        """
        here = here_of(self._target)
        return here.served.resource_scope(here.scope_name(name), values=values)

    @overload
    def inject(self, function: F, /) -> F: ...

    @overload
    def inject(self, function: None = None, /, *, scope: str | None = None) -> Callable[[F], F]: ...

    def inject(self, function: Any = None, /, *, scope: str | None = None) -> Any:
        """
        Fill in the parameters of *function* that are marked with `Inject`, from the container of the calling process.

        There is a scope around each call. The decorated function is pickled by its name, as it would be undecorated;
        nothing of a container is looked up before it is called. A plain function whose resources have to be awaited
        is served as well: on the loop that the container was started on, else on one on a thread of its own. A
        coroutine function runs on that loop.

        Args:
            function: a function, coroutine function or generator function.
            scope: name of the scope around each call; None: "task" where the container knows that name, else what
                `resource_scope()` takes, the last name of its ladder.

        Raises:
            BindingError: there is nothing to inject, or it is no such function.

        Raises at the call:
            ContainerRefError: as for `container`.
            ScopeError: the container knows no scope of that name.
            ContainerClosedError: the container is closed in this process.
        """
        if scope is not None and not isinstance(scope, str):
            raise BindingError(f"scope= takes the name of a scope, not {scope!r}")

        def decorate(function: F) -> F:
            decorated: F = injected(self._target, function, scope)
            return decorated

        return decorate if function is None else decorate(function)

    def run(self, function: "Callable[P, Awaitable[T]]", /, *args: P.args, **kwargs: P.kwargs) -> T:
        """
        Call a coroutine function on the loop that the asynchronous resources live on, and wait for what it returns.

        For plain functions that were given such a resource: `rows = ref.run(database.fetch, "select 1")`.

        Raises:
            RuntimeError: that loop runs in this very thread; use await.
            BaseException: what *function* raised.
        """

        def call() -> Awaitable[T]:
            return function(*args, **kwargs)

        return wait_on(here_of(self._target).own_loop(), call)

    def describe(self) -> WorkerFacts:
        """Return what this process has done with the container; loads, opens and starts nothing."""
        return here_of(self._target).facts()


def _restored(target: str | bytes) -> ContainerRef:
    ref: ContainerRef = ContainerRef.__new__(ContainerRef)
    ref._target = target  # noqa: SLF001 - its own
    return ref
