"""
A pytest plugin: every container compiles itself ahead of time before anything is asked of it.

`pytest -p tests.ahead.everywhere tests/engine` runs any tests so; what they expect holds with and without. How many
bindings were served so is told at the end.
"""

import sys
import threading
import types
import weakref

from tenure import __version__
from tenure.compile.ahead import Ahead
from tenure.compile.ahead_writer import written
from tenure.errors import TenureError
from tenure.model.check import findings_of
from tenure.model.plan import Plans
from tenure.runtime.engine import Engine
from tenure.runtime.scope import State

_seen: "weakref.WeakSet[Engine]" = weakref.WeakSet()
_compile = Engine.compile
_lock = threading.RLock()
served = 0


def compile_(engine, key, is_async):
    with _lock:
        if engine not in _seen and not engine.used and not engine.replaced and engine.root.state is State.OPEN:
            _seen.add(engine)
            compile_ahead(engine)
    return _compile(engine, key, is_async)


def compile_ahead(engine):
    """Have *engine* take resolvers that were written for its graph, unless that has errors."""
    global served  # noqa: PLW0603 - a plugin has no other place
    graph, name = engine.graph, "tests_ahead_everywhere"
    try:
        if any(finding.level == "error" for finding in findings_of(graph, engine.ladder, ())):
            return
        text, n_written, _ = written(
            graph, Plans(graph), engine.ladder, source="a:container", path="b.py", version=__version__
        )
    except TenureError:
        return
    module = sys.modules[name] = types.ModuleType(name)
    exec(text, module.__dict__)
    engine.ahead = Ahead(name)
    del sys.modules[name]
    served += n_written


Engine.compile = compile_


def pytest_terminal_summary(terminalreporter):
    terminalreporter.line(f"bindings served ahead of time: {served}")
