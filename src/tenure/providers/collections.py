"""`List` and `Dict`: collections of the values of providers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Self

from tenure.compile.source import function_from
from tenure.model.binding import Binding
from tenure.providers.arguments import WithArgs
from tenure.providers.base import Provider
from tenure.providers.bindings import binding_of, is_provider
from tenure.providers.copying import copy_arguments
from tenure.providers.family import renew
from tenure.providers.needs import named_needs, needs_of


def _list_of(n: int) -> Any:
    """Return a function of *n* arguments that gives a list of them."""
    names = ", ".join(f"a{number}" for number in range(n))
    return function_from(f"def listed({names}):\n    return [{names}]\n", "listed", {})


def _dict_of(keys: list[Any]) -> Any:
    """Return a function of one argument for each of *keys* that gives a dictionary of them."""
    names = ", ".join(f"a{number}" for number in range(len(keys)))
    items = ", ".join(f"k{number}: a{number}" for number in range(len(keys)))
    known = {f"k{number}": key for number, key in enumerate(keys)}
    return function_from(f"def collected({names}):\n    return {{{items}}}\n", "collected", known)


class List(WithArgs[list[Any]]):
    """
    Gives a new list at every use.

    Args:
        args: its items; providers stand for their values.
    """

    __slots__ = ()

    def __init__(self, *args: Any) -> None:
        super().__init__()
        self.set_args(*args)

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._args, _ = copy_arguments(self, self._args, {}, copy)

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        needs = needs_of(self._args, {}, args)
        return binding_of(self, _list_of(len(needs)), needs)

    def _shown(self) -> str:
        return ", ".join(map(str, self._args))


class Dict(Provider[dict[Any, Any]]):
    """
    Gives a new dict at every use.

    Args:
        dict_: its items; values that are providers stand for their values, keys are kept as they are.
        kwargs: more items, with text keys.
    """

    __slots__ = ("_items",)

    def __init__(self, dict_: Mapping[Any, Any] | None = None, **kwargs: Any) -> None:
        self._items: dict[Any, Any] = {}
        super().__init__()
        self.add_kwargs(dict_, **kwargs)

    @property
    def kwargs(self) -> dict[Any, Any]:
        """The items; a copy."""
        return dict(self._items)

    def add_kwargs(self, dict_: Mapping[Any, Any] | None = None, **kwargs: Any) -> Self:
        """Add items, in place of those of the same key."""
        return self.set_kwargs({**self._items, **(dict_ or {}), **kwargs})

    def set_kwargs(self, dict_: Mapping[Any, Any] | None = None, **kwargs: Any) -> Self:
        """Replace the items."""
        self._items = {**(dict_ or {}), **kwargs}
        renew((self,))
        return self

    def clear_kwargs(self) -> Self:
        """Drop the items."""
        return self.set_kwargs()

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        yield from filter(is_provider, self._items.values())
        yield from super().related

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        _, values = copy_arguments(self, (), self._items, copy)
        copied._items = dict(values)

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        keys: list[Any] = []
        needs = []
        for key, value in named_needs(self._items, kwargs):
            keys.append(key)
            needs.append(replace(value, by_position=True))
        return binding_of(self, _dict_of(keys), tuple(needs))

    def _shown(self) -> str:
        return repr(self._items)
