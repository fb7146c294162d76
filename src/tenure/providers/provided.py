"""`provided`: stands for the value of a provider, its attributes, items and what its methods give."""

from collections.abc import Callable, Iterator
from typing import Any, Self

from tenure.model.binding import Binding, Make, Need
from tenure.providers import bindings, needs
from tenure.providers.arguments import WithCall
from tenure.providers.base import Provider, T_co
from tenure.providers.family import renew
from tenure.providers.kinds import known_to_all


class _Fluent(Provider[T_co]):
    """What can be said of a value that is not there yet."""

    __slots__ = ()

    _provides: Any

    def __init__(self, provides: Provider[Any] | None = None) -> None:
        self._provides = provides
        super().__init__()

    @property
    def provides(self) -> Any:
        """The provider whose value it is about."""
        return self._provides

    def set_provides(self, provides: Any) -> Self:
        """Say whose value it is about."""
        self._provides = provides
        renew((self,))
        return self

    def __getattr__(self, item: str) -> "AttributeGetter":
        """Stand for the attribute *item*."""
        if item.startswith("__") and item.endswith("__"):
            raise AttributeError(item)
        return AttributeGetter(self, item)

    def __getitem__(self, item: Any) -> "ItemGetter":
        """Stand for the item *item*."""
        return ItemGetter(self, item)

    def call(self, *args: Any, **kwargs: Any) -> "MethodCaller":
        """Stand for what calling it with these arguments gives; providers among them stand for their values."""
        return MethodCaller(self, *args, **kwargs)

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        if self._provides is not None:
            yield self._provides
        yield from super().related

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._provides = copy(self._provides)

    def _source(self) -> Any:
        return Need("value", self._provides, by_position=True)

    def _shown(self) -> str:
        return str(self._provides)


@known_to_all
class ProvidedInstance(_Fluent[T_co]):
    """Stands for the value of a provider."""

    __slots__ = ("_provides",)

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        return bindings.alias(self, self._provides)


class _Named(_Fluent[Any]):
    __slots__ = ("_key", "_provides")

    def __init__(self, provides: Provider[Any] | None = None, name: Any = None) -> None:
        self._key: Any = name
        super().__init__(provides)

    @property
    def name(self) -> Any:
        """The attribute or item that it stands for."""
        return self._key

    def set_name(self, name: Any) -> Self:
        """Say which attribute or item it stands for."""
        self._key = name
        renew((self,))
        return self

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        super()._copy_into(copied, copy)
        copied._key = copy(self._key)

    def _shown(self) -> str:
        return f"{self._provides}, {self._key!r}"


class AttributeGetter(_Named):
    """Stands for an attribute of the value of a provider."""

    __slots__ = ()

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        return bindings.binding_of(self, getattr, (self._source(), needs.need("name", self._key, by_position=True)))


class ItemGetter(_Named):
    """Stands for an item of the value of a provider."""

    __slots__ = ()

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        return bindings.binding_of(self, _item, (self._source(), needs.need("key", self._key, by_position=True)))


def _item(value: Any, key: Any) -> Any:
    return value[key]


class MethodCaller(_Fluent[Any], WithCall[Any]):
    """Stands for what calling the value of a provider gives."""

    __slots__ = ("_provides",)

    def __init__(self, provides: Provider[Any] | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(provides)
        self._args = args
        self._kwargs = kwargs

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        super()._copy_into(copied, copy)
        WithCall._copy_into(self, copied, copy)

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        own = needs.needs_of(self._args, self._kwargs, args, kwargs)
        return bindings.binding_of(self, _called, (self._source(), *own), make=Make.MAYBE)


def _called(*args: Any, **kwargs: Any) -> Any:
    return args[0](*args[1:], **kwargs)
