"""
Markers: what stands in a signature, a class or a module where a container's value will be.

`Provide[X]` stands for the value of X, `Provider[X]` for its provider, `Closing[Provide[X]]` for a value whose
resources are closed when the call ends. X is a provider of a declarative container, a container, or a name.
"""

import inspect
from collections.abc import Coroutine
from types import CoroutineType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from tenure.wiring.modifiers import Modifier

if TYPE_CHECKING:
    from tenure.providers import base

T = TypeVar("T")
P = TypeVar("P", bound="base.Provider[Any]")


class Marker:
    """
    Base of markers.

    Attributes:
        provider: what it names: a provider, a container, a name, or the marker inside a `Closing`.
        modifier: what is done with the provider before it is asked, or None.
    """

    __slots__ = ("modifier", "provider")

    def __init__(self, provider: Any, modifier: Modifier | None = None) -> None:
        self.provider: Any = provider
        self.modifier: Modifier | None = modifier

    def __class_getitem__(cls, item: Any) -> Any:
        return cls(*item) if isinstance(item, tuple) else cls(item)

    def __repr__(self) -> str:
        return f"{type(self).__name__}[{self.named}" + (f", {self.modifier!r}]" if self.modifier is not None else "]")

    @property
    def named(self) -> str:
        """What it names, as text."""
        label = getattr(type(self.provider), "__tenure_label__", None)  # what providers are called
        if label is not None:
            return str(label(self.provider))
        return self.provider.__qualname__ if isinstance(self.provider, type) else repr(self.provider)

    async def __call__(self) -> Any:
        """
        Return itself.

        A framework that calls it as a dependency hands it to the function so, and the wrapper there puts the value in
        its place; being a coroutine function it takes no thread.
        """
        return self

    def __getattr__(self, name: str) -> Any:
        """Say what has happened to whoever takes the marker for the value."""
        if name.startswith("__") or name in Marker.__slots__:
            raise AttributeError(name)
        raise AttributeError(
            f"{self!r} is a marker and has no {name!r}: no container was wired to the module in which it stands; did "
            "you forget container.wire(modules=[...]), or @inject on the function?"
        )

    @property
    def closes(self) -> bool:
        """Whether what the call opens for it is closed when the call ends."""
        return False

    @property
    def inner(self) -> "Marker":
        """The marker that says what is wanted: itself, save for a `Closing`."""
        return self


if TYPE_CHECKING:

    class _Values:
        """How checkers see `Provide`: an object whose subscript has the type of the value."""

        @overload
        def __getitem__(self, item: "base.Provider[Coroutine[Any, Any, T]]") -> T: ...

        @overload
        def __getitem__(self, item: "base.Provider[T]") -> T: ...

        @overload
        def __getitem__(self, item: type[T]) -> T: ...

        @overload
        def __getitem__(self, item: Any) -> Any: ...

        def __getitem__(self, item: Any) -> Any: ...

        def __call__(self, provider: Any, modifier: Modifier | None = None) -> Any: ...

    class _Providers:
        """How checkers see `Provider`."""

        @overload
        def __getitem__(self, item: P) -> P: ...

        @overload
        def __getitem__(self, item: Any) -> Any: ...

        def __getitem__(self, item: Any) -> Any: ...

        def __call__(self, provider: Any, modifier: Modifier | None = None) -> Any: ...

    class _Closings:
        """How checkers see `Closing`: its subscript has the type of what is inside."""

        @overload
        def __getitem__(self, item: "base.Provider[Coroutine[Any, Any, T]]") -> T: ...

        @overload
        def __getitem__(self, item: "base.Provider[T]") -> T: ...

        @overload
        def __getitem__(self, item: T) -> T: ...

        def __getitem__(self, item: Any) -> Any: ...

        def __call__(self, provider: Any, modifier: Modifier | None = None) -> Any: ...

    Provide: _Values
    Provider: _Providers
    Closing: _Closings
else:

    class Provide(Marker):
        """Stands for the value of a provider: `service: Service = Provide[Container.service]`."""

        __slots__ = ()

    class Provider(Marker):
        """Stands for the provider itself: `new_service = Provider[Container.service]`."""

        __slots__ = ()

    class Closing(Marker):
        """Stands for a value whose resources are closed when the call ends: `Closing[Provide[Container.session]]`."""

        __slots__ = ()

        @property
        def closes(self) -> bool:
            """Whether what the call opens for it is closed when the call ends."""
            return True

        @property
        def inner(self) -> Marker:
            """The marker inside."""
            if isinstance(self.provider, Marker):
                return self.provider.inner
            return Provide(self.provider, self.modifier)


_CALL = Marker.__call__.__code__


def is_marker(value: Any) -> bool:
    """Return whether *value* is a marker, or what calling one gives and was never awaited."""
    if type(value) is CoroutineType and value.cr_code is _CALL:
        value.close()
        return True
    return isinstance(value, Marker)


def call_at_once(marker: Marker) -> None:
    """Have *marker* return itself without being awaited: for frameworks that do not await in functions that cannot."""
    cls = type(marker)
    if inspect.iscoroutinefunction(cls.__call__):
        if cls not in _at_once:
            _at_once[cls] = type(cls.__name__, (cls,), {"__slots__": (), "__call__": lambda self: self})
        marker.__class__ = _at_once[cls]


_at_once: dict[type[Marker], type[Marker]] = {}


def wants_provider(marker: Marker) -> bool:
    """Return whether *marker* stands for a provider rather than for its value."""
    return isinstance(marker.inner, Provider)  # type: ignore[arg-type]  # checkers see an object, there is a class
