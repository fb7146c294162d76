"""
Scan modules, packages and classes for what carries markers. Nothing is changed here.

Only namespaces are read, never attributes of objects: a proxy that works inside a request only, or a module that loads
on use, is not touched.
"""

import inspect
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from tenure.errors import Unresolved
from tenure.model.introspect import annotations_of
from tenure.model.place import location
from tenure.wiring.injected import Injected, injected_in, injected_of
from tenure.wiring.markers import Marker
from tenure.wiring.replaced import replaced_markers
from tenure.wiring.slots import marker_in, marker_of, slots_of

Target = types.ModuleType | type | types.FunctionType


@dataclass(frozen=True, slots=True)
class Marked:
    """A member of a module or a class that carries markers."""

    owner: Any
    """The module or class; None for a function that was named itself."""
    name: str
    what: Injected | Marker | Callable[..., Any]
    """An injected function; a function that is to be injected; or the marker of an attribute."""
    kind: type | None = None
    """`staticmethod` or `classmethod` for a function that is one."""


def target_of(given: Any, from_package: str | None) -> Any:
    """
    Return the module that *given* names, or *given* itself.

    Raises:
        ImportError: a name leads to no module.
        TypeError: it is nothing that can be wired.
    """
    if isinstance(given, str):
        return import_module(given, package=from_package)
    if isinstance(given, types.ModuleType | type) or inspect.isroutine(given):
        return given
    raise TypeError(f"{given!r} is not a module, class or function, and not the name of a module: it cannot be wired")


@dataclass(frozen=True, slots=True)
class Wired:
    """What is wired."""

    modules: list[Any]
    packages: list[Any]

    @property
    def targets(self) -> list[Target]:
        """The modules, those in the packages included; they are imported now."""
        return [*self.modules, *(module for package in self.packages for module in _modules_of(package))]

    @property
    def loaded(self) -> list[Target]:
        """The same, without what is not imported."""
        return [*self.modules, *(module for package in self.packages for module in _loaded_modules_of(package))]


def _modules_of(package: Any) -> Iterator[types.ModuleType]:
    yield package
    for info in walk_packages(getattr(package, "__path__", ()), f"{package.__name__}."):
        if not info.name.endswith(".__main__"):  # importing it would run the program
            yield import_module(info.name)


def _loaded_modules_of(package: Any) -> Iterator[types.ModuleType]:
    yield package
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{package.__name__}.") and isinstance(module, types.ModuleType):
            yield module


def scan(targets: Iterable[Target]) -> tuple[list[Marked], list[Any]]:
    """
    Scan *targets*.

    Returns:
        What carries markers, each once, and the modules and classes that were looked through.
    """
    targets = list(targets)
    namespaces = [each for each in targets if isinstance(each, types.ModuleType)]
    modules = {each.__name__ for each in namespaces}
    scanner = _Scanner(modules, {id(value) for each in namespaces for value in vars(each).values()})
    found = [marked for target in targets for marked in scanner.target(target)]
    for injected in injected_in(modules):  # those inside of functions, properties and containers of any kind
        found += scanner.once(Marked(None, "", injected))
    return found, scanner.owners


class _Scanner:
    """One pass; remembers what it went through."""

    def __init__(self, modules: set[str], direct: set[int]) -> None:
        self._modules = modules
        self._direct = direct
        self.owners: list[Any] = []
        self._namespaces: dict[int, list[Marked]] = {}
        self._classes: set[int] = set()
        self._given: set[tuple[int, str] | int] = set()

    def target(self, target: Any) -> Iterator[Marked]:
        if isinstance(target, types.ModuleType):
            for marked in self._namespace(target):
                yield from self.once(marked)
            for value in list(vars(target).values()):
                if issubclass(type(value), type):
                    yield from self._class(value)
        elif isinstance(target, type):
            yield from self._class(target)
        else:
            found = _function(None, getattr(target, "__name__", ""), target)
            yield from self.once(found) if found is not None else ()

    def once(self, marked: Marked) -> Iterator[Marked]:
        """Give *marked* unless it was given before; an injected function is the same wherever it is found."""
        mark = id(marked.what) if isinstance(marked.what, Injected) else (id(marked.owner), marked.name)
        if mark not in self._given:
            self._given.add(mark)
            yield marked

    def _class(self, cls: Any) -> Iterator[Marked]:
        if id(cls) in self._classes:
            return
        self._classes.add(id(cls))
        seen: set[str] = set()
        for base in type.mro(cls) if cls is not type else ():
            for marked in self._namespace(base):
                if marked.name not in seen:
                    yield from self.once(self._owned(marked, cls))
            seen |= vars(base).keys()
        for value in list(vars(cls).values()):
            if issubclass(type(value), type) and value.__module__ == cls.__module__:
                yield from self._class(value)

    def _owned(self, marked: Marked, cls: Any) -> Marked:
        """What comes from a class of a module that is not wired is replaced in *cls* only."""
        owner = marked.owner
        if owner is cls or owner.__module__ in self._modules or id(owner) in self._direct:
            return marked
        return Marked(cls, marked.name, marked.what, marked.kind)

    def _namespace(self, owner: Any) -> list[Marked]:
        known = self._namespaces.get(id(owner))
        if known is None:
            known = self._namespaces[id(owner)] = list(_marked_in(owner))
            self.owners.append(owner)
        return known


def _marked_in(owner: Any) -> Iterator[Marked]:
    """Go through the members of the namespace of *owner*, a module or a class, that carry markers."""
    if isinstance(owner, type) and owner.__module__ == "builtins":
        return
    replaced = replaced_markers(owner)
    for name, value in list(vars(owner).items()):
        found = Marked(owner, name, replaced[name]) if name in replaced else _member(owner, name, value)
        if found is not None:
            yield found
    for name, hint in hints_of(owner).items():
        marker = marker_in(hint)
        if marker is not None and name not in replaced and marker_of(vars(owner).get(name)) is None:
            yield Marked(owner, name, marker)


def _member(owner: Any, name: str, value: Any) -> Marked | None:
    if issubclass(type(value), staticmethod | classmethod):
        return _function(owner, name, value.__func__, type(value))
    if isinstance_of_function(value):
        return _function(owner, name, value)
    return Marked(owner, name, value) if issubclass(type(value), Marker) else None


def isinstance_of_function(value: Any) -> bool:
    """Tell whether *value* is a function, compiled or not, by its type alone."""
    return issubclass(type(value), types.FunctionType) or type(value).__name__ == "cython_function_or_method"


def _function(owner: Any, name: str, function: Any, kind: type | None = None) -> Marked | None:
    injected = injected_of(function)
    if injected is not None:
        return Marked(owner, name, injected, kind) if injected.slots else None
    return Marked(owner, name, function, kind) if slots_of(function) else None


def hints_of(owner: Any) -> dict[str, Any]:
    """Return the annotations in the namespace of *owner* itself, text resolved where it can be."""
    try:
        raw = inspect.get_annotations(owner)
    except ValueError:  # they are no dictionary
        return {}
    except Exception:  # noqa: BLE001 - Python 3.14: one of them names what is not defined
        return annotations_of(owner)
    if not any(isinstance(hint, str) for hint in raw.values()):
        return raw
    module = owner if isinstance(owner, types.ModuleType) else sys.modules.get(owner.__module__)
    names = dict(vars(module)) if module is not None else {}
    return annotations_of(types.SimpleNamespace(__annotations__=raw, __globals__=names))


def unresolved_attribute(
    marked: Marked, marker: Marker, asked: tuple[str, ...] = (), near: tuple[str, ...] = ()
) -> Unresolved:
    """Return the attribute *marked* as an error tells it."""
    owner = marked.owner
    is_class = isinstance(owner, type)
    module = owner.__module__ if is_class else owner.__name__
    shown = f"{module}.{owner.__qualname__}" if is_class else module
    where = location(owner) if is_class else getattr(owner, "__file__", None)
    return Unresolved(f"attribute {marked.name!r} of {shown}", where, repr(marker), module, asked, near)
