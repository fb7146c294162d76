"""
What a program asks a container for outside of its graph: by functions under `@inject`, and by keys that its code names.

Reads the sources of modules that are imported, and runs nothing. That a key is named somewhere is taken for a use of
it, so that nothing is called unused that may be used.
"""

import ast
import gc
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from tenure.cli.finding import Refused
from tenure.cli.naming import Names, named_in
from tenure.cli.traces import trimmed
from tenure.errors import Finding
from tenure.hosting.looking import expect_applications
from tenure.keys import Key, class_of, show
from tenure.model.binding import NOTHING
from tenure.model.graph import declares_binding
from tenure.record import record
from tenure.runtime.injection import Injected


@record(eq=False)
class Looked:
    """What is known of a container besides its own graph."""

    findings: tuple[Finding, ...]
    """Those that it does not make itself."""
    is_sync: bool
    """Whether an application on it serves without an event loop."""
    program: "Program"


def looked_at(source: str, container: Any) -> Looked:
    """
    Return what is known of *container* besides its own graph, and have its applications tell it what they call.

    Args:
        source: `module:name` or a module alone, imported.
        container: of either face.

    Raises:
        Refused: the user's code raised while an application looked up what it calls.
    """
    try:
        found, is_sync = expect_applications(container)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
        raise Refused(f"what the applications on {source!r} call could not be looked up", 2, trimmed(error)) from None
    return Looked(tuple(found), is_sync, Program(source.partition(":")[0], container))


class Program:
    """
    What a program asks for.

    Args:
        module: the name of one of its modules, which is imported; all that are imported beside it or below are read.
        container: what is asked, of either face.
    """

    def __init__(self, module: str, container: Any) -> None:
        self._container = container
        self._wanted: set[int] = set()
        self._texts: set[str] = set()
        self._kept: list[Any] = []  # what an id stands for stays alive
        self._functions = _injected_for(container)
        for injected in self._functions:
            for need in injected.needs:
                self._note(need.key)
        for each in _modules_with(module):
            tree = _tree_of(each)
            if tree is not None:
                self._read(tree, each)

    def asks_for(self, key: Key) -> bool:
        """Tell whether the program asks for *key*, or may do so."""
        if isinstance(key, str):
            return key in self._texts
        cls = class_of(key)
        return id(key) in self._wanted or (cls is not None and id(cls) in self._wanted) or self._names(key)

    def functions_asking(self, key: Key) -> tuple[str, ...]:
        """Return the names of the injected functions that ask for *key*, in order of name."""
        found = {each.name for each in self._functions if any(need.key == key for need in each.needs)}
        found |= {_name_of(function) for function, provider in self._wired if provider is key}
        return tuple(sorted(f"{name}()" for name in found))

    @cached_property
    def _wired(self) -> list[tuple[Any, Any]]:
        """The functions of wiring, and what each is filled in from, by this container where none is wired yet."""
        if not isinstance(getattr(self._container, "providers", None), Mapping):
            return []
        from tenure.wiring.injected import injected_in  # noqa: PLC0415 - for declarative containers only
        from tenure.wiring.lookup import ProvidersMap  # noqa: PLC0415 - as above

        own, found = ProvidersMap(self._container), []
        for each in injected_in():
            for slot in each.slots:
                bound = each.serving(slot)
                found.append((each.function, own.resolve_marker(slot.marker) if bound is None else bound.provider))
        return found

    def _names(self, key: Key) -> bool:
        """Tell whether *key* is a provider that is named on another copy of its container, or by its name."""
        if not isinstance(getattr(self._container, "providers", None), Mapping) or not declares_binding(key):
            return False
        container, dot, name = show(key).rpartition(".")  # of an unnamed one, without a container
        return bool(container and dot) and any(text.endswith(f".{name}") for text in self._texts)

    def _read(self, tree: ast.Module, module: ModuleType) -> None:
        names = Names(module, tree)
        for asked in named_in(tree, names):
            if isinstance(asked, str):
                self._texts |= {asked, f".{asked}"}
            else:
                self._note(asked)
        self._texts |= {f".{name}" for name in names.providers}

    def _note(self, found: Any) -> None:
        if isinstance(found, str):
            self._texts.add(found)
            return
        cls = class_of(found) if found is not NOTHING else None
        self._kept += (found, cls)
        self._wanted |= {id(found)} | ({id(cls)} if cls is not None else set())


def _injected_for(container: Any) -> list[Injected]:
    """Return the functions under `@inject` that name *container* or none: nobody else knows of all of the latter."""
    found: list[Injected] = list(getattr(container, "_injected", ()))
    for each in gc.get_objects():
        if type(each) is FunctionType:
            injected = each.__dict__.get("__tenure_injected__")
            if isinstance(injected, Injected) and injected not in found:  # those of wiring say themselves what is wired
                found.append(injected)
    return found


def _name_of(function: Any) -> str:
    return str(getattr(function, "__qualname__", function))


def _modules_with(name: str) -> list[ModuleType]:
    """Return the imported modules of the program that the module *name* belongs to: those of its folder, and below."""
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    if file is None:
        return []
    top = sys.modules.get(name.partition(".")[0], module)
    whole = getattr(top, "__file__", None) if getattr(top, "__name__", "") != "tenure" else None  # else it is the demo
    folder = Path(whole or file).resolve().parent
    found = []
    for each in list(sys.modules.values()):
        path = getattr(each, "__file__", None)
        if isinstance(each, ModuleType) and isinstance(path, str) and path.endswith(".py"):
            below = Path(path).resolve()
            if below.is_relative_to(folder) and "site-packages" not in below.relative_to(folder).parts:
                found.append(each)
    return found


def _tree_of(module: ModuleType) -> ast.Module | None:
    try:
        return ast.parse(Path(str(module.__file__)).read_bytes())
    except (OSError, SyntaxError, ValueError):  # gone, or changed since
        return None
