"""Compile a container ahead of time and import what was written."""

import importlib
import sys
from itertools import count

from tenure import __version__
from tenure.compile.ahead import compiling
from tenure.compile.ahead_writer import written
from tenure.model.plan import Plans

_numbers = count(1)


def text_of(container, *, source="tests.ahead.shop:make_container", path="wiring.py"):
    """Return the module for *container*."""
    container.check()
    graph = container.engine.graph
    return written(graph, Plans(graph), container.engine.ladder, source=source, path=path, version=__version__)[0]


class Compiler:
    """Writes modules into a folder that is imported from."""

    def __init__(self, folder):
        self.folder = folder

    def compile(self, make_container):
        """Return the name of the module of resolvers for what *make_container* makes."""
        token = compiling.set(True)
        try:
            return self.keep(text_of(make_container("ignored while compiling")))
        finally:
            compiling.reset(token)

    def keep(self, text):
        """Return the name of a module with *text*."""
        name = f"wiring_{next(_numbers)}"
        (self.folder / f"{name}.py").write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        return name


def forget(names):
    for name in names:
        sys.modules.pop(name, None)
