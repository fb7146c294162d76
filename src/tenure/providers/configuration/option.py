"""`ConfigurationOption`: one value of a configuration, read when it is asked for."""

from collections.abc import Callable, Iterator, Mapping
from types import MethodType
from typing import TYPE_CHECKING, Any, TypeVar

from tenure.errors import Error, UndefinedOptionError
from tenure.model.binding import NOTHING, TRANSIENT, Binding, Make, Need
from tenure.providers.base import Provider
from tenure.providers.bindings import is_provider, unasked
from tenure.providers.configuration.branch import Branch
from tenure.providers.configuration.changes import CHANGES, FORGOTTEN
from tenure.providers.configuration.linking import NO_VALUES, is_plain, named_by, read
from tenure.providers.configuration.loading import Loading
from tenure.providers.configuration.tree import dotted, replaced, select
from tenure.providers.configuration.typed import TypedConfigurationOption
from tenure.providers.constant import CallSignature, constant
from tenure.providers.modes import ENABLED

if TYPE_CHECKING:
    from tenure.providers.configuration.root import Configuration
    from tenure.providers.overriding import OverridingContext

T = TypeVar("T")


class ConfigurationOption(Branch, Loading, Provider[Any]):
    """
    Gives the value of one option, None where it has none; the value at the time it is asked.

    Args:
        name: the names that lead to it, from the configuration down; a provider of a name may stand for one.
        root: the configuration.
        required: whether it has to have a value.
    """

    __slots__ = (
        *("__call__",),
        "__dict__",
        "_children",
        "_must_be_set",
        "_remembered",
        "_root",
        "_segments",
        "_variants",
    )

    _keep: None = None

    def __init__(self, name: tuple[Any, ...], root: "Configuration", required: bool = False) -> None:
        super().__init__()
        self._segments: tuple[Any, ...] = tuple(name)
        self._root: Configuration = root
        self._must_be_set: bool = required
        self._children: dict[Any, Any] = {}
        self._variants: dict[str, ConfigurationOption] = {}
        self._remembered: tuple[Any, Any] = FORGOTTEN

    # what it is called

    def get_name(self) -> str:
        """Return its name, that of the configuration first; providers of names are asked."""
        return dotted(self._root.get_name(), self._keys())

    def get_name_segments(self) -> tuple[Any, ...]:
        """Return the names that lead to it, without that of the configuration; providers of names as they are."""
        return self._segments

    def _keys(self, known: Mapping[int, Any] = NO_VALUES) -> tuple[Any, ...]:
        """Return the names that lead to it; *known* has values of providers among them, by `id`."""
        return tuple(
            named_by(each, known[id(each)] if id(each) in known else read(each)) if is_provider(each) else each
            for each in self._segments
        )

    def _shown(self) -> str:
        """A provider that has to make something is not asked, only to show a name."""
        parts = (
            segment if not is_provider(segment) else read(segment) if is_plain(segment) else f"<{segment}>"
            for segment in self._segments
        )
        return repr(dotted(self._root.get_name(), parts))

    def __tenure_label__(self) -> str:
        """Return its name."""
        return self._shown().strip("'\"")

    # its value

    if TYPE_CHECKING:

        def __call__(self, *_: Any, **__: Any) -> Any:
            """
            Return the value; arguments are of no use.

            Raises:
                UndefinedOptionError: it has no value and needs one.
                OptionPathError: a value stands where its section should be.
            """
            ...
    else:
        __signature__ = CallSignature()

    def _begin(self) -> None:
        super()._begin()
        self._read_again()

    def _read_again(self) -> None:
        """Read the value at the next call."""
        _slot.__set__(self, MethodType(_called, self))

    def _look_again(self) -> None:
        self._remembered = FORGOTTEN
        self._read_again()

    def _look_up(self) -> Any:
        if self._async_mode is ENABLED or not self._is_plain():
            return super().__call__()
        return self._read()

    @unasked
    def _read(self) -> Any:
        """Return the value without the engine, remembered where that is safe."""
        remembered = self._remembered
        if remembered[0] is CHANGES.last:
            return remembered[1]
        change = CHANGES.last  # before reading: what changes meanwhile is not missed
        value = self._pick(self._root._tree(), self._keys())
        if self._async_mode is not ENABLED and self._is_plain():
            self._remembered = (change, value)
        return value

    def _pick(self, tree: Any, keys: tuple[Any, ...]) -> Any:
        name = self._root.get_name()
        value = select(tree, keys, name)
        if value is not NOTHING:
            return value
        if self._must_be_set or self._is_strict():
            raise UndefinedOptionError(dotted(name, keys))
        return None

    def _is_plain(self) -> bool:
        return self._root._is_plain() and all(is_plain(each) for each in self._segments if is_provider(each))

    def _top(self) -> "Configuration":
        return self._root

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        override = self._root._last
        sources = [each for each in (override, *self._segments) if is_provider(each) and not is_plain(each)]
        needs = tuple(Need("override" if each is override else "name", each, by_position=True) for each in sources)
        if not needs:
            return Binding(self, Make.CALL, self._read, TRANSIENT)

        @unasked
        def pick(*values: Any) -> Any:
            known = dict(zip(map(id, sources), values, strict=True))
            tree = known[id(override)] if id(override) in known else self._root._tree()
            return self._pick(tree, self._keys(known))

        return Binding(self, Make.CALL, pick, TRANSIENT, needs)

    # what is made of it

    def required(self) -> "ConfigurationOption":
        """Return the same option, as one that has to have a value."""
        made = self._variants.get("required")
        if made is None:  # of two threads the first one counts
            made = self._variants.setdefault("required", type(self)(self._segments, self._root, required=True))
        return made

    def is_required(self) -> bool:
        """Whether it has to have a value."""
        return self._must_be_set

    def as_int(self) -> TypedConfigurationOption[int]:
        """Return a provider of the value as an integer."""
        return TypedConfigurationOption(int, self)

    def as_float(self) -> TypedConfigurationOption[float]:
        """Return a provider of the value as a floating-point number."""
        return TypedConfigurationOption(float, self)

    def as_(self, callback: Callable[..., T], *args: Any, **kwargs: Any) -> TypedConfigurationOption[T]:
        """
        Return a provider of what *callback* makes of the value.

        Args:
            callback: a function that is called with the value and what follows.
            args: passed after the value; providers stand for their values.
            kwargs: passed likewise.
        """
        return TypedConfigurationOption(callback, self, *args, **kwargs)

    # changing it

    def override(self, provider: Any) -> "OverridingContext[Any]":
        """
        Have a value replace its value, until the configuration is reset.

        Args:
            provider: the value; no provider, those can replace configurations only.

        Returns:
            A context manager that resets the last override of the configuration on leaving.

        Raises:
            Error: it is a provider.
            OptionPathError: a value stands where its section should be.
        """
        if is_provider(provider):
            raise Error("Configuration option can only be overridden by a value")
        root = self._root
        return root.override(replaced(root._tree(), self._keys(), provider, root.get_name()))

    def reset_override(self) -> None:
        """
        Refuse: it is the configuration that is reset.

        Raises:
            Error: always.
        """
        raise Error("Configuration option does not support this method; reset the configuration that it belongs to")

    def reset_last_overriding(self) -> None:
        """
        Refuse: it is the configuration that is reset.

        Raises:
            Error: always.
        """
        raise Error("Configuration option does not support this method; reset the configuration that it belongs to")

    def reset_cache(self) -> None:
        """Forget the value that is remembered."""
        CHANGES.note()

    # its place

    def _option(self, item: Any) -> "ConfigurationOption":
        return type(self)((*self._segments, item), self._root)

    def _branches(self) -> list[Any]:
        return [*self._options(), *self._variants.values()]

    def _put(self, value: Any) -> None:
        self.override(value)

    def _is_strict(self) -> bool:
        return self._root._is_strict()

    def _present(self) -> Any:
        return select(self._root._tree(), self._keys(), self._root.get_name())

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to: those of its name, and the options below it."""
        yield from filter(is_provider, self._segments)
        yield from self._children.values()

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._must_be_set = self._must_be_set
        copied._remembered = FORGOTTEN
        copied._segments = tuple(copy(each) if is_provider(each) else each for each in self._segments)
        copied._copy_children(self, copy)
        copied._variants = {kind: copy(option) for kind, option in self._variants.items()}
        copied._root = copy(self._root)


_slot: Any = ConfigurationOption.__dict__["__call__"]  # a class of the user's may have a method of that name


def _called(option: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Return the value of *option*; where it is remembered, have it given without a look from now on."""
    change, value = option._remembered
    if change is not CHANGES.last:
        return option._look_up()
    if args or kwargs:
        _slot.__set__(option, MethodType(_remembered_or_read, option))
        return value
    given = constant(value, lambda: _slot.__set__(option, MethodType(_remembered_or_read, option)))
    CHANGES.hand_out(change, option, lambda: _slot.__set__(option, given))
    return value


def _remembered_or_read(option: Any, /, *_: Any, **__: Any) -> Any:
    """Return the value of *option*, which is given arguments now and then."""
    change, value = option._remembered
    return value if change is CHANGES.last else option._look_up()
