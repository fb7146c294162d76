"""What main is called with: what the caller gives, then what the container has for the other parameters."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tenure.errors import BindingError, Error, NoSuchProviderError
from tenure.model.binding import NOTHING, Collect, Need
from tenure.model.introspect import needs_of
from tenure.runner.options import Runnable
from tenure.workers.stop import Stop, in_main


@dataclass(frozen=True, slots=True)
class Wanted:
    """A parameter to fill in."""

    name: str
    key: Any
    value: Any = NOTHING
    """What it gets without asking; NOTHING: the value of the key."""


def wanted(container: Runnable, main: Callable[..., Any], n_given: int, stop: Stop) -> list[Wanted]:
    """
    Return the parameters of *main* to fill in; the first *n_given* are the caller's.

    One with a default, or that may be None, is filled in where the container has its key. What the container cannot
    know (no annotation, a marker of the wiring) is left to Python.
    """
    try:
        parameters = inspect.signature(main).parameters
        needs = needs_of(main, {})
    except (TypeError, ValueError, BindingError):
        return []  # written in C: it takes what it is given
    by_position = [p.name for p in parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    given = set(by_position[:n_given])
    found = [_wanted(container, need, stop) for need in needs if need.name not in given]
    return [each for each in found if each is not None]


def _wanted(container: Runnable, need: Need, stop: Stop) -> Wanted | None:
    if need.key is NOTHING:
        return None
    if need.key is Stop:
        return Wanted(need.name, Stop, stop.watch())
    if need.key in type(container).__mro__[:-1]:
        return Wanted(need.name, need.key, container)
    is_known = need.collect is not Collect.ONE or _has(container, need.key)
    if not is_known and need.optional and need.default is NOTHING:
        return Wanted(need.name, need.key, None)
    if not is_known and (need.default is not NOTHING or not hasattr(container, "__contains__")):
        return None
    return Wanted(need.name, _key_of(need))


def _has(container: Any, key: Any) -> bool:
    if hasattr(container, "__contains__"):
        return key in container
    try:
        container.__tenure_find__(key)
    except NoSuchProviderError:
        return False
    except Error:  # several: asking says which
        return True
    return True


def _key_of(need: Need) -> Any:
    if need.collect is Collect.LIST:
        return list[need.key]  # type: ignore[name-defined]  # a value, not a type
    if need.collect is Collect.DICT:
        return dict[str, need.key]  # type: ignore[name-defined]  # a value, not a type
    return need.key


def call(container: Runnable, main: Callable[..., Any], args: Sequence[Any], stop: Stop) -> Any:
    """Call *main* with what it wants; raises what getting that raises."""
    given = {w.name: container.get(w.key) if w.value is NOTHING else w.value for w in _of(container, main, args, stop)}
    with in_main():
        return _called(main, args, given)


async def acall(container: Runnable, main: Callable[..., Any], args: Sequence[Any], stop: Stop) -> Any:
    """Call *main* with what it wants, and await what it gives where that can be; raises what getting that raises."""
    given = {
        w.name: await container.aget(w.key) if w.value is NOTHING else w.value for w in _of(container, main, args, stop)
    }
    with in_main():
        made = _called(main, args, given)
        return await made if inspect.isawaitable(made) else made


def _of(container: Runnable, main: Callable[..., Any], args: Sequence[Any], stop: Stop) -> list[Wanted]:
    return wanted(container, main, len(args), stop)


def _called(main: Callable[..., Any], args: Sequence[Any], given: dict[str, Any]) -> Any:
    if not given:
        return main(*args)
    by_position = inspect.signature(main).parameters.values()
    positional = [given.pop(p.name) for p in by_position if p.kind is p.POSITIONAL_ONLY and p.name in given]
    return main(*args, *positional, **given)
