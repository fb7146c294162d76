"""
The resources of the scenarios: they open and close at once, fail where told to, and record everything.

They stand in a file of their own, so that what runs here is known for code of users.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tenure import Container, resource
from tests.laws.rig.trace import CLOSE_FAILED, CLOSED, CLOSING, FAILED, OPENED, Life, Trace


class Fault(Exception):
    """What nodes raise on purpose."""


@dataclass(slots=True)
class World:
    """What nodes meet in one run."""

    trace: Trace = field(default_factory=Trace)
    pause: Callable[[], None] = lambda: None
    """Called between the beginning and the end of opening and closing code."""
    faults: dict[str, int] = field(default_factory=dict)
    """How often "A.open" or "A.close" is still to fail."""
    request: Callable[[], str] = lambda: ""
    """Gives the name of the request that the running code belongs to."""
    era: str = ""
    """Set while an override stands: what is made then lives beside what was set aside."""
    within: dict[str, Callable[[], Any]] = field(default_factory=dict)
    """What "A.open" or "A.close" does besides, by place."""

    def fail(self, place: str) -> None:
        """Raise Fault if *place* is to fail now."""
        left = self.faults.get(place, 0)
        self.faults[place] = left - 1
        if left > 0:
            raise Fault(place)


class Value:
    """What a node gives: itself, and every instance below it."""

    def __init__(self, name: str, life: Life, needs: tuple["Value", ...]) -> None:
        self.name = name
        self.life = life
        self.needs = needs


class Stage:
    """Holds the world that the nodes of one container play in: one container serves many runs."""

    def __init__(self) -> None:
        self.world = World()

    def opened(self, name: str, needs: tuple[Value, ...], scope: str) -> Value:
        """Open *name*; return its value."""
        world = self.world
        place = f"root{world.era}" if scope == "root" else scope and f"{scope}{world.request()}"
        life = world.trace.opening(name, tuple(need.life for need in needs), place)
        try:
            world.pause()
            if (act := world.within.get(f"{name}.open")) is not None:
                act()
            world.fail(f"{name}.open")
        except BaseException as error:
            world.trace.note(FAILED, life, error)
            raise
        world.trace.note(OPENED, life, scope=place)
        return Value(name, life, needs)

    def closed(self, value: Value, shown: BaseException | None) -> None:
        """Close *value*."""
        world, name = self.world, value.name
        world.trace.note(CLOSING, value.life, shown)
        try:
            world.pause()
            if (act := world.within.get(f"{name}.close")) is not None:
                act()
            world.fail(f"{name}.close")
        except BaseException as error:
            world.trace.note(CLOSE_FAILED, value.life, error)
            raise
        world.trace.note(CLOSED, value.life)


def _generator(stage: Stage, name: str, scope: str) -> Any:
    def target(*needs: Value) -> Iterator[Value]:
        value = stage.opened(name, needs, scope)
        shown = None
        try:
            yield value
        except BaseException as error:
            shown = error
            raise
        finally:
            stage.closed(value, shown)

    return target


def _class(stage: Stage, name: str, scope: str, opening: str, closing: str) -> Any:
    def make(self: Any, *needs: Value) -> None:
        self.needs, self.name, self.life = needs, name, None

    def open_(self: Any) -> Any:
        self.life = stage.opened(name, self.needs, scope).life
        return self

    def close(self: Any, kind: Any = None, error: BaseException | None = None, trace: Any = None) -> None:
        stage.closed(self, error)

    return type(name, (Value,), {"__init__": make, opening: open_, closing: close})


def _plain(stage: Stage, name: str, scope: str) -> Any:
    def target(*needs: Value) -> Value:
        stage.world.pause()
        return Value(name, (name, 0), needs)

    return target


KINDS: dict[str, Callable[[Stage, str, str], Any]] = {
    "gen": _generator,
    "cm": lambda *of: contextmanager(_generator(*of)),
    "context": lambda *of: _class(*of, "__enter__", "__exit__"),
    "methods": lambda *of: _class(*of, "initialize", "dispose"),
    "plain": _plain,
}


def node(stage: Stage, written: str, scope: str = "root") -> Any:
    """
    Return the target *written* like "C:gen(A,B)": its name, its kind (generator where none is given), what it needs.

    Args:
        stage: where it plays.
        written: its name must be that of no other node of the container.
        scope: as its trace tells it.
    """
    head, _, needs = written.rstrip(")").partition("(")
    name, _, kind = head.partition(":")
    target = KINDS[kind or "gen"](stage, name, scope)
    names = [need for need in needs.split(",") if need]
    target.__signature__ = inspect.Signature(
        [
            inspect.Parameter(need.lower(), inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=KEYS[need])
            for need in names
        ]
    )
    return target


class A: ...


class B: ...


class C: ...


class D: ...


KEYS: dict[str, Any] = {"A": A, "B": B, "C": C, "D": D}
"""The types that nodes are bound to, by name."""


def key_of(written: str) -> Any:
    """Return the type that the node *written* is bound to."""
    return KEYS[written.partition("(")[0].partition(":")[0]]


def bind(container: Container, stage: Stage, *written: str, lifetime: str = "singleton", **options: Any) -> None:
    """Bind nodes, dependencies first; see `node`."""
    for each in written:
        target = node(stage, each, {"singleton": "root", "transient": ""}.get(lifetime, lifetime))
        if ":plain" in each:
            container.bind(key_of(each), target, scope=lifetime)
        else:
            container.bind(key_of(each), resource(scope=lifetime, **options)(target))
