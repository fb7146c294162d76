"""
Graphs of n classes or n generator resources, for what is measured at 100, 1 000 and 10 000.

Each node needs two earlier ones, so that a graph of n nodes is about log2(n) deep: deeper ones exhaust the stack of
libraries that recurse.
"""

import linecache
import typing
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from benchmarks.adapters import by_type

FILE = "<many>"


@dataclass(frozen=True)
class Many:
    """The nodes of a graph, dependencies first."""

    classes: tuple[Any, ...]
    functions: tuple[Any, ...]
    """Generator functions, one for each class, that need the same."""
    needs: tuple[tuple[int, ...], ...]
    """For each node the numbers of those that it needs."""


def many(n: int) -> Many:
    """Return a graph of *n* nodes in a module of its own."""
    needs = tuple(tuple(sorted({number // 2, number // 3})) if number > 1 else () for number in range(n))
    names: dict[str, Any] = {"__name__": "benchmarks.many", "Iterator": Iterator}
    code = "\n".join(source(number, needs[number]) for number in range(n))
    # Some libraries read the source.
    linecache.cache[FILE] = (len(code), None, code.splitlines(keepends=True), FILE)
    exec(compile(code, FILE, "exec"), names)
    classes = tuple(names[f"Node{number}"] for number in range(n))
    functions = tuple(names[f"open_node{number}"] for number in range(n))
    by_type.YIELDED.update(zip(functions, classes, strict=True))
    return Many(classes, functions, needs)


def source(number: int, needs: tuple[int, ...]) -> str:
    """Return the code of one class and its generator function."""
    parameters = ", ".join(f"n{need}: Node{need}" for need in needs)
    arguments = ", ".join(f"n{need}" for need in needs)
    body = "".join(f"        self.n{need} = n{need}\n" for need in needs) or "        pass\n"
    own = f", {parameters}" if parameters else ""
    return (
        f"class Node{number}:\n    def __init__(self{own}) -> None:\n{body}"
        f"def open_node{number}({parameters}) -> Iterator[Node{number}]:\n"
        f"    node = Node{number}({arguments})\n"
        "    try:\n        yield node\n    finally:\n        node.closed = True\n"
    )


def build_by_hand(graph: Many) -> None:
    """Read the annotations of every class and sort them: what any library that checks has to do at least."""
    found: dict[Any, list[Any]] = {}
    for cls in graph.classes:
        hints = typing.get_type_hints(cls.__init__)
        found[cls] = [hint for name, hint in hints.items() if name != "return"]
    order = list(TopologicalSorter(found).static_order())
    assert len(order) == len(graph.classes)


def resolve_by_hand(graph: Many) -> list[Any]:
    """Make every object, dependencies first."""
    made: list[Any] = []
    for cls, needs in zip(graph.classes, graph.needs, strict=True):
        made.append(cls(*[made[need] for need in needs]))
    return made


def open_by_hand(graph: Many) -> tuple[ExitStack, list[Any]]:
    """Open every resource, dependencies first; return the stack that closes them, and what they yield."""
    managers = [contextmanager(function) for function in graph.functions]
    stack, made = ExitStack(), []
    for manager, needs in zip(managers, graph.needs, strict=True):
        made.append(stack.enter_context(manager(*[made[need] for need in needs])))
    return stack, made
