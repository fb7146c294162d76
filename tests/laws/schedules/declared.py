"""Scenarios on the declarative face: providers are called, `init_resources` and `shutdown_resources` run meanwhile."""

from inspect import isawaitable
from typing import Any

from tenure import containers, providers
from tests.laws.schedules.nodes import Node, target
from tests.laws.schedules.scene import CLOSED, FAULT, REBUILT, Built, Scenario, Scene
from tests.laws.schedules.stage import CLOSER, OTHER, USER, Actor, lives, waiting
from tests.laws.schedules.world import Value, World


class DeclaredBuilt(Built):
    """A declarative container; it is never closed for good, so nothing has to be reopened."""

    def roots(self) -> list[Any]:
        """Return the root scope of its engine."""
        return [self.container.__tenure_engine__.root]

    def reopen(self) -> None:
        """Nothing to do."""

    async def open(self) -> None:
        """Open everything."""
        await self.container.init_resources()

    async def close(self) -> None:
        """Close what is open."""
        await self.container.shutdown_resources()


def declared(scenario: Scenario, world: World) -> Built:
    """Return the graph of *scenario* as providers."""
    container = containers.DynamicContainer()
    keys: dict[str, Any] = {}
    for text in scenario.nodes:
        node = Node.parse(text)
        keys[node.name] = key = type(node.name, (Value,), {"__slots__": ()})
        kind = providers.Singleton if node.flavour == "plain" else providers.Resource
        made = target(node, world, key, [Any for _ in node.needs])
        setattr(container, node.name, kind(made, *(getattr(container, need) for need in node.needs)))
    return DeclaredBuilt(container, keys, world)


def _ask(scene: Scene, name: str, node: str) -> Actor:
    async def run(actor: Actor) -> Any:
        await scene.stage.any_time()
        with waiting(scene.stage, actor):
            made = getattr(scene.container, node)()
            value = await made if isawaitable(made) else made
        await scene.stage.pause()
        return (lives(value),)

    return scene.stage.start(name, USER, run)


def _call(scene: Scene, name: str, role: str, path: str) -> Actor:
    """Start one who calls the method *path* of the container, such as "A.shutdown"."""

    async def run(actor: Actor) -> None:
        await scene.stage.any_time()
        actor.has_begun = True
        method = scene.container
        for part in path.split("."):
            method = getattr(method, part)
        await method()

    return scene.stage.start(name, role, run)


def _tale(
    name: str,
    calls: tuple[str, ...],
    *,
    users: int = 0,
    cancels: tuple[str, ...] = (),
    nodes: tuple[str, ...] = ("A", "B(A)"),
    is_opened: bool = False,
    faults: tuple[str, ...] = (),
) -> Scenario:
    def play(scene: Scene) -> None:
        role = CLOSER if is_opened and not users else OTHER
        actors = [_ask(scene, f"user{number}", nodes[-1][0]) for number in range(users)]
        actors += [_call(scene, f"{path}{number}", role, path) for number, path in enumerate(calls)]
        for actor in actors:
            if actor.name in cancels:
                scene.stage.cancel(actor)

    may = {REBUILT, *((CLOSED,) if any("shutdown" in path for path in calls) else ()), *((FAULT,) if faults else ())}
    return Scenario(
        f"declared/{name}",
        nodes,
        play,
        faults=dict.fromkeys(faults, 1),
        may=frozenset(may),
        is_opened=is_opened,
        make=declared,
    )


_INIT, _SHUT = "init_resources", "shutdown_resources"

DECLARED: list[Scenario] = [
    _tale("get2", (), users=2),
    _tale("get2+cancel", (), users=2, cancels=("user0",)),
    _tale("get+shutdown", (_SHUT,), users=1),
    _tale("get2+shutdown2", (_SHUT, _SHUT), users=2),
    _tale("init+shutdown", (_INIT, _SHUT)),
    _tale("init2", (_INIT, _INIT)),
    _tale("init+get+cancel", (_INIT,), users=1, cancels=(f"{_INIT}0",)),
    _tale("init!+get", (_INIT,), users=1, faults=("B.open",)),
    _tale("opened+shutdown2", (_SHUT, _SHUT), is_opened=True),
    _tale("opened+shutdown2+cancel", (_SHUT, _SHUT), is_opened=True, cancels=(f"{_SHUT}0",)),
    _tale("opened+shutdown~", (_SHUT,), is_opened=True, faults=("A.close", "B.close")),
    _tale("opened+shutdown-A+get", ("A.shutdown",), users=1, is_opened=True),
    _tale("opened+shutdown-A+shutdown", ("A.shutdown", _SHUT), is_opened=True),
    _tale("through+shutdown-A", ("A.shutdown",), users=1, is_opened=True, nodes=("A", "P:plain(A)", "B(P)")),
    _tale("mixed+shutdown", (_SHUT,), users=1, nodes=("A", "B:gen(A)", "C(B)")),
]
"""All of them."""
