"""Modifiers: what a marker does with the provider that it names before the value is asked for."""

from collections.abc import Callable
from typing import Any


class Modifier:
    """Base of modifiers: write `modify` in a subclass to have one of your own."""

    def modify(self, provider: Any, providers_map: Any) -> Any:
        """
        Return the provider that stands in for *provider*.

        Args:
            provider: what the marker names, in the container that is wired.
            providers_map: its `resolve_provider(name)` finds other providers of that container, None if there is none.
        """
        raise NotImplementedError


class TypeModifier(Modifier):
    """Converts a configuration option: `Provide["config.port", as_int()]`."""

    def __init__(self, type_: Callable[[Any], Any]) -> None:
        self.type_: Callable[[Any], Any] = type_

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.type_!r})"

    def modify(self, provider: Any, providers_map: Any) -> Any:
        """Return *provider*, an option, converted."""
        return provider.as_(self.type_)


def as_int() -> TypeModifier:
    """Return a modifier that makes an int of a configuration option."""
    return TypeModifier(int)


def as_float() -> TypeModifier:
    """Return a modifier that makes a float of a configuration option."""
    return TypeModifier(float)


def as_(type_: Callable[[Any], Any]) -> TypeModifier:
    """Return a modifier that calls *type_* with the value of a configuration option."""
    return TypeModifier(type_)


class RequiredModifier(Modifier):
    """Refuses an option that is not defined: `Provide["config.port", required().as_int()]`."""

    def __init__(self, type_modifier: TypeModifier | None = None) -> None:
        self.type_modifier: TypeModifier | None = type_modifier

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.type_modifier or ''})"

    def as_int(self) -> "RequiredModifier":
        """Return a modifier that makes an int of it as well."""
        return RequiredModifier(TypeModifier(int))

    def as_float(self) -> "RequiredModifier":
        """Return a modifier that makes a float of it as well."""
        return RequiredModifier(TypeModifier(float))

    def as_(self, type_: Callable[[Any], Any]) -> "RequiredModifier":
        """Return a modifier that calls *type_* with it as well."""
        return RequiredModifier(TypeModifier(type_))

    def modify(self, provider: Any, providers_map: Any) -> Any:
        """Return *provider*, an option, that raises where it is not defined."""
        provider = provider.required()
        return provider if self.type_modifier is None else self.type_modifier.modify(provider, providers_map)


def required() -> RequiredModifier:
    """Return a modifier that refuses an option that is not defined."""
    return RequiredModifier()


class InvariantModifier(Modifier):
    """Picks the option whose name another provider gives: `Provide["config.databases", invariant("config.use")]`."""

    def __init__(self, id: str) -> None:
        self.id: str = id

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id!r})"

    def modify(self, provider: Any, providers_map: Any) -> Any:
        """Return the option of *provider* whose name the other provider gives when asked; None if there is no other."""
        chosen = providers_map.resolve_provider(self.id)
        return None if chosen is None else provider[chosen]


def invariant(id: str) -> InvariantModifier:
    """Return a modifier that picks the option whose name the provider *id* gives."""
    return InvariantModifier(id)


class ProvidedInstance(Modifier):
    """Goes on from the value: `Provide["service", provided().repository["users"].find.call(7)]`."""

    def __init__(self, segments: tuple[tuple[str, Any], ...] = ()) -> None:
        self.segments: tuple[tuple[str, Any], ...] = segments

    def _then(self, kind: str, value: Any) -> "ProvidedInstance":
        return ProvidedInstance((*self.segments, (kind, value)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(){self}"

    def __str__(self) -> str:
        return "".join(_show_step(kind, value) for kind, value in self.segments)

    def __getattr__(self, name: str) -> "ProvidedInstance":
        if name.startswith("__"):
            raise AttributeError(name)
        return self._then("attr", name)

    def __getitem__(self, item: Any) -> "ProvidedInstance":
        return self._then("item", item)

    def call(self, *args: Any, **kwargs: Any) -> "ProvidedInstance":
        """Go on from what the value so far returns when it is called."""
        return self._then("call", (args, kwargs))

    def modify(self, provider: Any, providers_map: Any) -> Any:
        """Return a provider of what the steps lead to."""
        provider = provider.provided
        for kind, value in self.segments:
            if kind == "attr":
                provider = getattr(provider, value)
            elif kind == "item":
                provider = provider[value]
            else:
                args, kwargs = value
                provider = provider.call(*args, **kwargs)
        return provider


def _show_step(kind: str, value: Any) -> str:
    if kind == "call":
        return ".call()"
    return f".{value}" if kind == "attr" else f"[{value!r}]"


def provided() -> ProvidedInstance:
    """Return a modifier that goes on from the value: its attributes, items and calls."""
    return ProvidedInstance()
