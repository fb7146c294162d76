"""
The type-driven face: `Container` and the scopes it opens.

Holds no logic that has a room of its own: bindings are made in `model.build`, everything else happens in `runtime`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from tenure.declare import check_count, check_seconds, lifecycle_on, options_of
from tenure.errors import BindingError, BindingInUseError, ContainerClosedError, Finding, GraphError, ScopeError
from tenure.events import Observer
from tenure.keys import Key, class_of, qualified, show
from tenure.lifecycle.effects import adrive, drive
from tenure.model.binding import NOTHING, SINGLETON, TRANSIENT, Binding, Make
from tenure.model.build import Declared, autobinding, binding_of, check_key
from tenure.model.check import findings_of
from tenure.model.graph import Graph
from tenure.runtime import starting
from tenure.runtime.engine import Engine
from tenure.runtime.entering import ScopeHandle, did_you_mean
from tenure.runtime.forgotten import owed_by, warn_of
from tenure.runtime.injection import Injected
from tenure.runtime.leaving import leave
from tenure.runtime.overrides import Override
from tenure.runtime.paths import explain
from tenure.runtime.scope import Scope, State, current, current_of
from tenure.runtime.snapshot import Snapshot, open_exits, snapshot

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")
_DECLARED = Declared(options_of, lifecycle_on)


class ResourceScope:
    """
    An open scope, as `with container.resource_scope() as scope` gives it.

    What it gives is what it owns, or what a scope around it owns; it serves this scope whatever is current.
    """

    __slots__ = ("_max_parallel", "_scope")

    def __init__(self, scope: Scope, max_parallel: int | None) -> None:
        self._scope = scope
        self._max_parallel = max_parallel

    def __repr__(self) -> str:
        return f"<ResourceScope {self._scope.name!r} {self._scope.state.value}, {len(self._scope.exits)} open>"

    @property
    def name(self) -> str:
        """Name of the scope: one of the ladder, "call" or "anonymous"."""
        return self._scope.name

    @overload
    def get(self, key: str) -> Any: ...

    @overload
    def get(self, key: "TypeForm[T]") -> T: ...

    def get(self, key: Any) -> Any:
        """Return the value of *key* as seen from this scope; see `Container.get`."""
        self._scope.refuse_unless_open()
        return self._scope.engine.value(key, self._scope)

    @overload
    async def aget(self, key: str) -> Any: ...

    @overload
    async def aget(self, key: "TypeForm[T]") -> T: ...

    async def aget(self, key: Any) -> Any:
        """Return the value of *key* as seen from this scope, open; see `Container.aget`."""
        self._scope.refuse_unless_open()
        return await self._scope.engine.avalue(key, self._scope)

    async def start(self, *keys: Any, max_parallel: int | None = None) -> None:
        """
        Open the resources *keys* with what they need, independent ones at the same time.

        Raises:
            BaseException: the first failure; what this start opened is closed again.
        """
        check_count("max_parallel", max_parallel)
        limit = max_parallel if max_parallel is not None else self._max_parallel
        await starting.astart(self._scope.engine, self._scope, keys, limit)

    def start_sync(self, *keys: Any) -> None:
        """Open the resources *keys* with what they need, one after the other; raises as `start` does."""
        starting.start(self._scope.engine, self._scope, keys)


class Container:
    """
    Wires an application together by types, and closes what it opened.

    Args:
        scopes: names of the scopes that `resource_scope` may open, widest first; "call" comes after them by itself.
        close_timeout: seconds, > 0, for closing each resource that the container itself owns; None: no limit.
        autobind: whether an unbound concrete class is bound to itself when it is first asked for.
        max_parallel: how many resources an eager start opens at the same time, >= 1; None: any number.
        observers: callables that are shown every event.

    Raises:
        BindingError: an argument is out of its bounds.
    """

    def __init__(
        self,
        *,
        scopes: Sequence[str] = ("request",),
        close_timeout: float | None = 10.0,
        autobind: bool = True,
        max_parallel: int | None = None,
        observers: Iterable[Observer] = (),
    ) -> None:
        check_seconds("close_timeout", close_timeout)
        check_count("max_parallel", max_parallel)
        _check_ladder(scopes)
        if not isinstance(observers, Iterable):
            raise BindingError(
                f"observers takes a sequence of callables, not {observers!r}; did you mean ({observers!r},)?"
            )
        self._autobind = autobind
        self._max_parallel = max_parallel
        self._serial = 0
        self._entered = False
        self._injected: list[Injected] = []
        self.engine: Engine = Engine(Graph({}, self._bind_by_itself), scopes, close_timeout)
        for cls in type(self).__mro__[:-1]:
            self._add(binding_of(cls, self, _DECLARED, is_value=True, serial=0))
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

    # binding

    def bind(
        self,
        key: Any,
        target: Any = NOTHING,
        *,
        value: Any = NOTHING,
        scope: str | None = None,
        name: str | None = None,
        arguments: Mapping[str, Any] | None = None,
        close: str | Callable[[Any], Any] | None = None,
        resource: bool = False,
    ) -> None:
        """
        Say how the value of *key* is made.

        Args:
            key: a class, an `Annotated[type, qualifier]`, a `NewType`, a string; or a function alone, whose key is
                what it returns or yields (`Iterator[T]`, `AsyncIterator[T]`, ... stand for `T`).
            target: a class, a function that makes it, or the object itself; default: *key*.
            value: the object itself, also where it is a class or a function.
            scope: "singleton", "transient" or the name of a scope; None: what the target's decorator says, else
                ambient for a resource, "transient" for a class or function.
            name: a qualifier; `name="replica"` binds `Annotated[key, "replica"]`.
            arguments: constants by parameter name.
            close: name of the method that closes the value, or a function that takes it; either makes it a resource.
            resource: whether a class is a resource although it is not decorated.

        Raises:
            BindingError: it cannot be bound like that; the text says why.
            BindingInUseError: something was already made from an earlier binding of the key.
            ContainerClosedError: the container is closed.
        """
        self._refuse_if_closed()
        if value is not NOTHING:
            if target is not NOTHING:
                raise BindingError(f"bind({show(key)}) takes a target or value=, not both")
            target = value
        elif target is NOTHING:
            key, target = self._alone(key)
        self._serial += 1
        binding = binding_of(
            key, target, _DECLARED, scope=scope, name=name, arguments=arguments, close=close, is_resource=resource,
            is_value=value is not NOTHING, serial=self._serial,
        )  # fmt: skip
        self._check_lifetime(binding)
        self._add(binding)

    def _alone(self, key: Any) -> tuple[Any, Any]:
        if class_of(key) is not None:
            return key, key
        if callable(key):
            return NOTHING, key
        if isinstance(key, str) or type(key).__module__ == "typing":
            raise BindingError(f"bind({key!r}) does not say what to bind to it; give a target: bind({key!r}, target)")
        cls = type(key).__qualname__
        raise BindingError(f"an object is bound to a key: bind({cls}, <the object>), not bind(<{cls} object>)")

    def _check_lifetime(self, binding: Binding) -> None:
        known = (SINGLETON, TRANSIENT, "ambient", *self.engine.ladder)
        if binding.lifetime not in known:
            raise ScopeError(
                f"{binding.label} is bound to the scope {binding.lifetime!r}, which this container does not know; "
                + did_you_mean(binding.lifetime, (SINGLETON, TRANSIENT, *self.engine.ladder), "Container(scopes=(...))")
            )

    def _add(self, binding: Binding) -> None:
        self.engine.add(binding)

    def _bind_by_itself(self, key: Key) -> Binding | None:
        if not self._autobind:
            return None
        self._serial += 1
        binding = autobinding(key, _DECLARED, self._serial)
        if binding is not None:
            self._check_lifetime(binding)
        return binding

    def __setitem__(self, key: Any, value: Any) -> None:
        """Bind *key*: `container[Key] = value` is `container.bind(Key, value)`."""
        self.bind(key, value)

    @overload
    def __getitem__(self, key: str) -> Any: ...

    @overload
    def __getitem__(self, key: "TypeForm[T]") -> T: ...

    @overload
    def __getitem__(self, key: Any) -> Any: ...  # checkers see no type form in a subscript of some keys

    def __getitem__(self, key: Any) -> Any:
        """Return the value of *key*: `container[Key]` is `container.get(Key)`."""
        return self.get(key)

    def __contains__(self, key: Any) -> bool:
        """Tell whether *key* is bound."""
        found = self.engine.graph.bindings.get(key)
        return found is not None and found.declared

    def declare(self, key: Any, *, scope: str = "request", name: str | None = None) -> None:
        """
        Say that a value of *key* is given whenever a scope of that name is entered (`resource_scope(values=...)`).

        Raises:
            ScopeError: no scope has that name.
            BindingInUseError: something was already made from an earlier binding of the key.
        """
        self._refuse_if_closed()
        check_key(key)
        self._serial += 1
        binding = Binding(qualified(key, name), Make.GIVEN, None, scope, serial=self._serial)
        self._check_lifetime(binding)
        self._add(binding)

    def include(self, other: "Container") -> None:
        """
        Bind here everything that *other* binds and this container does not; instances are not shared.

        Raises:
            ContainerClosedError: this container is closed.
            ScopeError: *other* binds to a scope that this container does not know; nothing is included.
            BindingError: *other* is no container.
        """
        self._refuse_if_closed()
        if not isinstance(other, Container):
            raise BindingError(f"include takes a container, not {other!r}")
        new = [b for b in list(other.engine.graph) if b.declared and b.key not in self and b.target is not other]
        for binding in new:
            self._check_lifetime(binding)
        for binding in new:
            self._add(binding)

    def expects(self, function: Injected) -> None:
        """Count *function* among those whose parameters `check()` looks at."""
        self._injected.append(function)

    # getting

    @overload
    def get(self, key: str) -> Any: ...

    @overload
    def get(self, key: "TypeForm[T]") -> T: ...

    def get(self, key: Any) -> Any:
        """
        Return the value of *key* as seen from the current scope.

        Args:
            key: a class, `Annotated[type, qualifier]`, `T | None`, `list[T]`, `dict[str, T]`, a `NewType`, a string.

        Raises:
            MissingBindingError: *key*, or something it needs, is not bound; the text shows the whole path.
            CircularDependencyError: *key* needs itself.
            GraphError: a longer-lived value needs a shorter-lived one.
            AsyncInSyncError: something has to be awaited; nothing was touched. Use `aget`.
            ScopeNotOpenError: it lives in a named scope that is not open here.
            ContainerClosedError: the container, or the current scope, is closing or closed.
            BaseException: what the user's code raised, with a note of the dependency path.
        """
        engine = self.engine
        scope = current.get()
        try:
            if scope is None:
                scope = engine.root
            else:
                if scope.engine is not engine:
                    scope = current_of(engine)
                scope.asked.add(key)
            return engine.resolvers[key](scope)
        except Exception as error:
            explain(error, key, engine.graph)
            raise

    @overload
    async def aget(self, key: str) -> Any: ...

    @overload
    async def aget(self, key: "TypeForm[T]") -> T: ...

    async def aget(self, key: Any) -> Any:
        """Return the value of *key* as seen from the current scope, open; always right. Raises as `get` does."""
        engine = self.engine
        return await engine.avalue(key, current_of(engine))

    def get_all_resources(self) -> dict[Any, Any]:
        """
        Return every open resource that the current scope sees, by class; opens nothing.

        The class is the key it is bound to, or else that of the object; a second one of a class stands under its key.
        """
        found: dict[Any, Any] = {}
        for exit_ in open_exits(current_of(self.engine)):
            key, cls = exit_.binding.key, type(exit_.value)
            is_own_class = isinstance(key, type) or (cls in found and found[cls] is not exit_.value)
            found[key if is_own_class else cls] = exit_.value
        return found

    def snapshot(self) -> Snapshot:
        """Return what is open now, and which scopes; opens nothing."""
        return snapshot(self.engine)

    # scopes

    def resource_scope(
        self, name: str | None = None, *, values: Mapping[Any, Any] | None = None, max_parallel: int | None = None
    ) -> "ScopeHandle[ResourceScope]":
        """
        Return a scope to enter once, with `with` or `async with`.

        Args:
            name: a name of the ladder, or "call"; None: the last name of the ladder where no scope of that name is open
                around it, else an anonymous scope.
            values: what is given to the scope, by key; never closed by Tenure.
            max_parallel: how many resources `scope.start` opens at the same time; None: any number.

        Raises:
            BindingError: *max_parallel* is less than 1.

        Raises on entering:
            BindingError: a key of *values* is bound to be made.
            ScopeError: no scope has that name, or it is wider than one that is already open.
            ContainerClosedError: the container, or the scope around it, is closing or closed.
        """
        check_count("max_parallel", max_parallel)
        if values is not None and not isinstance(values, Mapping):
            raise BindingError(f"values takes a mapping of keys to values, not {values!r}")
        return ScopeHandle(self.engine, ResourceScope, self._expect_given, name, values or {}, max_parallel)

    def _expect_given(self, key: Any, name: str) -> None:
        known = self.engine.graph.bindings.get(key)
        if known is None:
            self.declare(key, scope=name)
        elif known.make is not Make.GIVEN and known.declared:
            raise BindingError(
                f"{show(key)} is bound to be made, and the scope {name!r} is given one; declare it "
                f"instead of binding it: container.declare({show(key)}, scope={name!r})"
            )
        elif known.make is not Make.GIVEN:
            if key in self.engine.used:
                raise BindingInUseError(key)
            self.declare(key, scope=name)

    # the container's own life

    def start_sync(self, *keys: Any) -> None:
        """
        Open the singleton resources *keys*, all of them by default, one after the other, dependencies first.

        Raises:
            BaseException: the first failure; what this start opened is closed again.
        """
        engine = self.engine
        engine.reopen()
        starting.start(engine, engine.root, keys or starting.eager_keys(engine))

    async def start(self, *keys: Any, max_parallel: int | None = None) -> None:
        """Open the singleton resources *keys*, all of them by default, independent ones at the same time."""
        engine = self.engine
        engine.reopen()
        check_count("max_parallel", max_parallel)
        limit = max_parallel if max_parallel is not None else self._max_parallel
        await starting.astart(engine, engine.root, keys or starting.eager_keys(engine), limit)

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

    def __enter__(self) -> Self:
        """Open every singleton resource, one after the other."""
        self._enter_once()
        try:
            self.start_sync()
        except BaseException:
            self._entered = False
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """Close everything, showing it *error*."""
        self._entered = False
        return _concluded(error, drive(leave(self.engine, self.engine.root, error, is_async=False)))

    async def __aenter__(self) -> Self:
        """Open every singleton resource, independent ones at the same time."""
        self._enter_once()
        try:
            await self.start()
        except BaseException:
            self._entered = False
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """Close everything, showing it *error*."""
        self._entered = False
        return _concluded(error, await adrive(leave(self.engine, self.engine.root, error, is_async=True)))

    def _enter_once(self) -> None:
        if self._entered:
            raise ScopeError("the container is already entered; enter it once, around everything that uses it")
        self._entered = True

    def _refuse_if_closed(self) -> None:
        if self.engine.root.state is not State.OPEN:
            raise ContainerClosedError("the container", self.engine.root.state.value)

    # looking

    def override(self, key: Any, target: Any = NOTHING, *, value: Any = NOTHING, scope: str | None = None) -> Override:
        """
        Return a context manager that replaces the binding of *key*; dependents are rebuilt, and restored on leaving.

        Args:
            key: the key.
            target: a class, a function, or the object to give instead.
            value: the object itself, also where it is a class or a function.
            scope: lifetime of the replacement; None: as for `bind`.
        """
        is_value = value is not NOTHING
        if is_value is (target is not NOTHING):
            raise BindingError(f"override({show(key)}) takes either a target or value=, the replacement")
        self._serial += 1
        binding = binding_of(
            key, value if is_value else target, _DECLARED, scope=scope, is_value=is_value, serial=self._serial
        )
        self._check_lifetime(binding)
        return Override(self.engine, binding)

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Show every event to *observer* from now on; return the function that ends it."""
        if not callable(observer):
            raise BindingError(f"an observer is called with each event, and {observer!r} is not callable")
        return self.engine.observe(observer)

    def findings(self, *, sync: bool = False) -> tuple[Finding, ...]:
        """Return everything there is to say about the graph, errors first; makes nothing."""
        return findings_of(self.engine.graph, self.engine.ladder, self._injected, sync=sync)

    def check(self, *, sync: bool = False, strict: bool = False) -> None:
        """
        Look for everything that is wrong with the graph, at once, without making anything.

        Args:
            sync: whether to report as well what a program without an event loop could not open.
            strict: whether warnings count as errors.

        Raises:
            GraphError: with all findings, if one of them is an error.
        """
        found = self.findings(sync=sync)
        fatal = ("error", "warning") if strict else ("error",)
        if any(finding.level in fatal for finding in found):
            raise GraphError(found)


def _check_ladder(scopes: Sequence[str]) -> None:
    if isinstance(scopes, str) or not isinstance(scopes, Sequence):
        raise BindingError(f"scopes takes a sequence of names, not {scopes!r}; did you mean ({scopes!r},)?")
    reserved = {SINGLETON, TRANSIENT, "ambient", "root", "anonymous", "call"}
    for name in scopes:
        if not isinstance(name, str) or not name or name in reserved:
            raise BindingError(f"{name!r} cannot be the name of a scope; reserved: {', '.join(sorted(reserved))}")
    if len(set(scopes)) != len(scopes):
        raise BindingError(f"a name stands twice in scopes={tuple(scopes)!r}")


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
