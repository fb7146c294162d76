"""
Containers whose nodes record what happens to them: one per shape, flavour and use, for many runs.

The parameters of a node are those of its shape, so its code is made from text; what it does is in `recording`.
"""

import string
import textwrap
from dataclasses import dataclass, field
from typing import Any

from tenure import Container, resource
from tests.laws.faults.plans import Trait
from tests.laws.faults.recording import Stage, aclosing, aopening, closing, making, opening
from tests.laws.rig.shapes import Shape
from tests.laws.rig.trace import Life

LIMIT_S = 3.0
"""Of opening and closing, in a container that a hang is tried in."""

FLAVOURS = {
    "gen": ("gen",),
    "cm": ("cm",),
    "methods": ("methods",),
    "mixed": ("gen", "plain", "cm", "methods"),
    "agen": ("agen",),
    "acm": ("acm",),
    "amethods": ("amethods",),
    "amixed": ("agen", "gen", "aplain", "acm", "plain", "amethods"),
}
"""The kinds of nodes, one after the other, round and round."""
SYNC_FLAVOURS = ("gen", "cm", "methods", "mixed")
ASYNC_FLAVOURS = ("agen", "acm", "amethods", "amixed")

_GENERATOR = """
    {a}def target({parameters}):
        run = stage.run
        life = run.trace.opening(name, lives({arguments}), scope)
        if {wait}opening({staged}run, life, name, YIELDS):
            return
        try:
            yield Value((life,))
        except BaseException as error:
            if run.collected(life, error):
                raise
            directive = {wait}closing({staged}run, life, name, YIELDS | SEES, error)
            if directive == "Swallow":
                return
            if directive == "Twice":
                yield None
            raise
        else:
            if {wait}closing({staged}run, life, name, YIELDS | SEES, None) == "Twice":
                yield None
    """
_CONTEXT = """
    class target:
        def __init__({self_parameters}):
            self.run = stage.run
            self.run.hit(name + ".make", OPEN)
            self.needs = lives({arguments})

        {a}def __{a_}enter__(self):
            self.life = self.run.trace.opening(name, self.needs, scope)
            {wait}opening({staged}self.run, self.life, name, NONE)
            return Value((self.life,))

        {a}def __{a_}exit__(self, kind, error, trace):
            return {wait}closing({staged}self.run, self.life, name, SEES, error) == "Swallow"
    """
_METHODS = """
    class target:
        def __init__({self_parameters}):
            stage.run.hit(name + ".make", OPEN)
            self.needs = ({tuple_})
            self.run, self.life = None, (name, 0)

        @property
        def lives(self):
            return (self.life if self.run is stage.run else (name, 0),)  # 0: of an earlier run, open no more

        {a}def initialize(self):
            self.run = stage.run  # an object whose opening failed may be opened again in a later run
            self.life = self.run.trace.opening(name, lives(*self.needs), scope)
            {wait}opening({staged}self.run, self.life, name, NONE)

        {a}def dispose(self):
            {wait}closing({staged}self.run, self.life, name, NONE, None)
    """
_PLAIN = """
    def target({parameters}):
        stage.run.hit(name + ".make", OPEN)
        return Value(lives({arguments}))
    """
_APLAIN = """
    async def target({parameters}):
        await making(stage, stage.run, name)
        return Value(lives({arguments}))
    """
_SOURCES = {"gen": _GENERATOR, "cm": _CONTEXT, "methods": _METHODS, "plain": _PLAIN}


class Value:
    """What a node gives: the instances that whoever gets it depends on."""

    __slots__ = ("__weakref__", "lives")

    def __init__(self, lives: tuple[Life, ...]) -> None:
        self.lives = lives


@dataclass(slots=True)
class Subject:
    """
    A container under test.

    Attributes:
        keys: of all nodes.
        sinks: keys of the nodes that no other needs.
        blind: names of the nodes whose closing code is not shown the outcome.
    """

    container: Container
    stage: Stage
    keys: list[Any] = field(default_factory=list)
    sinks: list[Any] = field(default_factory=list)
    blind: set[str] = field(default_factory=set)


def lives(*needs: Any) -> tuple[Life, ...]:
    """Return the instances behind the values *needs*."""
    return tuple(life for need in needs for life in need.lives)


def build(shape: Shape, flavour: str, scopes: list[str | None], *, max_parallel: int | None, is_timed: bool) -> Subject:
    """
    Return a container of *shape*.

    Args:
        shape: see `shapes`.
        flavour: one of `FLAVOURS`.
        scopes: the lifetime of each node; None: ambient.
        max_parallel: of the container.
        is_timed: whether asynchronous nodes have limits of `LIMIT_S`.
    """
    subject = Subject(Container(max_parallel=max_parallel), Stage())
    kinds = FLAVOURS[flavour]
    for number, needs in enumerate(shape):
        kind, name = kinds[number % len(kinds)], string.ascii_uppercase[number]
        key, target = _target(kind, name, [subject.keys[need] for need in needs], scopes[number], subject.stage)
        subject.keys.append(key)
        if kind.endswith("methods"):
            subject.blind.add(name)
        if kind.endswith("plain"):
            subject.container.bind(key, target)
            continue
        limits = {"open_timeout": LIMIT_S, "close_timeout": LIMIT_S} if is_timed and kind.startswith("a") else {}
        subject.container.bind(key, resource(scope=scopes[number], **limits)(target))
    needed = {need for needs in shape for need in needs}
    subject.sinks = [key for number, key in enumerate(subject.keys) if number not in needed]
    return subject


def _target(kind: str, name: str, needs: list[Any], scope: str | None, stage: Stage) -> tuple[Any, Any]:
    names = [f"n{number}" for number in range(len(needs))]
    parameters = ", ".join(f"{each}: T{each}" for each in names)
    is_async = kind in ("agen", "acm", "amethods")
    template = _APLAIN if kind == "aplain" else _SOURCES[kind[1:] if is_async else kind]
    source = textwrap.dedent(template).format(
        parameters=parameters,
        self_parameters=f"self, {parameters}" if names else "self",
        arguments=", ".join(names),
        tuple_="".join(f"{each}, " for each in names),
        a="async " if is_async else "",
        a_="a" if is_async else "",
        wait="await " if is_async else "",
        staged="stage, " if is_async else "",
    )
    namespace: dict[str, Any] = {f"T{each}": need for each, need in zip(names, needs, strict=True)}
    namespace |= {
        "stage": stage, "name": name, "Value": Value, "lives": lives, "making": making, "__name__": __name__,
        "opening": aopening if is_async else opening, "closing": aclosing if is_async else closing,
        "scope": "root" if scope in (None, "singleton") else scope, "NONE": Trait(0), "OPEN": Trait.OPEN,
        "YIELDS": Trait.YIELDS, "SEES": Trait.SEES,
    }  # fmt: skip
    exec(source, namespace)
    target = namespace["target"]
    target.__name__ = target.__qualname__ = f"Node{name}"
    key = target if isinstance(target, type) else type(f"Node{name}", (Value,), {"__module__": __name__})
    return key, target
