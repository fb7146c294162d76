"""Import what a schema names: classes of providers, and what providers call."""

from importlib import import_module
from typing import Any

from tenure import providers
from tenure.errors import SchemaError
from tenure.keys import near


def provider_class(name: Any, place: str) -> type[providers.Provider[Any]]:
    """
    Return the class of providers called *name*: one of `tenure.providers`, or one's own by its import path.

    Raises:
        SchemaError: there is none.
    """
    if not isinstance(name, str):
        raise SchemaError(place, f"the name of a class of providers is expected, not {name!r}")
    if "." in name:
        found = imported(name, place)
    elif (found := getattr(providers, name, None)) is None:
        raise SchemaError(place, f"there is no provider called {name!r}", _alike(name, providers.__all__))
    if not (isinstance(found, type) and issubclass(found, providers.Provider)):
        raise SchemaError(place, f"{name!r} is {found!r}, which is no class of providers")
    return found


def imported(path: str, place: str) -> Any:
    """
    Return what *path* names: `package.module.Class.method`, or a builtin where there is no dot.

    Raises:
        SchemaError: nothing of that name is there.
    """
    names = path.split(".") if "." in path else ["builtins", path]
    if not all(names):
        raise SchemaError(place, f"{path!r} is no path to import from")
    module, rest = _module_of(names, path, place)
    found: Any = module
    for name in rest:
        try:
            found = getattr(found, name)
        except AttributeError:
            shown = getattr(found, "__name__", repr(found))
            raise SchemaError(place, f"{shown} has no {name!r}", _alike(name, dir(found))) from None
    return found


def _module_of(names: list[str], path: str, place: str) -> tuple[Any, list[str]]:
    """Import the longest part of *names* that is a module; return it and what is left."""
    for length in range(len(names) - 1, 0, -1):
        module = ".".join(names[:length])
        try:
            return import_module(module), names[length:]
        except ModuleNotFoundError as error:
            if error.name is None or not f"{module}.".startswith(f"{error.name}."):
                raise  # the module is there; something that it needs is not
    raise SchemaError(place, f"{path!r} cannot be imported: there is no module {names[0]!r}")


def _alike(name: str, known: Any) -> tuple[str, ...]:
    return tuple(near(name, known))
