"""
The binding half of the type-driven face: what is bound to what, and what is wrong with it.

Holds no logic that has a room of its own: bindings are made in `model.build`, findings in `model.check`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tenure.declare import lifecycle_on, options_of
from tenure.errors import BindingError, BindingInUseError, ContainerClosedError, Finding, ScopeError
from tenure.keys import Key, class_of, qualified, show
from tenure.live import Live
from tenure.model.binding import NOTHING, SINGLETON, TRANSIENT, Binding, Make, Need
from tenure.model.build import Declared, autobinding, binding_of, check_key, refuse_called
from tenure.model.graph import Graph, declares_binding
from tenure.runtime.engine import Engine
from tenure.runtime.entering import did_you_mean
from tenure.runtime.scope import State, current_of, live_chain

if TYPE_CHECKING:
    from typing import Protocol

    from tenure.draw.view import View
    from tenure.model.explaining import Explanation
    from tenure.runtime.injection import Injected
    from tenure.runtime.overrides import Override

    class Joinable(Protocol):
        """A declarative container."""

        def __tenure_join__(self, engine: Engine) -> tuple[Callable[[Key], Any], dict[Any, Any]]:
            """Let *engine* serve it; return how to find its providers, and by which keys."""
            ...


_DECLARED = Declared(options_of, lifecycle_on)


class Binder(Live):
    """
    What a container knows how to make; `Container` says what the arguments are.

    Attributes:
        engine: what serves the bindings; not part of the promise to users.
    """

    def __init__(
        self,
        scopes: Sequence[str],
        open_timeout: float | None,
        close_timeout: float | None,
        autobind: bool,
        max_parallel: int | None,
        compiled: str | None = None,
        strict: bool = False,
    ) -> None:
        _check_ladder(scopes)
        self._autobind = autobind
        self._strict = strict
        self._injected: list[Injected] = []
        self._included: list[Callable[[Key], Binding | None]] = []
        self._companions: dict[Key, tuple[Key, ...]] = {}
        self.engine: Engine = Engine(Graph({}, self._bind_by_itself), scopes, close_timeout, max_parallel, open_timeout)
        if compiled is not None:
            from tenure.compile.ahead import ahead_of  # noqa: PLC0415 - few programs need it

            self.engine.ahead = ahead_of(compiled)
        for cls in type(self).__mro__:
            if issubclass(cls, Binder):
                self._add(binding_of(cls, self, _DECLARED, is_value=True, is_self=True))

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
        health: Any = None,
    ) -> None:
        """
        Say how the value of *key* is made.

        Args:
            key: a class, an `Annotated[type, qualifier]`, a `NewType`, a string; or a function alone, whose key is
                what it returns or yields (`Iterator[T]`, `AsyncIterator[T]`, ... stand for `T`).
            target: a class, a function that makes it, or the object itself; default: *key*. An object that binds
                itself, like a pool, decides what is bound; alone, it knows the key as well.
            value: the object itself, also where it is a class or a function.
            scope: "singleton", "transient" or the name of a scope; None: what the target's decorator says, else
                ambient for a resource, "transient" for a class or function.
            name: a qualifier; `name="replica"` binds `Annotated[key, "replica"]`.
            arguments: constants by parameter name.
            close: name of the method that closes the value, or a function that takes it; either makes it a resource.
            resource: whether a class is a resource although it is not decorated.
            health: how its health is checked, resource or not: a function of the object, the name of a method, a
                `tenure.health.Health`; False: not at all; None: as its class says (docs/health.md).

        Raises:
            BindingError: it cannot be bound like that; the text says why.
            BindingInUseError: something was already made from an earlier binding of the key.
            ContainerClosedError: the container is closed.
            GuessError: the container is strict, and nothing but the name of a method tells how it is closed.
        """
        self._refuse_if_closed()
        is_usual = value is NOTHING and health is None and not (name or arguments or close or resource)
        ahead = self.engine.ahead if is_usual else None
        if ahead is not None and ahead.bind(key, target, scope, _DECLARED, self.engine.graph):
            return
        if value is NOTHING and hasattr(type(key if target is NOTHING else target), "__tenure_bind__"):
            self._bind_itself(key, target, name, scope, arguments, health, close, resource)
            return
        if value is not NOTHING:
            if target is not NOTHING:
                raise BindingError(f"bind({show(key)}) takes a target or value=, not both")
            target = value
        elif target is NOTHING:
            key, target = self._alone(key)
        binding = binding_of(
            key, target, _DECLARED, scope=scope, name=name, arguments=arguments, close=close, is_resource=resource,
            is_value=value is not NOTHING,
        )  # fmt: skip
        self._check(binding)
        if health is not None:
            from tenure.model.health import with_health  # noqa: PLC0415 - imported on use: many programs never do

            binding = with_health(binding, health)
        self._leave_companions(binding.key)
        self._add(binding)

    def _bind_itself(
        self, key: Any, target: Any, name: Any, scope: Any, arguments: Any, health: Any, *refused: Any
    ) -> None:
        """Take what an object says of itself: all of it or, where one of its bindings is refused, nothing."""
        from tenure.model.self_binding import asked_of, refuse_options  # noqa: PLC0415 - many programs need it never

        refuse_options(key, target, *refused)
        if target is not NOTHING:
            check_key(key)
        engine = self.engine
        found = list(asked_of(key, target, name, scope, arguments, engine.ladder, lambda: engine.notify))
        for binding in found:
            self._check(binding)
        if health is not None:  # of the object itself, not of what it lends
            from tenure.model.health import with_health  # noqa: PLC0415 - imported on use: many programs never do

            found[0] = with_health(found[0], health)
        for binding in found:
            if binding.key in self and binding.key in self.engine.used:
                raise BindingInUseError(binding.key)
        *companions, last = found
        self._leave_companions(last.key)
        for binding in found:
            self._add(binding)
        if companions:
            self._companions[last.key] = tuple([each.key for each in companions])

    def _leave_companions(self, key: Key) -> None:
        """Forget what served only the earlier binding of *key*, which is about to be replaced."""
        if key in self._companions and key not in self.engine.used:
            for companion in self._companions.pop(key):
                if companion not in self.engine.used:
                    self.engine.adopt(self.engine.graph.restored(companion, None), {companion})

    def _alone(self, key: Any) -> tuple[Any, Any]:
        if class_of(key) is not None:
            return key, key
        if callable(key):
            return NOTHING, key
        if isinstance(key, str) or type(key).__module__ == "typing":
            raise BindingError(f"bind({key!r}) does not say what to bind to it; give a target: bind({key!r}, target)")
        refuse_called(key)
        cls = type(key).__qualname__
        raise BindingError(f"an object is bound to a key: bind({cls}, <the object>), not bind(<{cls} object>)")

    def _check(self, binding: Binding) -> None:
        known = (SINGLETON, TRANSIENT, "ambient", *self.engine.ladder)
        if binding.lifetime not in known:
            raise ScopeError(
                f"{binding.label} is bound to the scope {binding.lifetime!r}, which this container does not know; "
                + did_you_mean(binding.lifetime, (SINGLETON, TRANSIENT, *self.engine.ladder), "Container(scopes=(...))")
            )
        if self._strict and binding.lifecycle is not None and binding.lifecycle.is_guess:
            from tenure.model.explaining import guess_error  # noqa: PLC0415 - for errors only

            raise guess_error(binding)

    def _add(self, binding: Binding) -> None:
        self.engine.add(binding)

    def _bind_by_itself(self, key: Key) -> Binding | None:
        for find in self._included:
            binding = find(key)
            if binding is not None:
                return binding
        if declares_binding(key):
            return None
        if not self._autobind:
            return None
        binding = autobinding(key, _DECLARED)
        if binding is not None:
            self._check(binding)
        return binding

    def __setitem__(self, key: Any, value: Any) -> None:
        """Bind *key*: `container[Key] = value` is `container.bind(Key, value)`."""
        self.bind(key, value)

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
        binding = Binding(qualified(key, name), Make.GIVEN, None, scope)
        self._check(binding)
        self._add(binding)

    def include(self, other: "Binder | Joinable") -> None:
        """
        Bind here everything that *other* binds and this container does not.

        Args:
            other: a container; instances are not shared. Or a declarative container: it becomes part of this one, with
                what it has made, and is closed with it; its providers are found by name and by what they make.

        Raises:
            ContainerClosedError: this container is closed.
            ScopeError: *other* binds to a scope that this container does not know; nothing is included.
            BindingError: *other* is no container, or is part of another one.
        """
        self._refuse_if_closed()
        join = getattr(other, "__tenure_join__", None)
        if join is not None:
            self._join(*join(self.engine))
            return
        if not isinstance(other, Binder):
            raise BindingError(f"include takes a container, not {other!r}")
        new = [b for b in list(other.engine.graph) if b.declared and b.key not in self and b.target is not other]
        for binding in new:
            self._check(binding)
        for binding in new:
            self._add(binding)

    def _join(self, find: Callable[[Key], Binding | None], offers: Mapping[Key, Key]) -> None:
        """Look what is not bound up by *find*; each key of *offers* stands for another that is found so."""
        self._included.append(find)
        for key, provider in offers.items():
            if key not in self:
                need = Need("value", provider, by_position=True)
                self._add(Binding(key, Make.CALL, lambda value: value, TRANSIENT, (need,)))

    def expects(self, function: "Injected") -> None:
        """Count *function* among those whose parameters `check()` looks at."""
        self._injected.append(function)

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

    def _refuse_if_closed(self) -> None:
        if self.engine.root.state is not State.OPEN:
            raise ContainerClosedError("the container", self.engine.root.state.value)

    # looking

    def override(
        self, key: Any, target: Any = NOTHING, *, value: Any = NOTHING, scope: str | None = None
    ) -> "Override":
        """
        Return a context manager that replaces the binding of *key*; dependents are rebuilt, and restored on leaving.

        Args:
            key: the key.
            target: a class, a function, or the object to give instead.
            value: the object itself, also where it is a class or a function.
            scope: lifetime of the replacement; None: as for `bind`.
        """
        from tenure.runtime.overrides import Override  # noqa: PLC0415 - imported on use: many programs never do

        is_value = value is not NOTHING
        if not is_value and hasattr(type(target), "__tenure_bind__"):
            cls = type(target).__qualname__
            raise BindingError(
                f"override({show(key)}) takes one thing that makes the value, and a {cls} binds more than one; "
                f"override what it makes its items with, or bind the {cls} in a container of its own"
            )
        if is_value is (target is not NOTHING):
            raise BindingError(f"override({show(key)}) takes either a target or value=, the replacement")
        binding = binding_of(key, value if is_value else target, _DECLARED, scope=scope, is_value=is_value)
        self._check(binding)
        return Override(self.engine, binding)

    def explain(self, key: Any) -> "Explanation":
        """
        Return how the value of *key* is made, opened and closed, and why so; makes nothing.

        Args:
            key: as for `get`.

        Raises:
            MissingBindingError: *key* is not bound.
        """
        from tenure.model.explaining import explained  # noqa: PLC0415 - imported on use: many programs never do

        graph = self.engine.graph
        binding = graph.require(key)
        for scope in live_chain(current_of(self.engine)):  # of what is open, it shows what was found
            binding = scope.exits[key].binding if key in scope.exits else binding
        return explained(graph, binding)

    def findings(self, *, sync: bool = False) -> tuple[Finding, ...]:
        """Return everything there is to say about the graph, errors first; makes nothing."""
        from tenure.model.check import findings_of  # noqa: PLC0415 - imported on use: many programs never do

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
        from tenure.model.check import refuse_fatal  # noqa: PLC0415 - imported on use: many programs never do

        refuse_fatal(self.engine.graph, self.engine.ladder, self._injected, sync=sync, strict=strict)

    def __tenure_view__(self, **options: Any) -> "View":
        """Return what a drawing of it shows; *options* are those of `tenure.draw.surveying.view_of`."""
        from tenure.draw.surveying import view_of  # noqa: PLC0415 - imported on use: many programs never do

        return view_of(self.engine.graph, self.engine.ladder, self._injected, **options)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Have notebooks show a drawing; IPython says by name what it would rather have."""
        from tenure.draw.notebook import bundle_of  # noqa: PLC0415 - imported on use: many programs never do

        return bundle_of(self.__tenure_view__())


def _check_ladder(scopes: Sequence[str]) -> None:
    if isinstance(scopes, str) or not isinstance(scopes, Sequence):
        raise BindingError(f"scopes takes a sequence of names, not {scopes!r}; did you mean ({scopes!r},)?")
    reserved = {SINGLETON, TRANSIENT, "ambient", "root", "anonymous", "call"}
    for name in scopes:
        if not isinstance(name, str) or not name or name in reserved:
            raise BindingError(f"{name!r} cannot be the name of a scope; reserved: {', '.join(sorted(reserved))}")
    if len(set(scopes)) != len(scopes):
        raise BindingError(f"a name stands twice in scopes={tuple(scopes)!r}")
