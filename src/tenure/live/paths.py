"""
The way from an object to another one, as a pickler goes it.

What an object is made from is asked of it as picklers do (`__reduce_ex__`), so that what it leaves out of its state is
not found in it. Classes, modules and functions with a name go by that name, and nothing in them is looked at.
"""

import copyreg
import functools
import sys
import types
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from tenure.live import is_live

LIMIT = 20_000
"""How many objects are looked at before the search is given up."""
PLAIN: tuple[type, ...] = (type(None), bool, int, float, complex, str, bytes, bytearray, range, type, types.ModuleType)
"""Types whose objects refer to nothing that would travel."""


def paths(
    start: Any,
    name: str,
    is_wanted: Callable[[Any], bool],
    limit: int = LIMIT,
    seen: dict[int, Any] | None = None,
) -> Iterator[tuple[str, Any]]:
    """
    Give what is wanted among what would travel with *start*, and the way to it, the nearest first.

    Args:
        start: any object.
        name: what it is called, with which each way begins.
        is_wanted: tells whether an object is looked for; nothing inside such a one is looked at.
        limit: how many objects are looked at, >= 1.
        seen: an empty dict, in which everything that is looked at is left.
    """
    queue = deque([(name, start)])
    seen = {} if seen is None else seen  # holds what was made for the search, so that no number is used twice
    while queue and len(seen) < limit:
        path, each = queue.popleft()
        if id(each) in seen or (isinstance(each, PLAIN) and not is_wanted(each)):
            continue
        seen[id(each)] = each
        if is_wanted(each):
            yield path, each
        else:
            queue.extend((path + step, part) for step, part in _parts(each))


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """Give what a pickler goes on to from *value*, and how it is reached."""
    if isinstance(value, dict):
        yield from ((f"[{_key(key)}]", each) for key, each in list(value.items()))
        yield from ((f".key({number})", key) for number, key in enumerate(list(value)))
    if isinstance(value, list | tuple):
        yield from ((f"[{number}]", each) for number, each in enumerate(list(value)))
    if isinstance(value, set | frozenset):
        yield from ((f".item({number})", each) for number, each in enumerate(list(value)))
    if type(value) in (dict, list, tuple, set, frozenset):
        return
    if isinstance(value, types.FunctionType):
        yield from _parts_of_function(value)
    elif isinstance(value, types.MethodType):
        yield ".__self__", value.__self__
        yield ".__func__", value.__func__
    elif isinstance(value, functools.partial):
        yield from ((".func", value.func), (".args", value.args), (".keywords", value.keywords))
        yield from _parts(vars(value))
    else:
        yield from _parts_of_object(value)


def _key(key: Any) -> str:
    text = repr(key)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _parts_of_function(function: Any) -> Iterator[tuple[str, Any]]:
    """Give what goes with a function by value, which some picklers do where it has no name to be found by."""
    found: Any = sys.modules.get(function.__module__)
    for name in function.__qualname__.split("."):
        found = getattr(found, name, None)
    if found is function and function.__module__ != "__main__":
        return
    code = function.__code__
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield f".closure({name})", cell.cell_contents
        except ValueError:  # nothing is in it yet
            continue
    yield from ((f".default({number})", each) for number, each in enumerate(function.__defaults__ or ()))
    yield from ((f".default({name})", each) for name, each in (function.__kwdefaults__ or {}).items())
    known = function.__globals__
    yield from ((f".global({name})", known[name]) for name in code.co_names if name in known)
    yield from ((f".{name}", each) for name, each in vars(function).items())


def _parts_of_object(value: Any) -> Iterator[tuple[str, Any]]:
    reduced = _reduced(value)
    if not isinstance(reduced, tuple):
        return
    function, args, state, items, pairs = (*reduced, None, None, None)[:5]
    own = args[1:] if function is copyreg.__newobj__ else args  # type: ignore[attr-defined]  # not in typeshed
    yield from ((f".args[{number}]", each) for number, each in enumerate(own or ()))
    for part in state if isinstance(state, tuple) and len(state) == 2 else (state,):
        if isinstance(part, dict):
            yield from ((f".{name}", each) for name, each in part.items())
        elif part is not None:
            yield ".state", part
    if items is not None:
        yield from ((f"[{number}]", each) for number, each in enumerate(items))
    if pairs is not None:
        for key, each in pairs:
            yield f"[{_key(key)}]", each


def _reduced(value: Any) -> Any:
    """Return what *value* is made from, as `__reduce_ex__` says it; None where it refuses to be pickled."""
    if is_live(value):
        return None  # another one: asked, it would begin a search of its own
    reduce = copyreg.dispatch_table.get(type(value))
    try:
        return value.__reduce_ex__(4) if reduce is None else reduce(value)
    except Exception:  # noqa: BLE001 - whatever it says against being pickled
        return None
