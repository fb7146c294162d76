"""
`Provider`: what every provider can do.

A provider declares a binding (`_declare`); it is the key of that binding, and its engine makes the value. Whatever else
it has here is about replacing it for a while, walking through what it refers to, and when it has to be awaited.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from tenure.model.binding import Binding
from tenure.providers import awaiting, bindings, calling, copying, family, kinds, modes, overriding, traversing
from tenure.runtime.scope import current

if TYPE_CHECKING:
    import typing_extensions

    from tenure.providers.objects import Delegate
    from tenure.providers.overriding import OverridingContext
    from tenure.providers.provided import ProvidedInstance
    from tenure.runtime.engine import Engine

    T_co = typing_extensions.TypeVar("T_co", covariant=True, default=Any)
    P = typing_extensions.TypeVar("P", bound="Provider[Any]", default="Provider[Any]")
else:  # defaults are known to Python from 3.13 on, to checkers everywhere
    T_co = TypeVar("T_co", covariant=True)
    P = TypeVar("P", bound="Provider[Any]")

T = TypeVar("T")
_current = current.get


class Provider(Generic[T_co]):
    """
    Declares how a value is made; calling it gives the value.

    A class of one's own overrides `_provide(args, kwargs)`, and `related` where it refers to other providers.
    """

    __slots__ = (
        "__weakref__",
        "_async_mode",
        "_family",
        "_former",
        "_last",
        "_name",
        "_overridden",
        "_overrides",
        "_parent",
    )

    is_delegated: bool = False
    """Whether another provider that it is given to gets the provider itself, not its value."""

    _passes_arguments: bool = False
    """Whether the arguments of a call are simply passed on with those it was given."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        """Set what every provider has; a copy begins with it too."""
        self._family: family.Family | None = None
        self._async_mode: modes.Mode | None = None
        self._overridden: tuple[Provider[Any], ...] = ()
        self._overrides: tuple[Provider[Any], ...] = ()
        self._last: Provider[Any] | None = None
        self._former: tuple[Provider[Any], ...] = ()
        self._name: tuple[str, str] | None = None
        self._parent: Any = None

    # the value

    if TYPE_CHECKING:

        def __call__(self, *args: Any, **kwargs: Any) -> T_co:
            """Return the value; see the implementation."""
            ...
    else:

        @calling.usual
        def __call__(self, *args, **kwargs):
            """
            Return the value, or an awaitable of it where something asynchronous is needed that is not open yet.

            Args:
                args: passed after the arguments that the provider was given.
                kwargs: passed besides them, in place of those of the same name; `name__key=value` is passed on to the
                    provider that was given as *name*.

            Raises:
                BaseException: what the user's code raised, with a note of the dependency path.
                TenureError: something is not defined, depends on itself, or cannot be had without awaiting.
            """
            mode = self._async_mode
            if mode is None or mode.engine.graph is not mode.plain:  # not called since something changed
                return calling.call(self, args, kwargs)
            engine = mode.engine
            try:
                if not args and not kwargs:
                    hot = engine.hot
                    make = hot.makers.get(self)
                    if make is not None:
                        return make()
                    if self in hot.expected:
                        return hot[self]
                scope = _current()
                scope = engine.root if scope is None else calling.noted(scope, self, engine)
                if kwargs:
                    return calling.value_with(self, engine, scope, args, kwargs)
                if args:
                    make = engine.callers.get(self)
                    return calling.value_with(self, engine, scope, args, {}) if make is None else make(scope, args, {})
                return engine.resolvers[self](scope)
            except BaseException as error:
                if not calling.is_turned(self, engine, error):
                    raise
            return awaiting.later(self, args, kwargs)

    @overload
    def async_(self: "Provider[Coroutine[Any, Any, T]]", *args: Any, **kwargs: Any) -> Awaitable[T]: ...
    @overload
    def async_(self, *args: Any, **kwargs: Any) -> Awaitable[T_co]: ...

    def async_(self, *args: Any, **kwargs: Any) -> Awaitable[Any]:
        """Return an awaitable of the value, whatever it is made of."""
        if self._last is not None:
            return self._last.async_(*args, **kwargs)
        return awaiting.later(self, args, kwargs)

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the value (or an awaitable of it): for classes of one's own that are not built of other kinds."""
        raise NotImplementedError(f"{type(self).__name__} says how by _provide(args, kwargs)")

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        """Return the binding that the provider stands for; *args* and *kwargs* are those of one call, if any."""
        return bindings.by_hand(self, self._provide, args, kwargs)

    def __tenure_standing__(self) -> Any:
        """Return what stands for the replacement of it that counts, None if it is not replaced."""
        return overriding.standing(self)

    def __tenure_binding__(self) -> Binding:
        """Return the binding as it is now, overridden or not."""
        if self._last is not None:
            return bindings.alias(self, self._last)
        return bindings.declared(self)

    @property
    def __tenure_engine__(self) -> "Engine":
        """The engine that serves it."""
        return family.engine_of(self)

    def __tenure_label__(self) -> str:
        """Return its name in its container, or what it is."""
        return traversing.label(self)

    # replacing

    @property
    def overridden(self) -> "tuple[Provider[Any], ...]":
        """The providers that replace it, the one that counts last."""
        return self._overridden

    @property
    def last_overriding(self) -> "Provider[Any] | None":
        """The provider that replaces it, None if none does."""
        return self._last

    @property
    def overrides(self) -> "tuple[Provider[Any], ...]":
        """The providers that it replaces."""
        return self._overrides

    @overload
    def override(self, provider: P) -> "OverridingContext[P]": ...
    @overload
    def override(self, provider: object) -> "OverridingContext[Any]": ...

    def override(self, provider: Any) -> "OverridingContext[Any]":
        """
        Have *provider* (or an object) replace it, until reset; what was made from it is set aside meanwhile.

        Returns:
            A context manager that resets it on leaving; it need not be used.

        Raises:
            Error: *provider* is this provider.
        """
        return overriding.override(self, provider)

    def reset_last_overriding(self) -> None:
        """
        Undo the last override: what was made with it is closed, what was set aside is back.

        A resource that stood in itself stays open until it, or the container, is shut down.

        Raises:
            Error: nothing replaces it.
            CloseError: what closing code raised.
        """
        overriding.reset_last(self)

    def reset_override(self) -> None:
        """Undo every override."""
        overriding.reset_all(self)

    def register_overrides(self, provider: "Provider[Any]") -> None:
        """Note that it replaces *provider*."""
        self._overrides = (*self._overrides, provider)

    def unregister_overrides(self, provider: "Provider[Any]") -> None:
        """Note that it replaces *provider* no more."""
        self._overrides = tuple(each for each in self._overrides if each is not provider)

    # others

    def delegate(self) -> "Delegate[Self]":
        """Return a provider of this provider."""
        delegate: Delegate[Self] = kinds.make("Delegate", self)
        return delegate

    @property
    def provider(self) -> "Delegate[Self]":
        """A provider of this provider: to be given where the provider itself is wanted, not its value."""
        return self.delegate()

    @property
    def provided(self) -> "ProvidedInstance[T_co]":
        """Stands for the value: `provided.attribute`, `provided["item"]`, `provided.method.call(...)`."""
        provided: ProvidedInstance[T_co] = kinds.make("ProvidedInstance", self)
        return provided

    @property
    def related(self) -> "Iterator[Provider[Any]]":
        """The providers it refers to, those that replace it included."""
        yield from self._overridden

    def traverse(self, types: "Iterable[type[P]] | None" = None) -> "Iterator[P]":
        """Go through every provider that it refers to, directly or not, each once; only those of *types* if given."""
        return traversing.traverse(self.related, types)

    # when it has to be awaited

    def enable_async_mode(self) -> None:
        """Have every call give an awaitable."""
        self._async_mode = modes.ENABLED
        self._look_again()

    def disable_async_mode(self) -> None:
        """Have every call give the value, and raise where that would need awaiting."""
        self._async_mode = modes.DISABLED
        self._look_again()

    def reset_async_mode(self) -> None:
        """Have the next call decide again."""
        self._async_mode = None
        self._look_again()

    def _look_again(self) -> None:
        """Find out at the next call what it gives: the mode was said, or it is replaced, or so no longer."""

    def is_async_mode_enabled(self) -> bool:
        """Whether calls give awaitables."""
        return self._async_mode is not None and self._async_mode.is_on

    def is_async_mode_disabled(self) -> bool:
        """Whether calls give values."""
        return self._async_mode is not None and not self._async_mode.is_on

    def is_async_mode_undefined(self) -> bool:
        """Whether the next call decides."""
        return self._async_mode is None

    # copies

    if TYPE_CHECKING:

        def __deepcopy__(self, memo: dict[int, Any], /) -> Self:
            """Return a copy that refers to copies of what it refers to."""
            ...
    else:

        @copying.ours
        def __deepcopy__(self, memo=None):
            """Return a copy that refers to copies of what it refers to."""
            return copying.copy_provider(self, {} if memo is None else memo)

    def __getstate__(self) -> Any:
        """Return all that it has but what stands in a slot for calls, which the copy has of its own."""
        state = super().__getstate__()
        if isinstance(state, tuple):
            state[1].pop("__call__", None)
        return state

    def __setstate__(self, state: Any) -> None:
        """Be a shallow copy of another one, which calls itself and not that."""
        copying.take_state(self, state)

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        """Give *copied*, a blank one of its class, what this one has; *copy* copies what it refers to."""

    def _copy_overridings(self, copied: "Provider[Any]", memo: dict[int, Any] | None) -> None:
        """Give *copied* copies of what replaces this one: for classes with a `__deepcopy__` of their own."""
        copying.copy_overridings(self, copied, {} if memo is None else memo)

    def __str__(self) -> str:
        return traversing.describe(self)

    __repr__ = __str__
