"""
Look up what a marker names in one container.

A provider of the container's class stands for the provider of the same place in the container; what is made of it
(`provided…`, an option, `.provider`) is made again of that one.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tenure.errors import TenureError
from tenure.keys import near
from tenure.providers.bindings import is_provider
from tenure.providers.configuration import ConfigurationOption, TypedConfigurationOption
from tenure.providers.configuration.branch import Branch
from tenure.providers.objects import Delegate, Self
from tenure.providers.provided import AttributeGetter, ItemGetter, MethodCaller, ProvidedInstance
from tenure.wiring.markers import Marker, wants_provider
from tenure.wiring.modifiers import Modifier

CONTAINER_ID = "<container>"
"""The name that stands for the container itself."""


class ProvidersMap:
    """
    Where the providers of a container's class are in the container.

    Args:
        container: a container; where it comes from a declarative class, that class is `declarative_parent`.
    """

    def __init__(self, container: Any) -> None:
        self._container = container
        self._declared = getattr(container, "declarative_parent", None)
        self._places: dict[int, tuple[Any, Any]] = {}
        self._pair(container.providers, container)
        for cls in getattr(self._declared, "__mro__", ()):  # what a subclass declares anew stands for both
            self._pair(getattr(cls, "providers", {}), container)

    def _pair(self, originals: Mapping[Any, Any], owner: Any) -> None:
        """Note for each of *originals* which provider of *owner* has its name, and so on inside it."""
        current = owner.providers
        for name, original in list(originals.items()):
            found = current.get(name)
            if found is None or id(original) in self._places:
                continue
            self._places[id(original)] = (original, found)  # the original is kept: its id stays its own
            if hasattr(type(original), "providers") and hasattr(type(found), "providers"):
                self._pair(original.providers, found)

    def resolve_marker(self, marker: Marker) -> Any:
        """Return the provider that *marker* names, None where the container has none."""
        inner = marker.inner
        found = self.resolve_provider(inner.provider, inner.modifier or marker.modifier)
        is_delegate = isinstance(inner.provider, Delegate) and id(inner.provider) not in self._places
        return found.provides if is_delegate and wants_provider(marker) and found is not None else found

    def resolve_provider(self, provider: Any, modifier: Modifier | None = None) -> Any:
        """
        Return the provider of the container that *provider* stands for, None where there is none.

        Args:
            provider: a name, dotted for what is inside another; a provider; a container or its class.
            modifier: what is done with it.
        """
        found = self._named(provider) if isinstance(provider, str) else self._standing_for(provider)
        if found is None or modifier is None:
            return found
        return modifier.modify(found, self)

    def near(self, marker: Marker) -> tuple[str, ...]:
        """Return the names of providers that look like what *marker* names."""
        wanted = marker.inner.provider
        if not isinstance(wanted, str):
            names = getattr(wanted, "_name", None) if is_provider(wanted) else None
            wanted = names[-1] if names else ""
        names_known = sorted(_names(self._container))
        last = wanted.rpartition(".")[2]
        exact = [name for name in names_known if name.rpartition(".")[2] == last and name != wanted]
        alike = (name.strip("'") for name in near(wanted, names_known))
        return tuple(dict.fromkeys((*exact, *alike)))[:3]

    # by name

    def _named(self, name: str) -> Any:
        if name == CONTAINER_ID:
            return self._container.__self__
        first, *rest = name.split(".")
        found = self._container.providers.get(first, getattr(self._container, first, None) if first else None)
        for segment in rest:
            found = _step(found, segment) if is_provider(found) else None
        return found if is_provider(found) else None

    # by what was declared

    def _standing_for(self, wanted: Any) -> Any:
        known = self._places.get(id(wanted))
        if known is not None:
            return known[1]
        if self._is_container(wanted):
            return self._container.__self__
        for kind, rebuild in _REBUILT:
            if isinstance(wanted, kind):
                return rebuild(self, wanted)
        return self._making(wanted) if isinstance(wanted, type) else None

    def _making(self, wanted: type) -> Any:
        """Return the one provider that makes objects of a class; None where there is none, or more than one."""
        try:
            return self._container.__tenure_find__(wanted)
        except TenureError:
            return None

    def _is_container(self, wanted: Any) -> bool:
        if isinstance(wanted, type):
            return isinstance(self._declared, type) and issubclass(self._declared, wanted) and wanted is not object
        if isinstance(wanted, Self):
            return any(wanted is getattr(each, "__self__", None) for each in (self._declared, self._container))
        return wanted is self._container

    def _value(self, value: Any) -> Any:
        """Return what an argument stands for: another provider of the container, or itself."""
        found = self.resolve_provider(value) if is_provider(value) else None
        return value if found is None else found

    def _values(self, provider: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        args = tuple(self._value(value) for value in provider.args)
        return args, {name: self._value(value) for name, value in provider.kwargs.items()}

    def _typed_option(self, wanted: TypedConfigurationOption[Any]) -> Any:
        option = self.resolve_provider(wanted.option)
        if option is None:
            return None
        (_, *args), kwargs = self._values(wanted)
        return option.as_(wanted.provides, *args, **kwargs)

    def _option(self, wanted: ConfigurationOption) -> Any:
        option = self.resolve_provider(wanted._top())  # noqa: SLF001 - `root` would be the name of an option
        if option is None:
            return None
        for segment in wanted.get_name_segments():
            option = option[self._value(segment)]
        return option.required() if wanted.is_required() else option

    def _fluent(self, wanted: Any, rebuild: Callable[[Any], Any]) -> Any:
        source = self.resolve_provider(wanted.provides)
        return None if source is None else rebuild(source)

    def _provided(self, wanted: ProvidedInstance[Any]) -> Any:
        return self._fluent(wanted, lambda source: source.provided)

    def _delegate(self, wanted: Delegate[Any]) -> Any:
        return self._fluent(wanted, lambda source: source.provider)

    def _attribute(self, wanted: AttributeGetter) -> Any:
        return self._fluent(wanted, lambda source: AttributeGetter(source, wanted.name))

    def _item(self, wanted: ItemGetter) -> Any:
        return self._fluent(wanted, lambda source: ItemGetter(source, self._value(wanted.name)))

    def _call(self, wanted: MethodCaller) -> Any:
        args, kwargs = self._values(wanted)
        return self._fluent(wanted, lambda source: MethodCaller(source, *args, **kwargs))


_REBUILT: tuple[tuple[type, Callable[[ProvidersMap, Any], Any]], ...] = (
    (TypedConfigurationOption, ProvidersMap._typed_option),  # noqa: SLF001 - of this file
    (ConfigurationOption, ProvidersMap._option),  # noqa: SLF001
    (MethodCaller, ProvidersMap._call),  # noqa: SLF001
    (AttributeGetter, ProvidersMap._attribute),  # noqa: SLF001
    (ItemGetter, ProvidersMap._item),  # noqa: SLF001
    (ProvidedInstance, ProvidersMap._provided),  # noqa: SLF001
    (Delegate, ProvidersMap._delegate),  # noqa: SLF001
)


def _step(provider: Any, segment: str) -> Any:
    """Return what *segment* names inside *provider*, None where it names nothing."""
    if isinstance(provider, Branch):
        return provider[segment]
    try:
        return getattr(provider, segment)
    except (AttributeError, TenureError):
        return None


def _names(container: Any, prefix: str = "", depth: int = 3) -> Iterator[str]:
    """Go through the names of the providers of *container* and of the containers in it."""
    for name, provider in container.providers.items():
        yield f"{prefix}{name}"
        if depth and hasattr(type(provider), "container"):
            yield from _names(provider, f"{prefix}{name}.", depth - 1)
