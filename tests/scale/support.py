"""
Containers of any size and shape, and the lines of Python that it takes to work with them.

Twice the providers, about twice the lines; what a quadratic cost adds would more than double them.
"""

import sys

from tenure import containers, providers
from tests.providers.support import Thing

SHAPES = {
    "wide": lambda i: [],
    "chain": lambda i: [i - 1] if i else [],
    "tree": lambda i: [(i - 1) // 10] if i else [],
}
SMALL, LARGE = 75, 150
MOST = 2.4
"""How many times as many lines as for half of it; 4 would be quadratic."""


class Counter:
    """Counts the lines of Python that run inside `with`."""

    def __init__(self):
        self.n = 0

    def __enter__(self):
        self._before = sys.gettrace()
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_):
        sys.settrace(self._before)

    def _trace(self, frame, event, arg):
        self.n += 1
        return self._trace


def opening(*needs):
    yield Thing(*needs)


async def late(*needs):
    yield Thing(*needs)


def described(n, shape, initializer=opening, kind=providers.Resource):
    """Return *n* providers by name, each with what it needs."""
    made = []
    for i in range(n):
        made.append(kind(initializer, *[made[each] for each in SHAPES[shape](i)]))
    return {f"p{i}": provider for i, provider in enumerate(made)}


def class_of(described_):
    return type(containers.DeclarativeContainer)("App", (containers.DeclarativeContainer,), described_)


def app_of(n, shape, initializer=opening, kind=providers.Resource):
    return class_of(described(n, shape, initializer, kind))()


def assert_linear(prepare, act, undo=lambda prepared: None):
    """Assert that *act* on what `prepare(n)` gives costs in proportion to n."""
    counted = []
    for n in (10, SMALL, LARGE):  # the first to have everything imported and compiled
        prepared = prepare(n)
        with Counter() as counter:
            act(prepared)
        undo(prepared)
        counted.append(counter.n)

    assert counted[2] / counted[1] < MOST, counted


def shut(app):
    app.shutdown_resources()


class OpcodeCounter(Counter):
    """Counts bytecodes: what a comprehension goes through on its one line is seen as well."""

    def _trace(self, frame, event, arg):
        frame.f_trace_opcodes = True
        self.n += event == "opcode"
        return self._trace
