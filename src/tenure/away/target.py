"""
Where a container is found, in whatever process: `module:name`, or a function that makes it.

A target is text as far as it can be, so that equal references are equal and are the same in every process. What has no
name of its own, as a `functools.partial`, is kept pickled.
"""

import difflib
import importlib
import inspect
import pickle
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from tenure.container import Container
from tenure.errors.travel import ContainerRefError

Target: TypeAlias = str | bytes
_TEXT = re.compile(r"\w+(\.\w+)*:\w+(\.\w+)*")
_BY_NAME = "say it as 'package.module:name'"


def target_of(source: Any) -> Target:
    """
    Return *source* as a target: a text is looked at and kept, a function or class becomes `module:name`.

    Raises:
        ContainerRefError: nothing could be found by it in another process.
    """
    if isinstance(source, str):
        if _TEXT.fullmatch(source) is None:
            raise ContainerRefError(repr(source), _BY_NAME)
        return source
    if is_container(source) and not isinstance(source, type):
        raise ContainerRefError(repr(source), f"a container stays in its process; {_BY_NAME}, where it is to be found")
    if not callable(source):
        raise ContainerRefError(repr(source), f"{_BY_NAME}, or give a function that returns a container")
    if inspect.isroutine(source) or isinstance(source, type):
        return _named(source)
    try:
        return pickle.dumps(source)
    except Exception as error:
        why = f"it cannot be pickled ({error}); make it a function at the top of a module"
        raise ContainerRefError(repr(source), why) from error


def _named(function: Callable[..., Any]) -> str:
    module, name = getattr(function, "__module__", None), function.__qualname__
    what = {"<lambda>": "a lambda"}.get(function.__name__, "a function inside another one")
    if module is None or "<" in name:
        raise ContainerRefError(
            repr(function), f"{what} cannot be found by name in another process; define it at the top of a module"
        )
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    if found is not None and found is not function and found != function:  # None: its module is just being imported
        raise ContainerRefError(
            f"{module}:{name}", "something else has that name there, so another process would find that; "
            "give the function the name that it is defined by"
        )  # fmt: skip
    return f"{module}:{name}"


def shown(target: Target) -> str:
    """Return *target* as a reader knows it."""
    return repr(target) if isinstance(target, str) else repr(pickle.loads(target))  # noqa: S301 - made by ourselves


def import_of(target: Target) -> None:
    """
    Import the module of *target*; do it without locks, because imports have their own.

    Raises:
        ContainerRefError: there is no such module.
        BaseException: what the module raised, with a note.
    """
    if isinstance(target, bytes):
        return
    name = target.partition(":")[0]
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name == error.name or name.startswith(f"{error.name}.")):
            error.add_note(f"while importing {name}, for ContainerRef({target!r})")
            raise
        raise ContainerRefError(repr(target), _no_module(error.name)) from None
    except BaseException as error:
        error.add_note(f"while importing {name}, for ContainerRef({target!r})")
        raise


def _no_module(name: str) -> str:
    parent, _, last = name.rpartition(".")
    folders = getattr(sys.modules.get(parent), "__path__", ()) if parent else sys.path
    near = _near(last, (module.name for module in pkgutil.iter_modules(folders)))
    if near:
        return f"there is no module {name!r}; did you mean {'.'.join(filter(None, (parent, near)))!r}?"
    where = f"in the package {parent!r}" if parent else "on the path of this process (PYTHONPATH, working directory)"
    return f"there is no module {name!r} {where}"


def load(target: Target) -> Any:
    """
    Return the container that *target* leads to: type-driven, or an instance of a declarative one.

    Raises:
        ContainerRefError: it does not lead to one.
        BaseException: what a function raised that makes it, with a note.
    """
    found = pickle.loads(target) if isinstance(target, bytes) else _looked_up(target)  # noqa: S301 - made by ourselves
    if is_container(found) and not isinstance(found, type):
        return found
    if not callable(found) or (isinstance(found, type) and not is_container(found)):
        raise ContainerRefError(shown(target), _no_container(found, target))
    try:
        made = found()
    except BaseException as error:
        error.add_note(f"while making the container of ContainerRef({shown(target)})")
        raise
    if is_container(made) and not isinstance(made, type):
        return made
    if inspect.iscoroutine(made):
        made.close()
        raise ContainerRefError(shown(target), "it is a coroutine function; a plain function makes the container")
    raise ContainerRefError(shown(target), f"calling it gave {_a(made)}, which is no container")


def _looked_up(target: str) -> Any:
    module_name, _, path = target.partition(":")
    found: Any = sys.modules[module_name]
    where = f"module {module_name!r}"
    for part in path.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise ContainerRefError(repr(target), _no_attribute(part, found, where)) from None
        where = repr(part)
    return found


def _no_attribute(name: str, owner: Any, where: str) -> str:
    if getattr(getattr(owner, "__spec__", None), "_initializing", False):
        return f"{where} has no {name!r} yet, for it is just being imported; ask for the container later"
    near = _near(name, dir(owner))
    others = _containers_in(owner)
    hint = f"did you mean {near!r}?" if near else f"containers there: {', '.join(others)}" if others else ""
    if not hint and where == "module '__main__'":
        hint = "in another process __main__ is another program; put the container into a module that both can import"
    return f"{where} has no {name!r}" + (f"; {hint}" if hint else "")


def _no_container(found: Any, target: Target) -> str:
    names: list[str] = []
    if isinstance(target, str):
        module = target.partition(":")[0]
        names = [f"{module}:{name}" for name in _containers_in(sys.modules[module])]
    hint = f"; did you mean {' or '.join(map(repr, names[:3]))}?" if names else ""
    return f"it is {_a(found)}, neither a container nor a function that returns one{hint}"


def _a(found: Any) -> str:
    if isinstance(found, type):
        return f"the class {found.__qualname__}"
    return "None" if found is None else f"an object of {type(found).__qualname__}"


def _containers_in(owner: Any) -> list[str]:
    found: dict[str, Any] = dict(getattr(owner, "__dict__", {}))
    return [
        name
        for name, value in found.items()
        if is_container(value) and not (isinstance(value, type) and value.__module__.startswith("tenure."))
    ]


def _near(name: str, known: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)


def is_container(found: Any) -> bool:
    """Tell whether *found* is a container of either face, or a class of declarative ones."""
    if isinstance(found, Container):
        return True
    declarative = sys.modules.get("tenure.containers")  # without it there is none
    return declarative is not None and bool(declarative.is_container(found))
