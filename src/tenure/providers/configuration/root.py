"""`Configuration`: a tree of values, from files, the environment, settings objects and code."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self

from tenure.errors import Error, UndefinedOptionError
from tenure.model.binding import NOTHING, TRANSIENT, Binding, Make
from tenure.providers.base import Provider
from tenure.providers.bindings import alias, is_provider, unasked
from tenure.providers.configuration.branch import Branch
from tenure.providers.configuration.changes import CHANGES, FORGOTTEN
from tenure.providers.configuration.linking import is_plain, link, read, unlink
from tenure.providers.configuration.loading import Loading
from tenure.providers.configuration.option import ConfigurationOption
from tenure.providers.configuration.sources import Sources, listed
from tenure.providers.configuration.tree import dotted, replaced, select
from tenure.providers.modes import ENABLED
from tenure.providers.objects import Object
from tenure.providers.overriding import OverridingContext


class Configuration(Branch, Sources, Loading, Object[Any]):
    """
    Gives a dictionary; `config.section.option` gives a value in it, at the time it is asked.

    Args:
        name: what it is called in errors.
        default: its value to begin with.
        strict: whether every option that is asked for has to have a value, and every source has to be there.
        ini_files: INI files for `load`.
        yaml_files: YAML files for `load`.
        json_files: JSON files for `load`.
        pydantic_settings: settings objects, or classes of them, for `load`.
    """

    __slots__ = ("__dict__", "_children", "_files", "_own_name", "_remembered", "_strict")

    DEFAULT_NAME: str = "config"
    _keep: None = None

    def __init__(
        self,
        name: str = DEFAULT_NAME,
        default: Mapping[Any, Any] | None = None,
        strict: bool = False,
        ini_files: Iterable[Any] | None = None,
        yaml_files: Iterable[Any] | None = None,
        json_files: Iterable[Any] | None = None,
        pydantic_settings: Iterable[Any] | None = None,
    ) -> None:
        super().__init__({})
        self._children: dict[Any, Any] = {}
        self._remembered: tuple[Any, Any] = FORGOTTEN
        self._files = listed(ini=ini_files, yaml=yaml_files, json=json_files, pydantic=pydantic_settings)
        self.set_name(name).set_strict(strict).set_default(default)

    # what it is

    def get_name(self) -> str:
        """Return what it is called."""
        return self._own_name

    def set_name(self, name: str) -> Self:
        """
        Say what it is called.

        Raises:
            TypeError: *name* is no text.
        """
        if not isinstance(name, str):
            raise TypeError(f"the name of a configuration is a string, not {name!r}")
        self._own_name: str = name
        return self

    def get_default(self) -> dict[Any, Any]:
        """Return its value as it is when nothing replaces it."""
        default: dict[Any, Any] = self._provides
        return default

    def set_default(self, default: Mapping[Any, Any] | None) -> Self:
        """
        Say what its value is when nothing replaces it; None says nothing.

        Raises:
            TypeError: *default* is no dictionary.
        """
        if default is None:
            return self
        if not isinstance(default, Mapping):
            raise TypeError(f'the default of the configuration "{self.get_name()}" is a dictionary, not {default!r}')
        return self.set_provides(dict(default))

    def set_provides(self, provides: Any) -> Self:
        """Say what its value is when nothing replaces it."""
        self._provides = provides
        CHANGES.note()
        return self

    def get_strict(self) -> bool:
        """Whether every option that is asked for has to have a value, and every source has to be there."""
        return self._strict

    def set_strict(self, strict: bool) -> Self:
        """Say whether every option that is asked for has to have a value, and every source has to be there."""
        self._strict: bool = bool(strict)
        CHANGES.note()
        return self

    def get_children(self) -> dict[Any, ConfigurationOption]:
        """Return the options that have been asked for, by name."""
        return self._children

    def set_children(self, children: Mapping[Any, ConfigurationOption] | None) -> Self:
        """Say which options there are; more come when they are asked for."""
        self._set_children(children or {})
        return self

    def _shown(self) -> str:
        return repr(self._own_name)

    # its value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the whole value; arguments are passed on to a provider that replaces it."""
        remembered = self._remembered
        if remembered[0] is CHANGES.last:
            return remembered[1]
        if self._async_mode is ENABLED or not self._is_plain():
            return super().__call__(*args, **kwargs)
        change = CHANGES.last  # before reading: what changes meanwhile is not missed
        value = self._tree()
        self._remembered = (change, value)
        return value

    @unasked
    def _tree(self) -> Any:
        return self._provides if self._last is None else read(self._last)

    def _is_plain(self) -> bool:
        return self._last is None or is_plain(self._last)

    def _top(self) -> "Configuration":
        return self

    def __tenure_binding__(self) -> Binding:
        """Return the binding as it is now, overridden or not."""
        if self._is_plain():
            return Binding(self, Make.CALL, self._tree, TRANSIENT)
        return alias(self, self._last)

    def get(self, selector: str, required: bool = False) -> Any:
        """
        Return the value of the option named *selector*, None where it has none.

        Args:
            selector: names with dots between them, without that of the configuration.
            required: whether it has to have a value.

        Raises:
            UndefinedOptionError: it has no value and needs one.
            OptionPathError: a value stands where its section should be.
        """
        keys = selector.split(".")
        value = select(self._tree(), keys, self._own_name)
        if value is not NOTHING:
            return value
        if required or self._strict:
            raise UndefinedOptionError(dotted(self._own_name, keys))
        return None

    # changing it

    def set(self, selector: str, value: Any) -> OverridingContext[Any]:
        """
        Have *value* replace the value of the option named *selector*.

        Returns:
            A context manager that resets it on leaving; it need not be used.

        Raises:
            OptionPathError: a value stands where its section should be.
        """
        tree = replaced(self._tree(), selector.split("."), value, self._own_name)
        return self.override(tree)

    def override(self, provider: Any) -> OverridingContext[Any]:
        """
        Have a value, or what a provider gives, replace the whole value.

        Returns:
            A context manager that resets it on leaving; it need not be used.

        Raises:
            Error: the value of *provider* comes from this configuration.
        """
        if provider is self:
            raise Error(f"Provider {self} could not be overridden with itself")
        context = link(self, provider if is_provider(provider) else Object(provider))
        CHANGES.note()
        return context

    def reset_last_overriding(self) -> None:
        """
        Undo the last change of its value, be it by `override`, `set`, `from_*` or an option.

        Raises:
            Error: there is none.
        """
        unlink(self)
        CHANGES.note()

    def reset_override(self) -> None:
        """Undo every change of its value: the default is back."""
        while self._overridden:
            self.reset_last_overriding()

    def reset_cache(self) -> None:
        """Forget the values that options remember."""
        CHANGES.note()

    def enable_async_mode(self) -> None:
        """Have every call give an awaitable."""
        super().enable_async_mode()
        self._remembered = FORGOTTEN

    # its place

    def _option(self, item: Any) -> ConfigurationOption:
        return ConfigurationOption((item,), self)

    def _put(self, value: Any) -> None:
        self.override(value)

    def _is_strict(self) -> bool:
        return self._strict

    def _present(self) -> Any:
        return self._tree()

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to: its options, and what replaces it."""
        yield from self._children.values()
        yield from self._overridden

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._own_name = self._own_name
        copied._strict = self._strict
        copied._remembered = FORGOTTEN
        copied._provides = dict(self._provides) if isinstance(self._provides, dict) else self._provides
        copied._files = listed(**self._files)
        copied._copy_children(self, copy)
