"""What a provider was given: positional and keyword arguments, and attributes to be set; all may be changed later."""

from collections.abc import Callable, Iterator
from typing import Any, Self, TypeVar

from tenure.providers.base import Provider
from tenure.providers.copying import copy_arguments
from tenure.providers.declaring import is_provider
from tenure.providers.family import renew

T = TypeVar("T")


class WithArgs(Provider[T]):
    """A provider with positional arguments."""

    __slots__ = ()  # what it keeps stands in the classes that combine it

    _args: tuple[Any, ...]

    def __init__(self) -> None:
        self._args = ()
        super().__init__()

    @property
    def args(self) -> tuple[Any, ...]:
        """The positional arguments."""
        return self._args

    def add_args(self, *args: Any) -> Self:
        """Put *args* after the positional arguments there are."""
        return self.set_args(*self._args, *args)

    def set_args(self, *args: Any) -> Self:
        """Replace the positional arguments."""
        self._args = args
        renew((self,))
        return self

    def clear_args(self) -> Self:
        """Drop the positional arguments."""
        return self.set_args()

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        yield from filter(is_provider, self._args)
        yield from super().related


class WithKwargs(Provider[T]):
    """A provider with keyword arguments."""

    __slots__ = ()

    _kwargs: dict[str, Any]

    def __init__(self) -> None:
        self._kwargs = {}
        super().__init__()

    @property
    def kwargs(self) -> dict[str, Any]:
        """The keyword arguments; a copy."""
        return dict(self._kwargs)

    def add_kwargs(self, **kwargs: Any) -> Self:
        """Add *kwargs* to the keyword arguments, in place of those of the same name."""
        return self.set_kwargs(**{**self._kwargs, **kwargs})

    def set_kwargs(self, **kwargs: Any) -> Self:
        """Replace the keyword arguments."""
        self._kwargs = kwargs
        renew((self,))
        return self

    def clear_kwargs(self) -> Self:
        """Drop the keyword arguments."""
        return self.set_kwargs()

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        yield from filter(is_provider, self._kwargs.values())
        yield from super().related


class WithCall(WithArgs[T], WithKwargs[T]):
    """A provider that calls something with arguments."""

    __slots__ = ("_args", "_kwargs")

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._args, copied._kwargs = copy_arguments(self, self._args, self._kwargs, copy)


class WithAttributes(Provider[T]):
    """A provider that sets attributes of what it made."""

    __slots__ = ()

    _attributes: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._attributes = {}
        super().__init__(*args, **kwargs)

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes to be set; a copy."""
        return dict(self._attributes)

    def add_attributes(self, **kwargs: Any) -> Self:
        """Add attributes to be set, in place of those of the same name."""
        return self.set_attributes(**{**self._attributes, **kwargs})

    def set_attributes(self, **kwargs: Any) -> Self:
        """Replace the attributes to be set."""
        self._attributes = kwargs
        renew((self,))
        return self

    def clear_attributes(self) -> Self:
        """Set no attributes any more."""
        return self.set_attributes()

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        yield from filter(is_provider, self._attributes.values())
        yield from super().related
