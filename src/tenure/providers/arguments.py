"""What a provider was given: positional and keyword arguments; all may be changed later."""

from collections.abc import Callable, Iterator
from typing import Any, Self

from tenure.providers.base import Provider, T_co
from tenure.providers.bindings import is_provider
from tenure.providers.copying import copy_arguments
from tenure.providers.family import renew


class WithArgs(Provider[T_co]):
    """A provider with positional arguments."""

    __slots__ = ("_args",)

    def __init__(self) -> None:
        self._args: tuple[Any, ...] = ()
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


class WithCall(WithArgs[T_co]):
    """A provider that calls something with positional and keyword arguments."""

    __slots__ = ("_kwargs",)

    def __init__(self) -> None:
        self._kwargs: dict[str, Any] = {}
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

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._args, copied._kwargs = copy_arguments(self, self._args, self._kwargs, copy)
