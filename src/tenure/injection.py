"""`@inject` and `Inject`: functions whose parameters a container fills in."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar, overload

from tenure.errors import BindingError, ScopeError
from tenure.keys import Key, show
from tenure.model.introspect import InjectMarker
from tenure.resource_scope import ResourceScope
from tenure.runtime.entering import prepared
from tenure.runtime.scope import current, current_of

if TYPE_CHECKING:
    from weakref import ref

    from typing_extensions import TypeForm

    from tenure.binder import Binder
    from tenure.runtime.injection import Source

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


entered: ContextVar[tuple["ref[Binder]", ...]] = ContextVar("tenure.entered", default=())
"""The containers whose `with` the running code is in, the first entered first; held weakly, for a context may last."""


class _Inject(InjectMarker):
    """The one object that is called `Inject`."""

    __slots__ = ()

    def __call__(self) -> Any:
        """Return a marker: `x: Annotated[T, Inject()]`, or `x: T = Inject()`."""
        return InjectMarker()

    def __reduce__(self) -> str:
        """Stay the one object."""
        return "Inject"

    @overload
    def __getitem__(self, key: "TypeForm[T]") -> T: ...

    @overload
    def __getitem__(self, key: Any) -> Any: ...  # checkers see no type form in a subscript of some keys

    def __getitem__(self, key: Any) -> Any:
        """Return a marker that stands for a value of *key*: `x: T = Inject[T]`."""
        return InjectMarker(key)


Inject: _Inject = _Inject()
"""Marks a parameter to be injected: `x: Annotated[T, Inject()]` or `x: T = Inject[T]`."""


@overload
def inject(function: F, /) -> F: ...


@overload
def inject(
    function: None = None, /, *, container: "Binder | None" = None, scope: str | None = None
) -> Callable[[F], F]: ...


@overload
def inject(function: F, /, *, container: "Binder | None" = None, scope: str | None = None) -> F: ...


def inject(function: Any = None, /, *, container: "Binder | None" = None, scope: str | None = None) -> Any:
    """
    Fill in the parameters of *function* that are marked with `Inject`, at each call.

    Args:
        function: a function, a coroutine function, a generator function or an async generator function.
        container: where the values come from; None: the container of the scope that is current at the call, else the
            one that was entered last (`with container:`) in this task or thread, or in one that this task came from.
        scope: name of a scope to open around each call ("call" is always there); None: the current scope serves. For a
            generator the scope stays open as long as the generator runs.

    Returns:
        A function of the same kind; its signature and annotations show only the other parameters. Arguments that the
        caller gives by keyword are left alone.

    Raises:
        BindingError: *function* is not a function, or has no parameter to inject.
        ScopeError: at the call, without *container* where no scope is current and no container was entered.
    """
    if container is not None and not hasattr(container, "engine"):
        raise BindingError(f"container= takes a container, not {container!r}")

    from tenure.runtime.injection import describe, injected_needs, wrap  # noqa: PLC0415 - many programs never inject

    def decorate(function: F) -> F:
        _check_function(function)
        needs = injected_needs(function)
        described = describe(function, needs)
        if container is not None:
            container.expects(described)
        wrapped: F = wrap(function, needs, _source(container, scope))
        # for integrations: the container of an application checks before its start what nobody else does
        vars(wrapped)["__tenure_injected__"] = described if container is None else None
        return wrapped

    return decorate if function is None else decorate(function)


def _check_function(function: Any) -> None:
    if hasattr(function, "engine"):
        raise BindingError("inject decorates a function, not a container; did you mean inject(container=...)?")
    if isinstance(function, type):
        raise BindingError(
            f"inject decorates a function, and {show(function)} is a class: a container fills in the parameters "
            "of a class by itself; bind it, or get it"
        )
    if not callable(function):
        raise BindingError(f"inject decorates a function, not {function!r}")


def _source(container: Any, name: str | None) -> "Source":
    from tenure.compile.calls import Always  # noqa: PLC0415
    from tenure.runtime.injection import Source  # noqa: PLC0415 - many programs never inject

    def engine() -> Any:
        return container.engine if container is not None else _current_engine()

    def scope() -> ResourceScope:
        return prepared(ResourceScope(), engine(), name)

    def get() -> Callable[[Key], Any]:
        found: Callable[[Key], Any] = engine().hot.__getitem__
        return found

    known = Always(get()) if container is not None else None

    def aget() -> Callable[[Key], Any]:
        found = engine()
        return lambda key: found.avalue(key, current_of(found))

    return Source(name, scope, get, aget, known)


def _current_engine() -> Any:
    scope = current.get()
    if scope is not None:
        return scope.engine
    for reference in reversed(entered.get()):
        container = reference()
        if container is not None:
            return container.engine
    raise ScopeError(
        "an injected function was called where no scope is current and no container was entered, so that nothing says "
        "which container serves it; say it with @inject(container=container), or call it inside `with container` or "
        "container.resource_scope()"
    )
