"""Methods that work on a container class and on its instances alike."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    T_co = TypeVar("T_co", covariant=True)
    both = classmethod

    class both_property(Generic[T_co]):  # noqa: N801 - it stands where `property` would
        """How checkers see a property of the class and of its instances."""

        def __init__(self, function: Callable[[Any], T_co]) -> None: ...

        def __get__(self, instance: Any, owner: Any) -> T_co: ...
else:

    class both:  # noqa: N801 - it stands where `classmethod` would
        """A method whose first argument is the instance it is looked up on, or else the class."""

        def __init__(self, function: Callable[..., Any]) -> None:
            self.__func__ = function
            self.__doc__ = function.__doc__

        def __get__(self, instance: Any, owner: Any) -> Any:
            return self.__func__.__get__(owner if instance is None else instance)

    class both_property:  # noqa: N801 - it stands where `property` would
        """A property of the instance it is looked up on, or else of the class."""

        def __init__(self, function: Callable[[Any], Any]) -> None:
            self._function = function
            self.__doc__ = function.__doc__

        def __get__(self, instance: Any, owner: Any) -> Any:
            return self._function(owner if instance is None else instance)
