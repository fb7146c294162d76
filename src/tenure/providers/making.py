"""Providers that call something: what they share, and how a call with attributes is made."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any, Self

from tenure.errors import Error, NothingProvidedError
from tenure.model.binding import TRANSIENT, Binding, Make
from tenure.providers import calling
from tenure.providers.arguments import WithCall
from tenure.providers.base import Provider, T_co
from tenure.providers.bindings import binding_of, by_hand, is_provider, made_by
from tenure.providers.family import renew
from tenure.providers.needs import need, needs_of
from tenure.providers.traversing import show_made


def imported(provides: Any) -> Any:
    """
    Return what the text *provides* names; anything else as it is.

    `"package.module.Name"` is imported, `".module.Name"` relative to the module that declares the provider, and a bare
    `"name"` is a builtin.

    Raises:
        ImportError, AttributeError: it names nothing.
    """
    if not isinstance(provides, str):
        return provides
    text = provides.strip()
    if "." not in text:
        return getattr(importlib.import_module("builtins"), text)
    module, _, name = text.rpartition(".")
    if not text.startswith("."):
        return getattr(importlib.import_module(module), name)
    package = _package_outside()
    level = len(text) - len(text.lstrip("."))
    return getattr(importlib.import_module(module if module.strip(".") else "." * level, package), name)


def _package_outside() -> str:
    """Return the package of the code that declares the provider: the nearest frame that is not Tenure's own."""
    frame = inspect.currentframe()
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if not name.startswith("tenure."):
            return str(frame.f_globals.get("__package__") or name.rpartition(".")[0])
        frame = frame.f_back
    return ""


class Making(WithCall[T_co]):
    """A provider that calls something with what it was given."""

    __slots__ = ("_provides",)

    _lifetime: str = TRANSIENT
    _passes_arguments = True

    def __init__(self, provides: Any = None, *args: Any, **kwargs: Any) -> None:
        self._provides: Any = None
        super().__init__()
        self.set_provides(provides)
        self.set_args(*args)
        self.set_kwargs(**kwargs)

    @property
    def provides(self) -> Any:
        """What is called: a class, a function, a provider."""
        return self._provides

    def set_provides(self, provides: Any) -> Self:
        """
        Say what is called.

        Args:
            provides: a class, a function, a provider that is called in turn, or a text to import one by.

        Raises:
            Error: it cannot be called, or is not what this class provides.
        """
        provides = imported(provides)
        self._check(provides)
        self._provides = provides
        renew((self,))
        return self

    def _check(self, provides: Any) -> None:
        if provides is not None and not callable(provides):
            raise Error(f"{type(self).__name__} provides what it calls, and {provides!r} is not callable")

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        if is_provider(self._provides):
            yield self._provides
        yield from super().related

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._provides = copy(self._provides) if is_provider(self._provides) else self._provides
        super()._copy_into(copied, copy)

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the value, or an awaitable of it; a class of one's own may do more."""
        return calling.provide(self, self._usual(args, kwargs))

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        if type(self)._provide is not Making._provide:
            return by_hand(self, self._provide, args, kwargs)
        return self._usual(args, kwargs)

    def _usual(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        """Return the binding, whatever a class of one's own makes of it."""
        provides = self._target()
        needs = needs_of(self._args, self._kwargs, args, kwargs)
        later = (provides,) if is_provider(provides) else ()
        return binding_of(self, provides, needs, make=made_by(provides), lifetime=self._lifetime, later=later)

    def _target(self) -> Any:
        if self._provides is None:
            raise NothingProvidedError(f"{self} does not know what it provides; say it with set_provides(...)")
        return self._provides

    def _shown(self) -> str:
        return show_made(self._provides)


class MakingWithAttributes(Making[T_co]):
    """A provider that sets attributes of what it made."""

    __slots__ = ("_attributes",)

    def __init__(self, provides: Any = None, *args: Any, **kwargs: Any) -> None:
        self._attributes: dict[str, Any] = {}
        super().__init__(provides, *args, **kwargs)

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes to be set; a copy."""
        return dict(self._attributes)

    def add_attributes(self, **kwargs: Any) -> Self:
        """Add attributes to be set, in place of those of the same name."""
        return self.set_attributes(**{**self._attributes, **kwargs})

    def set_attributes(self, **kwargs: Any) -> Self:
        """Replace the attributes to be set."""
        self._attributes = kwargs
        renew((self,))
        return self

    def clear_attributes(self) -> Self:
        """Set no attributes any more."""
        return self.set_attributes()

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        yield from filter(is_provider, self._attributes.values())
        yield from super().related

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        super()._copy_into(copied, copy)
        copied._attributes = {name: copy(value) for name, value in self._attributes.items()}

    def _usual(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        plain = super()._usual(args, kwargs)
        if not self._attributes:
            return plain
        target = _with_attributes(plain.target, tuple(self._attributes), plain.make is not Make.CALL)
        last = [need(_ATTRIBUTE + name, value) for name, value in self._attributes.items()]
        return binding_of(
            self, target, (*plain.needs, *last), make=plain.make, lifetime=plain.lifetime, later=plain.later
        )


_ATTRIBUTE = "attribute "
"""Begins the name of an argument that is not passed on, but set as an attribute; no parameter has such a name."""


def _with_attributes(target: Any, names: tuple[str, ...], may_wait: bool) -> Any:
    """Return a function that calls *target*, and sets the attributes *names*, given by name, of what it gives."""

    def decorate(made: Any, values: list[Any]) -> Any:
        for name, value in zip(names, values, strict=True):
            setattr(made, name, value)
        return made

    def make(*args: Any, **kwargs: Any) -> Any:
        values = [kwargs.pop(_ATTRIBUTE + name) for name in names]
        made = target(*args, **kwargs)
        if may_wait and inspect.isawaitable(made):
            return awaited(made, values)
        return decorate(made, values)

    async def awaited(made: Any, values: list[Any]) -> Any:
        return decorate(await made, values)

    return make
