"""`Branch`: what has options below it, and is a section for `with`."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self

from tenure.providers.bindings import is_provider

if TYPE_CHECKING:
    from tenure.providers.configuration.option import ConfigurationOption
    from tenure.providers.configuration.root import Configuration

_HERE = __name__.rpartition(".")[0]


class Branch:
    """
    A configuration or an option of one: `branch.name` and `branch["name"]` are the options below it.

    Each is made once. It stands in the dictionary of the object under its name, so that asking for it again costs no
    more than any attribute.
    """

    __slots__ = ()

    _children: dict[Any, Any]

    __iter__: None = None
    """Options are made by asking for them: there is no end of them to go through."""

    def _option(self, item: Any) -> "ConfigurationOption":
        """Return a new option for *item* below this."""
        raise NotImplementedError

    def __getattr__(self, item: str) -> "ConfigurationOption":
        if (item.startswith("__") and item.endswith("__")) or hasattr(type(self), item):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {item!r}")
        child = self[item]
        self.__dict__[item] = child
        return child

    def __getitem__(self, item: Any) -> "ConfigurationOption":
        """
        Return the option named *item*.

        Args:
            item: a name, or a provider of one, which is asked each time that the option is read.

        Raises:
            TypeError: it is something else.
        """
        try:
            known: ConfigurationOption = self._children[item]
            return known
        except KeyError:
            pass
        if not isinstance(item, str) and not is_provider(item):
            raise TypeError(f"the name of an option is a string, or a provider of one, not {item!r}")
        made: ConfigurationOption = self._children.setdefault(item, self._option(item))  # whichever thread was first
        return made

    def __setattr__(self, name: str, value: Any) -> None:
        if not hasattr(type(self), name) and type(self).__module__.startswith(_HERE):
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r} to set; "
                f"did you mean `.{name}.from_value(value)`?"
            )
        super().__setattr__(name, value)

    def __enter__(self) -> Self:
        """Return it: `with config.section as section:` is a way to write."""
        return self

    def __exit__(self, *_: object) -> None:
        """Change nothing."""

    def _options(self) -> list[Any]:
        return [child for child in self._children.values() if isinstance(child, Branch)]

    def _branches(self) -> list[Any]:
        """Return what reads the same value or a part of it, one step away."""
        return self._options()

    def _is_plain(self) -> bool:
        """Whether its value can be read without the engine."""
        raise NotImplementedError

    def _top(self) -> "Configuration":
        """Return the configuration that it belongs to."""
        raise NotImplementedError

    def _set_children(self, children: Mapping[Any, Any]) -> None:
        for name in self._children:
            self.__dict__.pop(name, None)
        self._children = dict(children)

    def _copy_children(self, original: "Branch", copy: Callable[[Any], Any]) -> None:
        self._children = {copy(item): copy(child) for item, child in original._children.items()}
        self.__dict__.update({name: self._children[name] for name in original.__dict__ if name in self._children})
