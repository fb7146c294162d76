"""Random programs on the declarative face: providers, whole containers and copies of them."""

import inspect
import random
from functools import cache
from typing import Any

from tenure import containers, providers
from tenure.errors import AsyncInSyncError
from tests.laws.rig.trace import Trace
from tests.laws.stateful.loops import VirtualLoop
from tests.laws.stateful.makers import target
from tests.laws.stateful.nodes import ASYNC_KINDS, SYNC_KINDS, Node, Plain, Stage
from tests.laws.stateful.programs import N_SHAPES, PROGRAMS, SCENES, Program, _pause


class DeclaredScene:
    """A declarative container that many programs use, and what is in it."""

    def __init__(self, number: int) -> None:
        draw = random.Random(number)
        self.labels = False
        self.stage = Stage(Trace(), _pause)
        self.nodes: dict[str, Node] = {}
        made: dict[str, Any] = {}
        for key in range(draw.randint(2, 6)):
            name = f"n{key}"
            needs = draw.sample(list(made), min(len(made), draw.randint(0, 2)))
            args = [made[each] for each in needs]
            what = draw.choice(["resource", "resource", "resource", "singleton", "factory"])
            if what == "resource":
                node = Node(name, draw.choice((*SYNC_KINDS[:3], *ASYNC_KINDS[:3])), None)
                self.nodes[name] = node
                made[name] = providers.Resource(self.initializer(node), *args)
            else:
                make = providers.Singleton if what == "singleton" else providers.Factory
                made[name] = make(_plain, *args)
        self.container = type("Declared", (containers.DeclarativeContainer,), made)()

    def initializer(self, node: Node) -> Any:
        """Return a generator function or a context manager class."""
        return target(self.stage, node)


def _plain(*given: Any) -> Plain:
    return Plain(given)


@cache
def declared_scene(number: int) -> DeclaredScene:
    """Return the scene of that number."""
    return DeclaredScene(number)


class DeclaredProgram(Program):
    """One program on the declarative face."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.scene: Any = declared_scene(seed % N_SHAPES)
        self.container, self.stage = self.scene.container, self.scene.stage
        self.stage.trace, self.stage.touched = Trace(), []
        self.stage.armed.clear()
        self.n_cancels = 0
        self.errors = []
        self.loop = VirtualLoop(seed)

    async def user(self) -> None:
        """Call some providers."""
        names = [self.draw.choice(list(self.container.providers)) for _ in range(self.draw.randint(1, 3))]
        await self.later()
        for name in names:
            await _settled(self.container.providers[name]())
            await self.later(2)

    async def starter(self) -> None:
        """Open every resource."""
        await self.later()
        await self.container.init_resources()

    async def getter(self) -> None:
        """Use a copy of the container's class, which shares nothing."""
        await self.later()
        copied = type(self.container)()
        try:
            for name in list(copied.providers)[:2]:
                await _settled(copied.providers[name]())
        finally:
            await copied.shutdown_resources()

    async def overrider(self) -> None:
        """Replace a provider for a while; others may do so meanwhile."""
        provider = self.container.providers[self.draw.choice(list(self.container.providers))]
        await self.later()
        provider.override(providers.Factory(_plain))
        try:
            await self.later()
            await _settled(provider())
        finally:
            provider.reset_last_overriding()

    async def resetter(self) -> None:
        """Shut one resource down."""
        names = list(self.scene.nodes)
        await self.later()
        if names:
            await self.container.providers[self.draw.choice(names)].shutdown()

    async def closer(self) -> None:
        """Shut everything down while others are at it."""
        await self.later(10)
        await self.container.shutdown_resources()

    def refusals(self) -> tuple[type[BaseException], ...]:
        """A provider that has given values is refused what would have to be awaited."""
        return (*super().refusals(), AsyncInSyncError)

    def reopen(self) -> None:
        """A declarative container opens again by itself."""

    async def close(self) -> Any:
        """Close everything: those who are late open anew, so it is asked for till nothing is open."""
        await self.container.shutdown_resources()


async def _settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


SCENES.append(declared_scene)
PROGRAMS["declared"] = DeclaredProgram
