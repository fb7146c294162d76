"""A scenario, and what its actors can do: get, use, start, close, reset, override, live in a request."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from tenure import Container, resource
from tests.laws.rig.trace import Life
from tests.laws.schedules.nodes import Node, target
from tests.laws.schedules.stage import CLOSER, OTHER, STARTER, USER, Actor, Stage, lives, waiting
from tests.laws.schedules.world import Value, World, request

CLOSED, FAULT, CIRCLE, TIMEOUT, REBUILT = "closed", "fault", "circle", "timeout", "rebuilt"
"""What a scenario may bring upon those who do nothing wrong."""


@dataclass(slots=True)
class Built:
    """The container of a scenario, used again by run after run."""

    container: Any
    keys: dict[str, Any]
    world: World

    def roots(self) -> list[Any]:
        """Return the root scopes that hold what is open."""
        return [self.container.engine.root]

    def reopen(self) -> None:
        """Begin a new life of the container."""
        self.container.engine.reopen()

    async def open(self) -> None:
        """Open everything."""
        await self.container.start()

    async def close(self) -> None:
        """Close what is still open."""
        await self.container.aclose()


@dataclass(slots=True)
class Scene:
    """One run of a scenario."""

    stage: Stage
    built: Built

    @property
    def world(self) -> World:
        """What the nodes meet."""
        return self.built.world

    @property
    def container(self) -> Any:
        """The container under test."""
        return self.built.container

    def key(self, name: str) -> Any:
        """Return the key of a node."""
        return self.built.keys[name]

    def user(self, name: str, *wanted: str, steady: bool = True) -> Actor:
        """Start one who gets *wanted* and uses it; *steady*: what it gets stays open while it uses it."""

        async def run(actor: Actor) -> Any:
            await self.stage.any_time()
            values = []
            for node in wanted:
                closing = self.world.closing()
                with waiting(self.stage, actor):
                    value = await self.container.aget(self.key(node))
                self.look(name, node, value, steady, closing)
                values.append(value)
            await self.stage.pause()
            return tuple(lives(value) for value in values)

        return self.stage.start(name, USER, run)

    def look(self, name: str, node: str, value: Value, steady: bool, closing: Collection[Life] = ()) -> None:
        """
        Look at the *value* that *name* got for *node*.

        Args:
            name: of the actor.
            node: what it asked for.
            value: what it got.
            steady: whether it must be open now.
            closing: what was being closed, or was closed, when it asked.
        """
        if not isinstance(value, self.key(node)):
            self.world.seen.append(("L33", f"{name} asked for {node} and got {value!r}"))
        for life in lives(value):
            if life in closing:
                text = f"{name} was given {life[0]}{life[1]}, whose closing had begun when it asked"
                self.world.seen.append(("L11", text))
            if steady and life not in self.world.live:
                self.world.seen.append(("L11", f"{name} was given {life[0]}{life[1]}, which is not open"))

    def visitor(self, name: str, *wanted: str, steady: bool = True) -> Actor:
        """Start one who opens a request, gets *wanted* in it, and leaves it."""

        async def run(actor: Actor) -> Any:
            await self.stage.any_time()
            request.set(name)
            async with self.container.resource_scope() as scope:
                for node in wanted:
                    self.look(name, node, await scope.aget(self.key(node)), steady)
                await self.stage.pause()
            return None

        return self.stage.start(name, USER, run)

    def closer(self, name: str, n_cancels: int = 0) -> Actor:
        """Start one who closes the container, and is cancelled *n_cancels* times."""

        async def run(actor: Actor) -> None:
            await self.stage.any_time()
            actor.has_begun = True
            actor.asked_at = len(self.world.trace.steps)
            await self.container.aclose()

        actor = self.stage.start(name, CLOSER, run)
        if n_cancels:
            self.stage.cancel(actor, n_cancels)
        return actor

    def starter(self, name: str, **options: Any) -> Actor:
        """Start one who opens everything eagerly."""

        async def run(actor: Actor) -> None:
            await self.stage.any_time()
            actor.has_begun = True
            await self.container.start(**options)

        return self.stage.start(name, STARTER, run)

    def resident(self, name: str) -> Actor:
        """Start one who enters the container, stays a little, and leaves it."""

        async def run(actor: Actor) -> None:
            await self.stage.any_time()
            actor.has_begun = True
            async with self.container:
                await self.stage.pause()

        return self.stage.start(name, CLOSER, run)

    def resetter(self, name: str, node: str) -> Actor:
        """Start one who resets *node*."""

        async def run(actor: Actor) -> None:
            await self.stage.any_time()
            await self.container.areset(self.key(node))

        return self.stage.start(name, OTHER, run)

    def overrider(self, name: str, node: str, wanted: str) -> Actor:
        """Start one who overrides *node* for a while and gets *wanted* meanwhile."""

        async def run(actor: Actor) -> None:
            await self.stage.any_time()
            async with self.container.override(self.key(node), self.key(node)()):
                self.world.era = "+override"
                value = await self.container.aget(self.key(wanted))
                self.look(name, wanted, value, steady=False)
            self.world.era = ""

        return self.stage.start(name, OTHER, run)


@dataclass(frozen=True, slots=True)
class Scenario:
    """
    A few actors on one container.

    Attributes:
        name: as cases write it.
        nodes: the graph, dependencies first; see `nodes`.
        play: starts the actors; waits for nothing.
        options: arguments of `resource`, by node.
        faults: how often "A.open" or "A.close" fails.
        may: what innocent actors may meet.
        interruptible: whether a cancel may reach closing code, which the design allows for requests.
        with_timers: whether time may run out although something is ready.
        settings: arguments of `Container`.
        is_opened: whether everything is open when the actors begin.
        is_known: whether all code counts as having run before, so that requests go the swift way.
        judge: looks for what only this scenario promises; gives law and text of what is broken.
        backends: where it is played.
        make: builds the container; None: the type-driven face.
    """

    name: str
    nodes: tuple[str, ...]
    play: Callable[[Scene], None]
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)
    may: frozenset[str] = frozenset()
    interruptible: bool = False
    with_timers: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_opened: bool = False
    is_known: bool = False
    judge: Callable[[Scene], list[tuple[str, str]]] = lambda scene: []
    backends: tuple[str, ...] = ("asyncio", "trio")
    make: Callable[["Scenario", World], Built] | None = None

    def build(self) -> Built:
        """Return a container with the graph of this scenario."""
        world = World()
        return self.make(self, world) if self.make is not None else typed(self, world)


def typed(scenario: Scenario, world: World) -> Built:
    """Return the graph of *scenario* in a type-driven container."""
    container = Container(**{"close_timeout": None, **scenario.settings})
    if any("close_timeout" in options for options in scenario.options.values()):
        container.observe(world.observe)
    keys: dict[str, type] = {}
    for text in scenario.nodes:
        node = Node.parse(text)
        key = keys[node.name] = type(node.name, (Value,), {"__slots__": ()})
        made = target(node, world, key, [keys[need] for need in node.needs])
        if node.flavour == "plain":
            container.bind(key, made, scope=node.scope)
        else:
            container.bind(key, resource(scope=node.scope, **scenario.options.get(node.name, {}))(made))
    if scenario.is_known:
        for key in keys.values():
            container.engine.compile(key, is_async=True)
            container.engine.hot.unwatch(key, has_run=container.engine.hot.watch(key))
    return Built(container, keys, world)
