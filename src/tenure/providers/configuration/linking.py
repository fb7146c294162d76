"""
Overrides of a configuration: by a value, by another configuration or an option of one (a link), by any other provider.

Values and links are plain: they are read directly, and a change of theirs is seen at the next read. Any other provider
is the engine's matter, which opens and awaits what it needs; everything that reads the configuration has to be declared
anew when one comes or goes.
"""

from collections.abc import Hashable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from tenure.errors import Error
from tenure.providers.configuration.branch import Branch
from tenure.providers.family import renew
from tenure.providers.objects import Object
from tenure.providers.overriding import OverridingContext

if TYPE_CHECKING:
    from tenure.providers.configuration.root import Configuration

NO_VALUES: Final[Mapping[int, Any]] = MappingProxyType({})


def is_plain(provider: Any) -> bool:
    """Tell whether what *provider* gives is there to be read: an object, or a configuration that is plain itself."""
    if isinstance(provider, Branch):
        return provider._is_plain()
    return type(provider) is Object and provider._last is None


def read(provider: Any) -> Any:
    """Return what *provider* gives, without the engine where it is plain."""
    return provider._provides if type(provider) is Object and provider._last is None else provider()


def named_by(provider: Any, value: Any) -> Any:
    """
    Return *value*, which *provider* gives as the name of an option.

    Raises:
        TypeError: it can be no name.
    """
    if value is None or not isinstance(value, Hashable):
        raise TypeError(
            f"the name of an option comes from {provider}, which gives {type(value).__name__} and no name; "
            "has it a value yet?"
        )
    return value


def link(config: "Configuration", overriding: Any) -> OverridingContext[Any]:
    """
    Have *overriding*, a provider, replace the value of *config*.

    Raises:
        Error: the value of *overriding* is that of *config*, or a part of it.
    """
    _refuse_circle(config, overriding)
    config._overridden = (*config._overridden, overriding)
    config._last = overriding
    overriding.register_overrides(config)
    if not is_plain(overriding):
        renew(_readers(config))
    return OverridingContext(config, overriding)


def unlink(config: "Configuration") -> None:
    """
    Undo the last override of *config*.

    Raises:
        Error: there is none.
    """
    last = config._last
    if last is None:
        raise Error(f"the provider {config} is not overridden")
    config._overridden = config._overridden[:-1]
    config._last = config._overridden[-1] if config._overridden else None
    last.unregister_overrides(config)
    if not (is_plain(last) and config._is_plain()):
        renew(_readers(config))


def _refuse_circle(config: "Configuration", overriding: Any) -> None:
    source = overriding
    while isinstance(source, Branch):
        root = source._top()
        if root is config:
            raise Error(f"the provider {config} could not be overridden with {overriding}, whose value comes from it")
        source = root._last


def _readers(config: "Configuration") -> Iterator[Any]:
    """Go through what reads *config*: itself, its options, and configurations linked to any of them."""
    queue: list[Any] = [config]
    seen: set[int] = set()
    for each in queue:  # it grows while it is walked
        if id(each) in seen:
            continue
        seen.add(id(each))
        queue += each._branches() + [linked for linked in each._overrides if isinstance(linked, Branch)]
        yield each
