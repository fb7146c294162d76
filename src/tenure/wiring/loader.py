"""
The loader: wires modules as they are imported, for containers that are registered with it.

It is a finder in front of the others. What they find for a source file is told to wire the module when it has run; the
loader stays the one that they gave.
"""

import sys
import types
from collections.abc import Callable, Sequence
from importlib.machinery import ExtensionFileLoader, ModuleSpec, SourceFileLoader, SourcelessFileLoader
from typing import Any

from tenure.wiring.patching import wire

_FILES = (SourceFileLoader, SourcelessFileLoader, ExtensionFileLoader)


class AutoLoader:
    """Wires modules as they are imported; one of it is enough for a program."""

    def __init__(self) -> None:
        self._containers: list[Any] = []

    @property
    def installed(self) -> bool:
        """Whether it looks at imports."""
        return any(finder is self for finder in sys.meta_path)

    def install(self) -> None:
        """Look at imports from now on."""
        if not self.installed:
            sys.meta_path.insert(0, self)

    def uninstall(self) -> None:
        """Look at them no more."""
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self]

    def register_containers(self, *containers: Any) -> None:
        """Wire what is imported from now on to *containers* too; installs the loader."""
        self._containers += [each for each in containers if not any(each is known for known in self._containers)]
        if self._containers:
            self.install()

    def unregister_containers(self, *containers: Any) -> None:
        """Leave *containers* out from now on; without any left the loader is uninstalled."""
        self._containers = [known for known in self._containers if not any(known is each for each in containers)]
        if not self._containers:
            self.uninstall()

    def wire_module(self, module: types.ModuleType) -> None:
        """Wire *module* to every container that is registered."""
        for container in self._containers:
            method: Callable[..., Any] | None = getattr(container, "wire", None)
            if method is not None:
                method(modules=[module])
            else:
                wire(container, modules=[module])

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what the other finders find, with the wiring added."""
        for finder in list(sys.meta_path):
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find(fullname, path, target) if find is not None else None
            if spec is not None:
                self._add_to(spec)
                return spec
        return None

    def _add_to(self, spec: ModuleSpec) -> None:
        """Only loaders made for one file are told: others are shared by many modules."""
        loader: Any = spec.loader
        if not isinstance(loader, _FILES):
            return
        execute = loader.exec_module

        def exec_module(module: types.ModuleType) -> None:
            del vars(loader)["exec_module"]
            execute(module)
            self.wire_module(module)

        vars(loader)["exec_module"] = exec_module


_loader = AutoLoader()


def register_loader_containers(*containers: Any) -> None:
    """Wire modules that are imported from now on to *containers*; installs the loader."""
    _loader.register_containers(*containers)


def unregister_loader_containers(*containers: Any) -> None:
    """Wire modules that are imported from now on to *containers* no more."""
    _loader.unregister_containers(*containers)


def install_loader() -> None:
    """Look at imports, for the containers that are registered."""
    _loader.install()


def uninstall_loader() -> None:
    """Look at imports no more; the containers stay registered."""
    _loader.uninstall()


def is_loader_installed() -> bool:
    """Tell whether imports are looked at."""
    return _loader.installed
