"""
What is measured in a process of its own, as `python -m benchmarks.apart WHAT MODULE N`: prints one JSON object.

*WHAT* is a function of this module; *MODULE* an adapter's, or "by_hand"; *N* how many providers, or scopes.
"""

import contextvars
import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks import many
from benchmarks.adapters.by_type import PAGE
from benchmarks.case import NotOfferedError, expect

LIMIT_S = 60  # of CPU
N_LOOKED_AT = 20  # of those that `many_built` builds


def adapter_of(module: str) -> Any:
    """Return a new adapter of the library *module*, which can hold many providers."""
    adapter = import_module(f"benchmarks.adapters.{module}").Adapter()
    if not hasattr(adapter, "many"):
        raise NotOfferedError("not offered")
    return adapter


def warm(module: str) -> None:
    """Do everything once, so that what is imported and made only once is not counted."""
    graph = many.many(8)
    if module == "by_hand":
        many.build_by_hand(graph)
        return
    adapter = adapter_of(module)
    container = adapter.many(graph.classes, graph.needs)
    for cls in graph.classes:
        adapter.getter(container)(cls)
    adapter.close(container)


def many_built(module: str, n: int) -> dict[str, float]:
    """Build and check a container of *n* classes; the seconds. Some of what it makes is looked at."""
    warm(module)
    graph = many.many(n)
    gc.collect()
    gc.freeze()
    if module == "by_hand":
        began = time.process_time()
        many.build_by_hand(graph)
        return {"build": time.process_time() - began}
    adapter = adapter_of(module)
    began = time.process_time()
    container = adapter.many(graph.classes, graph.needs)
    elapsed = time.process_time() - began
    get = adapter.getter(container)
    for number in range(0, n, max(1, n // N_LOOKED_AT)):
        node = get(graph.classes[number])
        expect(type(node) is graph.classes[number], f"node {number} of its class")
        for need in graph.needs[number]:
            expect(getattr(node, f"n{need}") is get(graph.classes[need]), f"node {number} with what it needs")
    return {"build": elapsed}


def check_made(graph: many.Many, made: list[Any]) -> None:
    """Look at every object of *graph*."""
    for number, (node, cls, needs) in enumerate(zip(made, graph.classes, graph.needs, strict=True)):
        expect(type(node) is cls, f"node {number} of its class")
        expect(all(getattr(node, f"n{need}") is made[need] for need in needs), f"node {number} with what it needs")


def many_closed(module: str, n: int) -> dict[str, float]:
    """Open *n* generator resources and close them; the seconds of either."""
    warm(module)
    graph = many.many(n)
    if module == "by_hand":
        gc.collect()
        gc.freeze()
        at = [time.process_time()]
        stack, made = many.open_by_hand(graph)
        close: Callable[[], Any] = stack.close
    else:
        adapter = adapter_of(module)
        container = adapter.many(graph.functions, graph.needs)
        get = adapter.getter(container)
        gc.collect()
        gc.freeze()
        at = [time.process_time()]
        made = [get(function) for function in graph.functions]

        def close() -> Any:
            return adapter.close(container)

    at.append(time.process_time())
    check_made(graph, made)
    expect(not any(hasattr(node, "closed") for node in made), "every resource open")
    began = time.process_time()
    close()
    ended = time.process_time()
    expect(all(node.closed for node in made), "every resource closed")
    return {"open": at[1] - at[0], "close": ended - began}


def traced() -> int:
    """Return how many bytes are allocated now."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def memory_providers(module: str, n: int) -> dict[str, float]:
    """Bytes per provider that a container of *n* classes takes, built and checked, and then with all objects made."""
    warm(module)
    graph = many.many(n)
    tracemalloc.start()
    before = traced()
    if module == "by_hand":
        kept: Any = None
        built = before
        made = many.resolve_by_hand(graph)
    else:
        adapter = adapter_of(module)
        kept = adapter.many(graph.classes, graph.needs)
        built = traced()
        get = adapter.getter(kept)
        for cls in graph.classes:
            get(cls)
    resolved = traced()
    if module != "by_hand":
        made = [get(cls) for cls in graph.classes]
    check_made(graph, made)
    return {"built": (built - before) / n, "resolved": (resolved - built) / n, "both": (resolved - before) / n}


def memory_scopes(module: str, n: int) -> dict[str, float]:
    """Bytes that each of *n* request scopes takes that are open at the same time and hold the five objects of S5n."""
    if module == "by_hand":
        by_hand = import_module("benchmarks.adapters.by_hand")
        enter: Callable[[], Any] = by_hand.page
    else:
        adapter = adapter_of(module)
        if not hasattr(adapter, "enter"):
            raise NotOfferedError("no request scopes")
        container = adapter.container(PAGE)

        def enter() -> Any:
            return adapter.opened(container)

    contexts = [contextvars.copy_context() for _ in range(n)]  # as every task has one of its own
    contexts[0].copy().run(enter)
    tracemalloc.start()
    kept: list[Any] = [None] * n
    before = traced()
    for number, context in enumerate(contexts):
        kept[number] = context.run(enter)
    return {"scope": (traced() - before) / n}


WHAT = {each.__name__: each for each in (many_built, many_closed, memory_providers, memory_scopes)}


def main(arguments: list[str]) -> None:
    """Measure one thing and print it."""
    what, module, n = arguments
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  # not on Windows

        resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_S, LIMIT_S))  # some libraries need hours for thousands
    print(json.dumps(WHAT[what](module, int(n))))


if __name__ == "__main__":
    main(sys.argv[1:])
