"""`TypedConfigurationOption`: the value of an option, converted."""

from typing import TYPE_CHECKING, TypeVar

from tenure.providers.callables import Callable

if TYPE_CHECKING:
    from tenure.providers.configuration.option import ConfigurationOption

T = TypeVar("T")


class TypedConfigurationOption(Callable[T]):
    """
    Gives what a function makes of the value of an option.

    Args:
        provides: the function.
        args: the option first; what is passed after it.
        kwargs: what is passed by name.
    """

    __slots__ = ()

    @property
    def option(self) -> "ConfigurationOption":
        """The option."""
        option: ConfigurationOption = self.args[0]
        return option
