"""`Factory`: a new object at every use."""

from collections.abc import Callable
from typing import Any, ClassVar

from tenure.errors import Error
from tenure.providers.abstract import Abstract, typed_delegate
from tenure.providers.base import Provider, T_co
from tenure.providers.making import MakingWithAttributes
from tenure.providers.objects import Delegate


class Typed(MakingWithAttributes[T_co]):
    """A provider of objects; a subclass may say of which class."""

    __slots__ = ()

    provided_type: ClassVar[type | None] = None
    """The class that what is provided must be, or be derived from; None: any."""

    def _check(self, provides: Any) -> None:
        super()._check(provides)
        wanted = self.provided_type
        if provides is None or wanted is None:
            return
        if not (isinstance(provides, type) and issubclass(provides, wanted)):
            raise Error(
                f"{type(self).__name__} provides {wanted.__qualname__} and what is derived from it, not {provides!r}"
            )

    @property
    def cls(self) -> Any:
        """The class of what is provided; the same as `provides`."""
        return self.provides


class Factory(Typed[T_co]):
    """
    Makes a new object at every use.

    Args:
        provides: a class or a function, or a text to import it by.
        args: passed to it; providers stand for their values.
        kwargs: passed to it likewise.
    """

    __slots__ = ()

    def __init__(
        self, provides: type[T_co] | Callable[..., T_co] | str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(provides, *args, **kwargs)


class DelegatedFactory(Factory[T_co]):
    """A `Factory` that other providers get as it is, to call it themselves."""

    __slots__ = ()
    is_delegated = True


class AbstractFactory(Abstract[T_co], Factory[T_co]):
    """A `Factory` that has to be overridden by one."""

    __slots__ = ()
    replaced_by: ClassVar[type[Provider[Any]]] = Factory


class FactoryDelegate(Delegate[Factory[T_co]]):
    """A provider of a `Factory`."""

    __slots__ = ()

    def __init__(self, factory: Factory[T_co] | None = None) -> None:
        typed_delegate(self, factory, Factory)
        super().__init__(factory)
