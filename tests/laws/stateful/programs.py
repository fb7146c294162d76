"""
Random programs of tasks that get, start, override, reset, cancel and close, on a loop that shuffles what is ready.

Nothing is predicted: whatever the interleaving, the oracle finds nothing, nobody waits for ever, nothing is left, and
every error is one that was put there, a cancellation or a refusal.
"""

import asyncio
import contextlib
import contextvars
import random
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import cache
from typing import Any

from tenure import Container, resource
from tenure.errors import ContainerClosedError
from tests.laws.rig.oracle import End, Violation, reachable, violations
from tests.laws.rig.trace import INTERRUPTED, Trace
from tests.laws.stateful.loops import Deadlock, VirtualLoop
from tests.laws.stateful.makers import target
from tests.laws.stateful.nodes import ASYNC_KINDS, KEYS, SYNC_KINDS, Fault, Node, Stage

N_SHAPES = 60
"""Programs share this many containers: compiling one costs more than a program."""
_REFUSALS = (Fault, ContainerClosedError, asyncio.CancelledError)
_request: contextvars.ContextVar[int] = contextvars.ContextVar("request", default=0)


class Scene:
    """A container that many programs use one after the other, and what is in it."""

    def __init__(self, number: int) -> None:
        draw = random.Random(number)
        self.labels = True
        self.stage = Stage(Trace(), _pause, self._scope_of)
        self.nodes: dict[str, Node] = {}
        self.container = Container(max_parallel=draw.choice([None, None, 1, 2]))
        self.stage.ask = self.container.aget
        made: list[Node] = []
        for key in range(draw.randint(2, 6)):
            lifetime = draw.choice(["singleton", "singleton", "request", None])
            usable = [each for each, node in enumerate(made) if lifetime == "request" or not _is_short(node, made)]
            needs = tuple(draw.sample(usable, min(len(usable), draw.randint(0, 2))))
            node = Node(f"N{key}", draw.choice(SYNC_KINDS + ASYNC_KINDS), lifetime, needs)
            if node.kind == "async generator" and usable and draw.random() < 0.5:
                self.stage.asks[node.name] = [KEYS[draw.choice(usable)]]  # found at run time (L20)
            made.append(node)
            self.nodes[node.name] = node
            shield = draw.random() < 0.2
            self.container.bind(KEYS[key], resource(scope=lifetime, shield=shield)(target(self.stage, node)))

    def _scope_of(self, name: str) -> str:
        node = self.nodes.get(name)
        if node is None or not self.labels or node.lifetime is None:
            return ""  # which scope it is depends on who asked first
        return "root" if node.lifetime == "singleton" else f"request {_request.get()}"


def _is_short(node: Node, made: Sequence[Node]) -> bool:
    return node.lifetime == "request" or any(_is_short(made[need], made) for need in node.needs)


async def _pause(act: str, name: str) -> None:
    await asyncio.sleep(0)


@cache
def scene(number: int) -> Scene:
    """Return the scene of that number."""
    return Scene(number)


def _forget() -> None:
    for each in SCENES:
        each.cache_clear()


SCENES: list[Any] = [scene]


class Program:
    """
    One program.

    Args:
        seed: all of it follows from this.
    """

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.scene = scene(seed % N_SHAPES)
        self.container, self.stage = self.scene.container, self.scene.stage
        self.stage.trace, self.stage.touched = Trace(), []
        self.stage.armed.clear()
        self.n_cancels = 0
        self.errors: list[BaseException] = []
        self.loop = VirtualLoop(seed)

    # what tasks do

    async def user(self) -> None:
        """A request: some values, one after the other, and perhaps an error."""
        wanted = [KEYS[self.draw.randrange(len(self.scene.nodes))] for _ in range(self.draw.randint(1, 3))]
        fails = self.draw.random() < 0.2
        await self.later()
        async with self.container.resource_scope() as scope:
            _request.set(id(scope))
            for key in wanted:
                await scope.aget(key)
                await self.later(2)
            if fails:
                raise Fault("body")

    async def starter(self) -> None:
        """Start everything eager."""
        await self.later()
        await self.container.start()

    async def getter(self) -> None:
        """Ask outside of any request."""
        key = self._singleton()
        await self.later()
        if key is not None:
            await self.container.aget(key)

    async def overrider(self) -> None:
        """Replace a singleton for a while."""
        key = self._singleton()
        await self.later()
        if key is None:
            return
        self.scene.labels = False
        node = Node(f"O{key.__name__}", self.draw.choice(SYNC_KINDS + ASYNC_KINDS), "singleton")
        made = resource(scope="singleton")(target(self.stage, node))
        async with self.container.override(key, made):
            await self.container.aget(key)
            await self.later()

    async def resetter(self) -> None:
        """Reset a singleton."""
        key = self._singleton()
        await self.later()
        if key is not None and hasattr(self.container, "areset"):
            await self.container.areset(key)

    async def closer(self) -> None:
        """Close the container while others are at it."""
        await self.later(10)
        await self.container.aclose()

    def _singleton(self) -> Any:
        keys = [KEYS[int(name[1:])] for name, node in self.scene.nodes.items() if node.lifetime == "singleton"]
        return self.draw.choice(keys) if keys else None

    async def later(self, most: int = 6) -> None:
        """Let others go first, a random number of times."""
        for _ in range(self.draw.randint(0, most)):
            await asyncio.sleep(0)

    # the run

    def run(self) -> list[Violation]:
        """Run it; return what it breaks."""
        before, sys.unraisablehook = sys.unraisablehook, lambda what: self.errors.append(what.exc_value or Fault())
        try:
            return self._run()
        finally:
            sys.unraisablehook = before

    def _run(self) -> list[Violation]:
        try:
            with _closing_loop(self.loop):
                self.loop.run_until_complete(self._main())
                left = [f"the task {task!r}" for task in asyncio.all_tasks(self.loop)] + self.loop.complaints
        except Deadlock as error:
            found = [Violation("L38", f"{error}\n{self.stage.trace.shown()}")]
        else:
            found = violations(self.stage.trace.steps, End(self.errors, left=left, interruptible=True))
            found += self._others()
        if found:
            _forget()  # its container may be of no more use
        return found

    async def _main(self) -> None:
        self.scene.labels = True
        self.reopen()
        draw = self.draw
        kinds = [self.user, self.user, self.user, self.starter, self.getter, self.closer, self.overrider, self.resetter]
        tasks = [asyncio.ensure_future(self._kept(draw.choice(kinds))) for _ in range(draw.randint(1, 4))]
        names = list(self.scene.nodes)
        if names and draw.random() < 0.4:
            act, name = draw.choice(["open", "close"]), draw.choice(names)
            self.stage.armed[act, name] = Fault(f"{act} {name}")
        for _ in range(draw.choice([0, 0, 1, 2])):
            await self.later(12)
            self.n_cancels += draw.choice(tasks).cancel()
        await asyncio.wait(tasks)
        await self._kept(self.close)
        for _ in range(3):
            await asyncio.sleep(0)

    def reopen(self) -> None:
        """Begin a new life of the container that programs share."""
        self.container.engine.reopen()

    def close(self) -> Awaitable[Any]:
        """Close everything."""
        return self.container.aclose()

    async def _kept(self, begin: Callable[[], Awaitable[Any]]) -> None:
        try:
            await begin()  # here: a task that is cancelled before its first step would never await what it was given
        except BaseException as error:
            self.errors.append(error)

    def _others(self) -> Iterator[Violation]:
        for error in reachable(self.errors):
            if not isinstance(error, (*self.refusals(), BaseExceptionGroup)):
                yield Violation("L37", f"an error that nobody put there: {error!r}")
        n_broken = sum(step.act == INTERRUPTED for step in self.stage.trace.steps)
        if n_broken > self.n_cancels:
            yield Violation("L30", f"{n_broken} closings were interrupted by {self.n_cancels} cancellations")
        for text in self.stage.touched:
            yield Violation("L12", text)

    def refusals(self) -> tuple[type[BaseException], ...]:
        """Return the classes of errors that may leave."""
        return _REFUSALS


@contextlib.contextmanager
def _closing_loop(loop: VirtualLoop) -> Iterator[None]:
    try:
        yield
    finally:
        for task in asyncio.all_tasks(loop):  # what hangs is let go of without a word
            task._log_destroy_pending = False  # type: ignore[attr-defined]
        loop.close()


PROGRAMS: dict[str, Callable[[int], Program]] = {"program": Program}
