"""
Declarations: `@resource` and its kin say of a class or function how it lives; nothing is bound by them.

A class stays the very class it was; a function stays the very function.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType, MethodType
from typing import Any, TypeVar, overload

from tenure.errors import BindingError
from tenure.keys import show
from tenure.model.binding import NOTHING, SINGLETON, TRANSIENT, Lifecycle, Options, Rule, Style
from tenure.model.bounds import check_seconds
from tenure.model.detect import lifecycle_of_class
from tenure.model.methods import lifecycle_with_close, methods
from tenure.model.retry import Retry
from tenure.record import replace

T = TypeVar("T", bound=Callable[..., Any])
C = TypeVar("C", bound=type)

OPTIONS = "__tenure_options__"
LIFECYCLE = "__tenure_lifecycle__"
"""Attributes that a declaration leaves on a class or function; subclasses inherit them."""
_IMMUTABLE = 1 << 8
"""The flag of a class whose attributes cannot be set, as most of C are (`Py_TPFLAGS_IMMUTABLETYPE`)."""


@overload
def resource(target: T, /) -> T: ...


@overload
def resource(
    *,
    scope: str | None = None,
    open_timeout: float | None = None,
    close_timeout: float | None = None,
    retry: Retry | None = None,
    close: str | Callable[[Any], Any] | None = None,
    health: Any = None,
    tags: Mapping[str, str] | None = None,
    shield: bool = False,
    suppress: bool = False,
    optional: bool = False,
    fallback: Any = NOTHING,
    thread_bound: bool = False,
) -> Callable[[T], T]: ...


def resource(
    target: Any = None,
    /,
    *,
    scope: str | None = None,
    open_timeout: float | None = None,
    close_timeout: float | None = None,
    retry: Retry | None = None,
    close: str | Callable[[Any], Any] | None = None,
    health: Any = None,
    tags: Mapping[str, str] | None = None,
    shield: bool = False,
    suppress: bool = False,
    optional: bool = False,
    fallback: Any = NOTHING,
    thread_bound: bool = False,
) -> Any:
    """
    Declare a resource: something that is opened, and closed when it is no longer needed.

    Args:
        target: a class, a generator function, an async generator function, a function that returns a context manager,
            a plain function or a coroutine function.
        scope: "singleton", "transient", or the name of a scope; None: ambient, it belongs to the innermost scope that
            is open when it is first needed.
        open_timeout: seconds, > 0, for one attempt to open an asynchronous resource; None: no limit.
        close_timeout: seconds, > 0, for closing; None: the container's default.
        retry: how often and how patiently opening is tried; None: once.
        close: name of the method that closes, or a function that takes the object; for a class or plain function that
            has no opening and closing of its own.
        health: how its health is checked: a function of the object, the name of a method, a `tenure.health.Health`;
            False: not at all; None: by its method `health_check` or `ping`, if its class has one (docs/health.md).
        tags: free words for people and programs, shown in drawings.
        shield: give it an owner task wherever it lives, out of reach of anyone's cancellation.
        suppress: let its closing code turn the body's failure into success.
        optional: whether a start goes on without it where it fails to open; what needs it as `T | None`, or has a
            default for it, does without then, anything else gets a ResourceUnavailableError.
        fallback: what stands in for it where it fails to open: a value that is not closed, or a class or function that
            is called for one without arguments. Makes it optional.
        thread_bound: whether a parallel start without an event loop opens it on the calling thread; takes no
            *close_timeout*, which would close it on another one.

    Returns:
        *target* itself; a class gets methods that open it (see the design, "Lazily opened objects").

    Raises:
        BindingError: *target* is not callable, or an argument is out of its bounds.
    """
    _check_options(scope, open_timeout, close_timeout, retry, tags)
    if thread_bound and close_timeout is not None:
        raise BindingError(
            "thread_bound=True and close_timeout= contradict each other: a limit of its own moves a synchronous close "
            "to another thread; leave one of them out"
        )
    options = Options(
        scope=scope,
        is_resource=True,
        open_timeout=open_timeout,
        close_timeout=close_timeout,
        retry=retry,
        shield=shield,
        suppress=suppress,
        health=_health(health),
        tags=MappingProxyType(dict(tags or {})),
        close=close,
        optional=optional or fallback is not NOTHING,
        fallback=fallback,
        thread_bound=thread_bound,
    )

    def declare(target: Any) -> Any:
        _check_target(target, "resource")
        return _declared(target, options, None)

    return declare if target is None else declare(target)


def managed_resource(
    cls: None = None,
    /,
    *,
    initialize_func: Callable[[Any], Any] | None = None,
    dispose_func: Callable[[Any], Any] | None = None,
    scope: str | None = None,
    open_timeout: float | None = None,
    close_timeout: float | None = None,
    retry: Retry | None = None,
    health: Any = None,
) -> Callable[[C], C]:
    """
    Declare a class a resource that two functions open and close.

    Args:
        initialize_func: takes the object and opens it; may be asynchronous, also a lambda that calls a coroutine
            method.
        dispose_func: takes the object and closes it; likewise.
        scope: as in `resource`, and so are the other arguments.

    Raises:
        BindingError: what is decorated is not a class.
    """
    if cls is not None:
        raise BindingError(
            "managed_resource takes initialize_func= and dispose_func=; for a class that has its own, use @resource"
        )
    _check_options(scope, open_timeout, close_timeout, retry)
    for name, function in (("initialize_func", initialize_func), ("dispose_func", dispose_func)):
        if function is not None and not callable(function):
            raise BindingError(f"{name} must be a function that takes the object, not {function!r}")
    options = Options(
        scope=scope, is_resource=True, open_timeout=open_timeout, close_timeout=close_timeout, retry=retry,
        health=_health(health),
    )  # fmt: skip

    def declare(cls: C) -> C:
        if not isinstance(cls, type):
            raise BindingError(f"managed_resource decorates a class, not {cls!r}")
        lifecycle = replace(methods(initialize_func, dispose_func, cls=cls), rule=Rule.SAID)
        declared: C = _declared(cls, options, lifecycle)
        return declared

    return declare


def _declared(target: Any, options: Options, lifecycle: Lifecycle | None) -> Any:
    if isinstance(target, type):
        if lifecycle is None:
            lifecycle = lifecycle_with_close(target, options.close) if options.close else lifecycle_of_class(target)
        if lifecycle.style is Style.METHODS:
            from tenure.runtime.methods import install  # noqa: PLC0415 - for classes with methods of their own

            install(target, lifecycle)
            lifecycle = replace(lifecycle, opens_itself=True)
        _keep_open_ones_here(target)
        setattr(target, LIFECYCLE, lifecycle)
    said = options_of(target)
    if options.scope is None and said is not None:
        options = replace(options, scope=said.scope)  # @singleton below @resource
    setattr(target, OPTIONS, options)
    return target


def _keep_open_ones_here(cls: Any) -> None:
    """Have objects of *cls* refuse to be pickled while they are open, unless it says itself how they are pickled."""
    if any(getattr(cls, name) is not getattr(object, name) for name in ("__reduce_ex__", "__reduce__", "__getstate__")):
        return

    def __reduce_ex__(self: Any, protocol: Any, /) -> Any:  # noqa: N807 - the name that it has on the class
        from tenure.runtime.travelling import refuse_if_open  # noqa: PLC0415 - many programs never pickle one

        refuse_if_open(self)
        return super(cls, self).__reduce_ex__(protocol)

    cls.__reduce_ex__ = __reduce_ex__


def _check_target(target: Any, decorator: str) -> None:
    if isinstance(target, str):
        raise BindingError(f"{decorator} decorates a class or a function, not a string; did you mean scope={target!r}?")
    if not callable(target):
        raise BindingError(
            f"{decorator} decorates a class or a function, not {target!r} of type {type(target).__name__}; "
            f"to give a container an object that exists, bind it: container.bind({type(target).__name__}, ...)"
        )

    is_sealed = isinstance(target, type) and target.__flags__ & _IMMUTABLE
    if is_sealed or isinstance(target, MethodType) or not hasattr(target, "__dict__"):
        raise BindingError(
            f"{decorator} leaves a mark on what it decorates, and {show(target)} takes none: decorate a function that "
            "makes what it makes"
        )


def _check_options(scope: Any, open_timeout: Any, close_timeout: Any, retry: Any, tags: Any = None) -> None:
    check_seconds("open_timeout", open_timeout)
    check_seconds("close_timeout", close_timeout)
    if scope is not None and not isinstance(scope, str):
        raise BindingError(f"scope must be the name of a lifetime or a scope, not {scope!r}")
    if retry is not None and not isinstance(retry, Retry):
        raise BindingError(f"retry must be a Retry, not {retry!r}; did you mean Retry(attempts={retry!r})?")
    if tags is not None and not isinstance(tags, Mapping):
        raise BindingError(f"tags must be a mapping of words to words, not {tags!r}")


def _health(health: Any) -> Any:
    if health is None:
        return None
    from tenure.model.health import checked_health  # noqa: PLC0415 - imported on use: many programs never do

    return checked_health(health)


def _lifetime(name: str, lifetime: str) -> Any:
    def declare(target: T) -> T:
        _check_target(target, name)
        setattr(target, OPTIONS, replace(options_of(target) or Options(), scope=lifetime))
        return target

    declare.__name__ = declare.__qualname__ = name
    return declare


def singleton(target: T) -> T:
    """Declare that one value of *target* (a class or function) serves a container for its whole life."""
    return _lifetime("singleton", SINGLETON)(target)  # type: ignore[no-any-return]  # it returns its argument


def transient(target: T) -> T:
    """Declare that *target* (a class or function) is called anew each time it is needed."""
    return _lifetime("transient", TRANSIENT)(target)  # type: ignore[no-any-return]  # it returns its argument


@overload
def scoped(target: T, /) -> T: ...


@overload
def scoped(name: str, /) -> Callable[[T], T]: ...


def scoped(target: Any) -> Any:
    """
    Declare that *target* is made once per open scope of a name.

    Args:
        target: a class or function for the scope "request"; or the name of another scope, as in `@scoped("session")`.
    """
    if isinstance(target, str):
        return _lifetime("scoped", target)
    return _lifetime("scoped", "request")(target)


def options_of(target: Any) -> Options | None:
    """Return what a decorator said about *target*, None if nothing was said; says nothing about instances."""
    found = getattr(target, OPTIONS, None)
    return found if isinstance(found, Options) else None


def lifecycle_on(cls: Any) -> Lifecycle | None:
    """
    Return the lifecycle that a decorator left on the class *cls*, None if there is none.

    A subclass of a resource class is one too; it is declared here, with what it overrides, when it is first met.
    """
    found = getattr(cls, LIFECYCLE, None)
    if not isinstance(found, Lifecycle):
        return None
    if LIFECYCLE not in vars(cls):
        by_functions = found.style is Style.METHODS and not found.method_names and (found.open or found.close)
        _declared(cls, options_of(cls) or Options(is_resource=True), found if by_functions else None)
        found = vars(cls)[LIFECYCLE]
    return found
