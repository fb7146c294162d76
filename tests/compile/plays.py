"""
A play: a graph, what goes wrong in it, and a program that uses it. Pure data, drawn from a number.

The same number gives the same play, always; `repr` of a play is the play again.
"""

import random
from dataclasses import dataclass, replace
from typing import TypeAlias

SYNC_KINDS = ("generator", "contextmanager", "context class", "methods class", "closed by name")
ASYNC_KINDS = ("async generator", "async contextmanager", "async context class", "async methods class")
PLAIN_KINDS = ("class", "function")
READY_KINDS = ("value", "instance")
ALL_KINDS = (*SYNC_KINDS, *ASYNC_KINDS, *PLAIN_KINDS, *READY_KINDS, "async function")

LADDER = ("session", "request")
_WIDTH = {"singleton": 0, "session": 1, "request": 2, "call": 3, "transient": 0, None: 0}


@dataclass(frozen=True)
class Need:
    """A parameter: *node* is the place of what it takes, -1 for nothing bound."""

    node: int
    how: str = "plain"
    """ "plain", "optional" (`T | None = None`), "default", "list", "dict"."""


@dataclass(frozen=True)
class Node:
    name: str
    kind: str
    lifetime: str | None = "transient"
    needs: tuple[Need, ...] = ()
    options: tuple[tuple[str, object], ...] = ()
    is_many: bool = False
    """Whether it is bound to the common key, with its name as the qualifier, so that collections find it."""


@dataclass(frozen=True)
class Fault:
    """At *point* ("make", "open", "close") of a *life* of *node* (0: of each), *act* happens."""

    node: int
    point: str
    act: str
    life: int = 0
    key: int = 0


@dataclass(frozen=True)
class Get:
    key: int
    via: str = "container"
    """ "container", "scope", "outer", "plain" (never awaited), "use" (a method of it is called), "list"."""
    is_caught: bool = True


@dataclass(frozen=True)
class Scope:
    steps: "Steps" = ()
    name: str | None = None
    gives: bool = False
    is_sync: bool = False
    is_job: bool = False
    raises: str = ""
    """What its body raises at its end, if anything: "fault", "odd", "interrupt", "cancel"."""


@dataclass(frozen=True)
class Override:
    key: int
    steps: "Steps" = ()
    kind: str = "value"


@dataclass(frozen=True)
class Foreign:
    """A scope of another container is current around the steps."""

    steps: "Steps" = ()


@dataclass(frozen=True)
class Call:
    """An injected function is called."""

    keys: tuple[int, ...]
    scope: str | None = "call"
    raises: bool = False


@dataclass(frozen=True)
class Together:
    """Several tasks, or threads where nothing is awaited, ask at the same time."""

    keys: tuple[int, ...]


@dataclass(frozen=True)
class Do:
    """One of "look", "leave" (the innermost scope), "close", "reset", "start", "bind", "thread" (another one asks)."""

    what: str
    key: int = 0


Step: TypeAlias = Get | Scope | Override | Foreign | Call | Together | Do
Steps: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True)
class Play:
    world: str
    nodes: tuple[Node, ...]
    faults: tuple[Fault, ...] = ()
    steps: Steps = ()
    is_entered: bool = False
    """Whether the container is entered, so that singletons start, and left; else it is closed at the end."""
    is_forgotten: bool = False
    """Whether nobody closes it."""

    @property
    def is_loose(self) -> bool:
        """Whether something happens at the same time as something else, so that the order is not settled."""
        return any(isinstance(step, Together) for step in every_step(self.steps))


def every_step(steps: Steps) -> "list[Step]":
    return [each for step in steps for each in (step, *every_step(getattr(step, "steps", ())))]


class Draw:
    """Draws a play for *world* from *seed*."""

    def __init__(self, world: str, seed: int) -> None:
        self.world = world
        self.random = random.Random(f"{world} {seed}")
        self.nodes: list[Node] = []
        self.is_loose = self.chance(0.12)
        self.is_simple = self.chance(0.5)
        self.collects = not self.is_simple and self.chance(0.4)

    def chance(self, part: float) -> bool:
        return self.random.random() < part

    def play(self) -> Play:
        for number in range(self.random.randint(2, 7)):
            self.nodes.append(self.node(number))
        is_faulty = not self.is_loose and self.chance(0.8)
        faults = tuple(self.fault() for _ in range(self.random.choice((1, 1, 2, 3)))) if is_faulty else ()
        steps = self.steps(0)
        is_forgotten = self.world == "sync" and self.chance(0.1)
        return Play(self.world, tuple(self.nodes), faults, steps, self.chance(0.3) and not is_forgotten, is_forgotten)

    # the graph

    def node(self, number: int) -> Node:
        kind = self.kind()
        lifetime = self.random.choices(
            ("request", "transient", "singleton", None, "session", "call"), (50, 18, 14, 12, 4, 2)
        )[0]
        if self.is_simple and lifetime in ("session", "call"):
            lifetime = "request"
        if kind in READY_KINDS:
            lifetime = "transient"
        if self.is_loose and lifetime is None:
            lifetime = "request"  # of those who ask at the same time, the first decides who holds an ambient one
        is_many = self.collects and self.chance(0.4) and kind not in READY_KINDS
        needs = () if kind in READY_KINDS else self.needs(lifetime)
        return Node(f"N{number}", kind, lifetime, needs, self.options(kind), is_many)

    def kind(self) -> str:
        kinds: tuple[str, ...]
        if self.is_simple:
            kinds = ("generator", "generator", "class", "function")
            if self.world != "sync":
                kinds = (*kinds, "async generator", "async generator", "async function")
            return self.random.choice(kinds)
        kinds = (*PLAIN_KINDS, *SYNC_KINDS, "generator", "generator")
        if self.world != "sync" and self.chance(0.5):
            kinds = (*ASYNC_KINDS, "async generator", "async generator", "async function")
        return self.random.choice(READY_KINDS) if self.chance(0.05) else self.random.choice(kinds)

    def needs(self, lifetime: str | None) -> tuple[Need, ...]:
        usable = [i for i in range(len(self.nodes)) if self.widest(i) <= _WIDTH[lifetime] or self.chance(0.01)]
        if lifetime in ("transient", None):
            usable = list(range(len(self.nodes)))
        chosen = self.random.sample(usable, min(len(usable), self.random.choice((0, 1, 1, 2, 2, 3))))
        found = [Need(each, self.random.choices(("plain", "optional", "default"), (85, 8, 7))[0]) for each in chosen]
        if (
            self.collects
            and self.chance(0.2)
            and all(self.widest(i) <= _WIDTH[lifetime] for i, n in enumerate(self.nodes) if n.is_many)
        ):
            found.append(Need(-1, self.random.choice(("list", "dict"))))
            self.collects = False  # what comes later and needs this one would close a circle
        if self.chance(0.06):
            found.append(Need(-1, self.random.choices(("optional", "default", "plain"), (5, 5, 0.5))[0]))
        found.sort(key=lambda need: need.how in ("optional", "default"))
        return tuple(found)

    def widest(self, number: int) -> int:
        node = self.nodes[number]
        return max([_WIDTH[node.lifetime], *(self.widest(need.node) for need in node.needs if need.node >= 0)])

    def options(self, kind: str) -> tuple[tuple[str, object], ...]:
        if kind in (*PLAIN_KINDS, *READY_KINDS, "closed by name") or not self.chance(0.02 if self.is_simple else 0.2):
            return ()
        possible: list[tuple[str, object]] = [("optional", True), ("fallback", None), ("retry", 2), ("shield", True)]
        if "generator" in kind or "context" in kind:
            possible.append(("suppress", True))
        if kind.startswith("async"):
            possible.append(("open_timeout", 30))
        return (self.random.choice(possible),)

    # what goes wrong

    def fault(self) -> Fault:
        point = self.random.choices(("make", "open", "close"), (2, 4, 4))[0]
        resources = [i for i, node in enumerate(self.nodes) if node.kind in (*SYNC_KINDS, *ASYNC_KINDS)]
        node = self.key() if point == "make" or not resources else self.random.choice(resources)
        acts = ["raise"] * 6 + ["odd", "interrupt", "ask", "ask", "look", "look", "nest", "leave", "cancel"]
        if point == "close" or self.world == "sync":
            acts += ["close"]  # while something opens on a loop this may hang or leave a task, on either path
        if point == "close":
            acts += ["swallow", "swallow", "twice", "twice"]
        if point == "open":
            acts += ["never", "never"]
        return Fault(node, point, self.random.choice(acts), self.random.choice((0, 1, 1, 2)), self.key())

    def key(self) -> int:
        return self.random.randrange(len(self.nodes))

    # the program

    def steps(self, depth: int) -> Steps:
        found: list[Step] = []
        for _ in range(self.random.choice((1, 1, 2, 2, 3))):
            step = self.step(depth)
            found += [step] * (
                self.random.choice((2, 3) if self.is_simple else (1, 1, 2, 3)) if isinstance(step, Scope | Call) else 1
            )
        return tuple(found)

    def step(self, depth: int) -> Step:
        kinds = {"get": 40, "scope": 50 if depth < 2 else 0, "override": 5 if depth < 2 else 0, "inject": 6, "do": 8}
        kinds |= {"foreign": 4 if depth < 2 else 0, "together": 30 if self.is_loose else 0}
        if depth == 0:
            kinds |= {"get": 8, "scope": 70}
        what = self.random.choices(list(kinds), list(kinds.values()))[0]
        if what == "scope":
            return self.scope(depth)
        if what == "override":
            return Override(self.key(), self.steps(depth + 1), self.random.choice(("value", "class", "generator")))
        if what == "foreign":
            return Foreign(self.steps(depth + 1))
        if what == "inject":
            keys = tuple(self.key() for _ in range(self.random.choice((1, 1, 2))))
            return Call(keys, self.random.choice(("call", "call", None)), self.chance(0.2))
        if what == "together":
            return Together(tuple(self.key() for _ in range(self.random.randint(2, 4))))
        if what == "do":
            return self.do()
        return self.get()

    def get(self) -> Get:
        ways = ["container"] * 5 + ["scope"] * 8 + ["outer"] + ["list"] * any(node.is_many for node in self.nodes)
        if self.world != "sync":
            ways += ["plain", "use"]
        return Get(self.key(), self.random.choice(ways), self.chance(0.5))

    def do(self) -> Do:
        names = [
            "look",
            "look",
            "leave",
            "close",
            "reset",
            "start",
            "bind",
            *(["thread"] * 3 if self.world == "sync" else []),
        ]
        return Do(self.random.choice(names), self.key())

    def scope(self, depth: int) -> Scope:
        raises = (
            ""
            if self.is_loose
            else self.random.choices(("", "fault", "odd", "interrupt", "cancel"), (75, 15, 3, 3, 4))[0]
        )
        is_job = self.world != "sync" and (raises == "cancel" or self.chance(0.15))
        name = self.random.choices((None, "request", "session", "call"), (82, 8, 7, 3))[0]
        is_sync = self.world != "sync" and self.chance(0.1)
        steps = (*(self.get() for _ in range(self.random.choice((0, 1, 1, 2)))), *self.steps(depth + 1))
        return Scope(steps, name, self.chance(0.05), is_sync, is_job, raises)


def play_of(world: str, seed: int) -> Play:
    """Return the play of *world* that *seed* stands for."""
    return Draw(world, seed).play()


def smaller(play: Play) -> "list[Play]":
    """Return plays with a little less in them, for whoever looks for the smallest one that shows something."""
    found = [replace(play, steps=steps) for steps in _fewer(play.steps)]
    found += [replace(play, faults=play.faults[:i] + play.faults[i + 1 :]) for i in range(len(play.faults))]
    for i, node in enumerate(play.nodes):
        for less in _simpler(node):
            found.append(replace(play, nodes=(*play.nodes[:i], less, *play.nodes[i + 1 :])))
    found += [replace(play, is_entered=False)] if play.is_entered else []
    return [*found, replace(play, is_forgotten=False)] if play.is_forgotten else found


def _fewer(steps: Steps) -> "list[Steps]":
    found: list[Steps] = []
    for i, step in enumerate(steps):
        before, after = steps[:i], steps[i + 1 :]
        found.append((*before, *after))
        inner = getattr(step, "steps", None)
        if inner is not None:
            found.append((*before, *inner, *after))
            found += [(*before, replace(step, steps=less), *after) for less in _fewer(inner)]  # type: ignore[call-arg]
        if isinstance(step, Scope):
            plain = Scope(step.steps, step.name, raises=step.raises if step.raises != "cancel" else "")
            found += [(*before, plain, *after)] if plain != step else []
            found += [(*before, replace(step, raises=""), *after)] if step.raises else []
    return found


def _simpler(node: Node) -> "list[Node]":
    found = [replace(node, needs=node.needs[:i] + node.needs[i + 1 :]) for i in range(len(node.needs))]
    if node != Node(node.name, "class"):
        found.insert(0, Node(node.name, "class"))
    return found + [replace(node, options=())] * bool(node.options) + [replace(node, is_many=False)] * node.is_many
