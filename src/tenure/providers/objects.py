"""`Object`, `Self` and `Delegate`: providers of what exists already."""

from collections.abc import Callable, Iterable, Iterator
from types import MethodType
from typing import TYPE_CHECKING, Any
from typing import Self as ThisType

from tenure.errors import Error
from tenure.model.binding import Binding
from tenure.providers import bindings, calling
from tenure.providers.base import Provider, T_co
from tenure.providers.constant import CallSignature, constant
from tenure.providers.family import renew
from tenure.providers.kinds import known_to_all
from tenure.providers.traversing import show_made


@calling.usual
@known_to_all
class Object(Provider[T_co]):
    """
    Gives an object as it is.

    Args:
        provides: the object; a provider stands for itself.
    """

    __slots__ = ("__call__", "_provides")

    if not TYPE_CHECKING:
        __signature__ = CallSignature()

    def __init__(self, provides: T_co | None = None) -> None:
        self._provides: Any = provides
        super().__init__()

    def _begin(self) -> None:
        super()._begin()
        self._look_again()

    def _look_again(self) -> None:
        _slot.__set__(self, MethodType(_called, self))

    @property
    def provides(self) -> T_co | None:
        """The object."""
        provided: T_co | None = self._provides
        return provided

    def set_provides(self, provides: Any) -> ThisType:
        """Say which object is given."""
        self._provides = provides
        self._look_again()
        renew((self,))
        return self

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        if bindings.is_provider(self._provides):
            yield self._provides
        yield from super().related

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        is_ours = hasattr(type(self._provides), "__tenure_engine__")
        copied._provides = copy(self._provides) if is_ours else self._provides  # anything else is given as it is

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        return bindings.value(self, self._provides)

    def _shown(self) -> str:
        return show_made(self._provides)


_slot: Any = Object.__dict__["__call__"]  # a class of the user's may have a method of that name


def _is_simple(provider: Any) -> bool:
    return provider._last is None and provider._async_mode is None


def _called(provider: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Return the object, see `Provider.__call__`; the engine has nothing to do with it."""
    if not _is_simple(provider):
        return Provider.__call__(provider, *args, **kwargs)
    value = provider._provides
    if args or kwargs:
        _slot.__set__(provider, MethodType(_called_with_arguments, provider))
        return value
    _slot.__set__(
        provider, constant(value, lambda: _slot.__set__(provider, MethodType(_called_with_arguments, provider)))
    )
    if not (_is_simple(provider) and provider._provides is value):  # changed by another thread before the slot was set
        provider._look_again()
    return value


def _called_with_arguments(provider: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Return the object, which is asked for with arguments now and then."""
    return provider._provides if _is_simple(provider) else Provider.__call__(provider, *args, **kwargs)


class Self(Provider[T_co]):
    """Gives the container that it is an attribute of."""

    __slots__ = ("_alt_names", "_container")

    def __init__(self, container: T_co | None = None) -> None:
        self._container: Any = container
        self._alt_names: tuple[Any, ...] = ()
        super().__init__()

    def set_container(self, container: Any) -> None:
        """Say which container is given."""
        self._container = container
        renew((self,))

    def set_alt_names(self, alt_names: Iterable[Any]) -> None:
        """Say under which names the container has it."""
        self._alt_names = tuple(dict.fromkeys(alt_names))

    @property
    def alt_names(self) -> tuple[Any, ...]:
        """The names under which the container has it, besides `__self__`."""
        return self._alt_names

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._container = self._container  # the container that the copy is for says so itself
        copied._alt_names = self._alt_names

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        return bindings.value(self, self._container)

    def _shown(self) -> str:
        return repr(self._container)


@known_to_all
class Delegate(Provider[T_co]):
    """
    Gives a provider as it is.

    Args:
        provides: the provider.
    """

    __slots__ = ("_provides",)

    def __init__(self, provides: T_co | None = None) -> None:
        self._provides: Any = None
        super().__init__()
        self.set_provides(provides)

    @property
    def provides(self) -> Any:
        """The provider that is given."""
        return self._provides

    def set_provides(self, provides: Any) -> ThisType:
        """
        Say which provider is given.

        Raises:
            Error: it is no provider.
        """
        if provides is not None and not bindings.is_provider(provides):
            raise Error(f"{type(self).__name__} gives a provider, and {provides!r} is none")
        self._provides = provides
        renew((self,))
        return self

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        if self._provides is not None:
            yield self._provides
        yield from super().related

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._provides = copy(self._provides)

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        return bindings.value(self, self._provides)

    def _shown(self) -> str:
        return str(self._provides)
