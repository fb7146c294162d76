"""Scenarios that need more than words: circles, calls from inside, tasks in requests, what is held across a yield."""

from tenure.errors import TenureError
from tenure.lifecycle.latch import Latch
from tests.laws.rig.oracle import reachable
from tests.laws.rig.trace import CLOSED as CLOSED_ACT
from tests.laws.rig.trace import CLOSING, OPENED
from tests.laws.schedules.scene import CIRCLE, CLOSED, FAULT, Scenario, Scene
from tests.laws.schedules.stage import OTHER, USER, Actor
from tests.laws.schedules.world import request

Broken = list[tuple[str, str]]


def _inside(
    name: str,
    place: str,
    act: str,
    *,
    users: tuple[str, ...] = ("B",),
    closers: int = 0,
    may: tuple[str, ...] = (CLOSED,),
) -> Scenario:
    """Code at *place* does *act*: "close" the container, or get the node named."""

    def play(scene: Scene) -> None:
        async def run() -> None:
            try:
                await (scene.container.aclose() if act == "close" else scene.container.aget(scene.key(act)))
            except TenureError:
                if "close" in place or act != "close":
                    return
                raise

        scene.world.within[place] = run
        for number, wanted in enumerate(users):
            scene.user(f"user{number}", wanted, steady=False)
        for number in range(closers):
            scene.closer(f"closer{number}")

    # who closes from the inside returns before the rest is closed: it is part of what must be closed first
    return Scenario(name, ("A", "B(A)"), play, may=frozenset(may))


def _circle(name: str, cancels: int = 0, closes: bool = False) -> Scenario:
    """A asks for B and B for A, at run time, in two tasks."""

    def play(scene: Scene) -> None:
        scene.world.within["A.open"] = lambda: scene.container.aget(scene.key("B"))
        scene.world.within["B.open"] = lambda: scene.container.aget(scene.key("A"))
        users = [scene.user("user0", "A", steady=False), scene.user("user1", "B", steady=False)]
        for user in users[:cancels]:
            scene.stage.cancel(user)
        if closes:
            scene.closer("closer")

    may = {CIRCLE, CLOSED} if closes else {CIRCLE}
    return Scenario(name, ("A", "B"), play, may=frozenset(may), judge=_nobody_has_a_circle)


def _nobody_has_a_circle(scene: Scene) -> Broken:
    got = [actor for actor in scene.stage.actors if actor.role == USER and actor.result]
    return [("L38", f"{actor.name} got a part of a circle") for actor in got]


def _late_edge(name: str, closers: int) -> Scenario:
    """B asks for A while it opens: B closes before A, though nothing declares it (L20)."""

    def play(scene: Scene) -> None:
        scene.world.within["B.open"] = lambda: scene.container.aget(scene.key("A"))
        scene.user("user0", "B", steady=closers == 0)
        scene.user("user1", "A", steady=closers == 0)
        for number in range(closers):
            scene.closer(f"closer{number}")

    def judge(scene: Scene) -> Broken:
        at = {(step.act, step.life[0]): number for number, step in enumerate(scene.world.trace.steps)}
        if (OPENED, "B") in at and at[CLOSED_ACT, "B"] > at[CLOSING, "A"]:
            return [("L20", "A closes before B, which asked for it while it opened")]
        return []

    return Scenario(name, ("A", "B"), play, may=frozenset((CLOSED,)) if closers else frozenset(), judge=judge)


def _straddling(
    name: str,
    kind: str,
    *,
    users: int = 2,
    cancels: int = 0,
    closers: int = 1,
    crashes: bool = False,
    n_cancels: int = 0,
) -> Scenario:
    """A holds something across its yield; it is first asked for in one task and closed in another (L52)."""

    def play(scene: Scene) -> None:
        async def child() -> None:
            await scene.stage.any_time()
            raise scene.world.fault("A.child")

        if crashes:
            scene.world.within["A.child"] = child
        actors = [scene.user(f"user{number}", "B", steady=False) for number in range(users)]
        for actor in actors[:cancels]:
            scene.stage.cancel(actor)
        for number in range(closers):
            scene.closer(f"closer{number}", n_cancels=n_cancels)

    may = ([CLOSED] if closers or crashes else []) + ([FAULT] if crashes else [])
    backends = ("asyncio",) if kind == "anyio" else ("asyncio", "trio")
    return Scenario(
        name, (f"A:{kind}", "B(A)"), play, may=frozenset(may), backends=backends, interruptible=crashes,
    )  # fmt: skip


def _child(name: str, cancels: str) -> Scenario:
    """A task started in a request asks for what the request owns, and may outlive it."""

    def play(scene: Scene) -> None:
        async def run(actor: Actor) -> None:
            request.set("visitor")
            async with scene.container.resource_scope() as scope:

                async def ask(actor: Actor) -> None:
                    closing = scene.world.closing()
                    scene.look("child", "B", await scope.aget(scene.key("B")), False, closing)

                child = scene.stage.start("child", OTHER, ask)
                if cancels == "child":
                    scene.stage.cancel(child)
                await scene.stage.pause()
                await scope.aget(scene.key("B"))

        visitor = scene.stage.start("visitor", USER, run)
        if cancels == "visitor":
            scene.stage.cancel(visitor)

    return Scenario(name, ("A", "B@request(A)"), play, may=frozenset((CLOSED,)), interruptible=cancels == "visitor")


def _late_child(name: str) -> Scenario:
    """A task started in a request asks for what the request owns while that is being closed: it is refused."""

    def play(scene: Scene) -> None:
        closes = Latch()

        async def tell() -> None:
            closes.set()
            await scene.stage.pause()
            await scene.stage.pause()

        async def run(actor: Actor) -> None:
            request.set("visitor")
            async with scene.container.resource_scope() as scope:

                async def ask(actor: Actor) -> None:
                    await closes.wait()
                    closing = scene.world.closing()
                    scene.look("child", "B", await scene.container.aget(scene.key("B")), False, closing)

                scene.stage.start("child", OTHER, ask)
                await scope.aget(scene.key("B"))

        scene.world.within["B.close"] = tell
        scene.stage.start("visitor", USER, run)

    return Scenario(name, ("A", "B@request(A)"), play, may=frozenset((CLOSED,)))


def _crash_of_resident(name: str) -> Scenario:
    """What a container that is entered holds fails by itself: the body is told, and so is who leaves (L56)."""

    def play(scene: Scene) -> None:
        async def child() -> None:
            await scene.stage.any_time()
            raise scene.world.fault("A.child")

        async def run(actor: Actor) -> None:
            async with scene.container:
                await scene.stage.sleep(1000)
                scene.world.seen.append(("L56", "the body went on after a task of A's own had failed"))

        scene.world.within["A.child"] = child
        scene.stage.start("resident", OTHER, run)

    def judge(scene: Scene) -> Broken:
        (resident,) = scene.stage.actors
        told = reachable([resident.error] if resident.error is not None else [])
        if any(error in told for error in scene.world.raised):
            return []
        return [("L56", "the failure of a task of A's own does not leave the container it was in")]

    return Scenario(name, ("A:group", "B(A)"), play, may=frozenset((FAULT, CLOSED)), interruptible=True, judge=judge)


SPECIAL: list[Scenario] = [
    _inside("inside/open-closes", "A.open", "close"),
    _inside("inside/open-closes2", "A.open", "close", users=("B", "A")),
    _inside("inside/open-gets-itself", "A.open", "A", users=("A",)),
    _inside("inside/close-closes", "A.close", "close", closers=1),
    _inside("inside/close-closes2", "A.close", "close", closers=2),
    _inside("inside/close-gets", "B.close", "A", closers=1),
    _inside("inside/close-gets-itself", "A.close", "A", closers=1),
    _inside("inside/close-gets-above", "A.close", "B", closers=1),
    _circle("circle/2"),
    _circle("circle/2/cancel", cancels=1),
    _circle("circle/2/close", closes=True),
    _late_edge("late/2", 0),
    _late_edge("late/close", 1),
    _late_edge("late/close2", 2),
    _straddling("group/close", "group"),
    _straddling("group/cancel", "group", cancels=1, closers=0),
    _straddling("group/shut2", "group", users=1, n_cancels=2),
    _straddling("group/crash", "group", users=1, closers=0, crashes=True),
    _straddling("group/crash+close", "group", users=1, crashes=True),
    _crash_of_resident("group/crash+resident"),
    _straddling("anyio/close", "anyio"),
    _straddling("anyio/cancel", "anyio", cancels=1, closers=0),
    _straddling("limit/held", "limit"),
    _straddling("limit/held/cancel", "limit", cancels=1, users=1),
    _child("child/outlives", "nobody"),
    _child("child/cancel", "child"),
    _late_child("child/late"),
    _child("child/cancel-visitor", "visitor"),
]
"""All of them."""
