"""
The type-driven face: `Container`.

Holds no logic that has a room of its own: binding is `Binder`'s half, everything else happens in `runtime`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload
from weakref import ref

from tenure.binder import Binder
from tenure.errors import BindingError, ScopeError
from tenure.event import Observer
from tenure.injection import entered
from tenure.lifecycle.backends import current as current_backend
from tenure.lifecycle.effects import adrive, drive
from tenure.lifecycle.interrupts import uninterrupted
from tenure.model.bounds import check_count, check_seconds
from tenure.resource_scope import ResourceScope
from tenure.runtime.entering import prepared
from tenure.runtime.forgotten import owed_by, warn_of
from tenure.runtime.leaving import leave
from tenure.runtime.scope import current_of

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from tenure.health.records import HealthReport
    from tenure.runtime.snapshot import Snapshot

T = TypeVar("T")


_GET = """
Return the value of *key* as seen from the current scope.

Args:
    key: a class, `Annotated[type, qualifier]`, `T | None`, `list[T]`, `dict[str, T]`, a `NewType`, a string.

Raises:
    MissingBindingError: *key*, or something it needs, is not bound; the text shows the whole path.
    CircularDependencyError: *key* needs itself.
    GraphError: a longer-lived value needs a shorter-lived one.
    AsyncInSyncError: something has to be awaited; nothing was touched. Use `aget`.
    ScopeNotOpenError: it lives in a named scope that is not open here.
    ContainerClosedError: the scope that it lives in, the container for a singleton, is closing or closed.
    TypeError: *key* is not hashable.
    BaseException: what the user's code raised, with a note of the dependency path.
"""


class Container(Binder):
    """
    Wires an application together by types, and closes what it opened.

    Args:
        scopes: names of the scopes that `resource_scope` may open, widest first; "call" comes after them by itself.
        open_timeout: seconds, > 0, for each attempt to open an asynchronous resource; None: no limit.
        close_timeout: seconds, > 0, for closing each resource that the container itself owns, or a scope that it cuts
            off when it closes; None: no limit.
        strict: whether a resource may be opened and closed only by what says so: a generator, a context manager,
            `initialize` and `dispose`, `close=`, a client that is recognised; a mere method called `close` is refused
            with a GuessError where it is bound. What an included declarative container provides stays as it is.
        autobind: whether an unbound concrete class is bound to itself when it is first asked for.
        max_parallel: how many resources a start opens and a close closes at the same time, >= 1; None: any number.
        observers: callables that are shown every event.
        compiled: name of the module that `tenure compile` wrote for this container (docs/compile.md); None: resolvers
            are generated when they are first needed. What it was written from is compared with what is bound when
            something is first asked for or started, which raises StaleResolversError where that is not the same.

    Raises:
        BindingError: an argument is out of its bounds.
        ModuleNotFoundError: there is no module *compiled*; a note says how to make it.
        StaleResolversError: another version of Tenure wrote it.
    """

    def __init__(
        self,
        *,
        scopes: Sequence[str] = ("request",),
        open_timeout: float | None = None,
        close_timeout: float | None = 10.0,
        autobind: bool = True,
        max_parallel: int | None = None,
        observers: Iterable[Observer] = (),
        compiled: str | None = None,
        strict: bool = False,
    ) -> None:
        check_seconds("open_timeout", open_timeout)
        check_seconds("close_timeout", close_timeout)
        check_count("max_parallel", max_parallel)
        if not isinstance(observers, Iterable):
            raise BindingError(
                f"observers takes a sequence of callables, not {observers!r}; did you mean ({observers!r},)?"
            )
        super().__init__(scopes, open_timeout, close_timeout, autobind, max_parallel, compiled, strict)
        self._entered = False
        _set_get(self, self.engine.hot.__getitem__)
        for observer in observers:
            self.observe(observer)

    def __repr__(self) -> str:
        root = self.engine.root
        return f"<{type(self).__name__} {root.state.value}, {len(self.engine.graph)} bindings, {len(root.exits)} open>"

    def __del__(self) -> None:
        """Warn of resources that nobody closed."""
        engine = getattr(self, "engine", None)
        owed = owed_by(engine.root) if engine is not None else []
        if owed:
            warn_of(owed, "a container was dropped with resources still open", self)

    # getting

    if TYPE_CHECKING:

        @overload
        def get(self, key: str, /) -> Any: ...

        @overload
        def get(self, key: "TypeForm[T]", /) -> T: ...

        def get(self, key: Any, /) -> Any:
            """See `_GET`: it is a slot, filled with a function of C, because a look-up of a method costs more."""

    else:
        __slots__ = {"engine": "What serves the container.", "get": _GET}  # both are looked up at each request

    @overload
    async def aget(self, key: str) -> Any: ...

    @overload
    async def aget(self, key: "TypeForm[T]") -> T: ...

    async def aget(self, key: Any) -> Any:
        """Return the value of *key* as seen from the current scope, open; always right. Raises as `get` does."""
        engine = self.engine
        return await engine.avalue(key, current_of(engine))

    @overload
    def __getitem__(self, key: str) -> Any: ...

    @overload
    def __getitem__(self, key: "TypeForm[T]") -> T: ...

    @overload
    def __getitem__(self, key: Any) -> Any: ...  # checkers see no type form in a subscript of some keys

    def __getitem__(self, key: Any) -> Any:
        """Return the value of *key*: `container[Key]` is `container.get(Key)`."""
        return self.get(key)

    def get_all_resources(self) -> dict[Any, Any]:
        """
        Return every open resource that the current scope sees, by class; opens nothing.

        The class is the key it is bound to, or else that of the object; a second one of a class stands under its key.
        """
        from tenure.runtime.snapshot import open_exits  # noqa: PLC0415 - imported on use: many programs never do

        found: dict[Any, Any] = {}
        for exit_ in open_exits(current_of(self.engine)):
            key, cls = exit_.binding.key, type(exit_.value)
            is_own_class = isinstance(key, type) or (cls in found and found[cls] is not exit_.value)
            found[key if is_own_class else cls] = exit_.value
        return found

    def snapshot(self) -> "Snapshot":
        """Return what is open now, and which scopes; opens nothing."""
        from tenure.runtime.snapshot import snapshot  # noqa: PLC0415 - imported on use: many programs never do

        return snapshot(self.engine)

    async def health(self) -> "HealthReport":
        """
        Return whether the container lives, is ready and has started, and whether what is open in it still answers.

        Opens nothing, holds nothing up, takes no longer than the limits of the checks; see docs/health.md.

        Raises:
            KeyboardInterrupt: a check raised it; nothing else that a check raises leaves.
        """
        from tenure.health.reporting import report  # noqa: PLC0415 - imported on use: many programs never do

        return await report(self)

    def health_sync(self) -> "HealthReport":
        """Return the same without an event loop; what can only be asked on one that is blocked here is "unknown"."""
        from tenure.health.reporting import report_sync  # noqa: PLC0415 - imported on use: many programs never do

        return report_sync(self)

    # scopes

    def resource_scope(
        self, name: str | None = None, *, values: Mapping[Any, Any] | None = None, max_parallel: int | None = None
    ) -> ResourceScope:
        """
        Return a scope to enter once, with `with` or `async with`.

        Args:
            name: a name of the ladder, or "call"; None: the last name of the ladder where no scope of that name is open
                around it, else an anonymous scope.
            values: what is given to the scope, by key; never closed by Tenure.
            max_parallel: how many resources the scope opens (`scope.start`) or closes at the same time; None: any
                number.

        Raises:
            BindingError: *max_parallel* is less than 1.

        Raises on entering:
            BindingError: a key of *values* is bound to be made.
            ScopeError: no scope has that name, or it is wider than one that is already open.
            ContainerClosedError: the container, or the scope around it, is closing or closed.
        """
        scope = prepared(ResourceScope(), self.engine, name)
        if max_parallel is not None:
            check_count("max_parallel", max_parallel)
            scope.max_parallel = max_parallel
        if values is not None:
            if not isinstance(values, Mapping):
                raise BindingError(f"values takes a mapping of keys to values, not {values!r}")
            scope.give(values, self._expect_given)
        return scope

    # the container's own life

    @uninterrupted
    def start_sync(self, *keys: Any, parallel: bool = False, max_parallel: int | None = None) -> None:
        """
        Open the singleton resources *keys*, all of them by default, dependencies first.

        Args:
            keys: bound ones.
            parallel: whether independent ones open at the same time, each on a thread of its own, save those declared
                thread_bound; else they open one after the other on the calling thread.
            max_parallel: how many threads at a time, >= 1; None: what the container says, or else 32.

        Raises:
            BaseException: the first failure, or a KeyboardInterrupt or SystemExit among the failures; the others travel
                with it. What this start opened is closed again.
        """
        from tenure.runtime import starting  # noqa: PLC0415 - imported on use: many programs never do

        engine = self.engine
        engine.reopen()
        check_count("max_parallel", max_parallel)
        limit = max_parallel if max_parallel is not None else engine.max_parallel
        starting.start(engine, engine.root, keys or starting.eager_keys(engine), parallel=parallel, max_parallel=limit)

    async def start(self, *keys: Any, max_parallel: int | None = None) -> None:
        """Open the singleton resources *keys*, all of them by default, independent ones at the same time."""
        from tenure.runtime import starting  # noqa: PLC0415 - imported on use: many programs never do

        engine = self.engine
        engine.reopen()
        check_count("max_parallel", max_parallel)
        limit = max_parallel if max_parallel is not None else engine.max_parallel
        await starting.astart(engine, engine.root, keys or starting.eager_keys(engine), limit)

    @uninterrupted
    def reset(self, key: Any, *keys: Any) -> None:
        """
        Close what was made of these keys, dependents first, in every open scope; the next request makes it anew.

        What depends on them, resource or not, is made anew as well; everything else stays. The container stays open.

        Raises:
            AsyncInSyncError: something has to be awaited; nothing was closed. Use `areset`.
            MissingBindingError: a key is not bound.
            ContainerClosedError: the container is closing or closed.
            CloseError: what closing code raised; everything else is done all the same.
        """
        from tenure.runtime.resetting import reset  # noqa: PLC0415 - imported on use: many programs never do

        drive(reset(self.engine, (key, *keys), is_async=False))

    async def areset(self, key: Any, *keys: Any) -> None:
        """Close what was made of these keys, dependents first, in every open scope; see `reset`."""
        from tenure.runtime.resetting import reset  # noqa: PLC0415 - imported on use: many programs never do

        await adrive(reset(self.engine, (key, *keys), is_async=True))

    @uninterrupted
    def close(self) -> None:
        """
        Close everything that is open, dependents first. Closing again is a no-op.

        Raises:
            AsyncInSyncError: something has to be awaited; nothing was closed. Use `aclose`.
            CloseError: what closing code raised; everything else is closed all the same.
        """
        _raise(drive(leave(self.engine, self.engine.root, None, is_async=False)))

    async def aclose(self) -> None:
        """Close everything that is open, dependents first; see `close`."""
        _raise(await adrive(leave(self.engine, self.engine.root, None, is_async=True)))

    @uninterrupted
    def __enter__(self) -> Self:
        """Open every singleton resource, one after the other."""
        self._enter_once()
        try:
            self.start_sync()
        except BaseException:
            self._entered = False
            raise
        self._serve(ref(self))
        return self

    @uninterrupted
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """Close everything, showing it *error*."""
        self._entered = False
        try:
            return _concluded(error, drive(leave(self.engine, self.engine.root, error, is_async=False)))
        finally:
            self._serve()

    async def __aenter__(self) -> Self:
        """Open every singleton resource, independent ones at the same time."""
        self._enter_once()
        self.engine.root.crashed = None  # of an earlier life, or told where that is closed
        try:
            await self.start()
        except BaseException:
            self._entered = False
            raise
        self.engine.root.begin_region(current_backend().region())
        self._serve(ref(self))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """Close everything, showing it *error*."""
        self._entered = False
        try:
            ended_by = await self.engine.root.end_region(error)
            return _concluded(error, await adrive(leave(self.engine, self.engine.root, ended_by, is_async=True)))
        finally:
            self._serve()

    def _enter_once(self) -> None:
        if self._entered:
            raise ScopeError("the container is already entered; enter it once, around everything that uses it")
        self._entered = True

    def _serve(self, *own: "ref[Binder]") -> None:
        """Serve injected functions that name no container from here on, or, without *own*, no more."""
        others = [each for each in entered.get() if each() is not None and each() is not self]
        entered.set((*others, *own))

    # looking

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Show every event to *observer* from now on; return the function that ends it."""
        if not callable(observer):
            raise BindingError(f"an observer is called with each event, and {observer!r} is not callable")
        return self.engine.observe(observer)


def _raise(failure: BaseException | None) -> None:
    if failure is not None:
        try:
            raise failure
        finally:
            del failure  # its traceback holds this frame (L16)


def _concluded(error: BaseException | None, failure: BaseException | None) -> bool:
    if failure is not None and failure is not error:
        try:
            raise failure
        finally:
            del failure
    return failure is None and error is not None


_set_get: Callable[[Container, Callable[[Any], Any]], None] = vars(Container)["get"].__set__  # whatever a subclass has
