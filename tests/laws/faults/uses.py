"""
What user code does with a container, once for every world: a coroutine that never waits where nothing can be awaited.

Each use passes the step "begin" before it touches the library and "body" steps inside.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from tests.laws.faults.nodes import Subject
from tests.laws.faults.plans import Trait
from tests.laws.faults.recording import Run


class World(Protocol):
    """Where user code runs."""

    name: str
    backend: str
    is_async: bool
    has_limits: bool
    """Whether time is virtual, so that limits can be waited for."""

    def inside(self, manager: Any) -> Any:
        """Return what enters *manager* by `async with`."""
        ...

    async def get(self, source: Any, key: Any) -> Any:
        """Get *key* from a container or scope."""

    async def start(self, scope: Any, keys: list[Any]) -> None:
        """Open *keys* in a scope, independent ones at the same time."""

    async def pause(self) -> None:
        """Let others run."""

    async def together(self, functions: list[Callable[[], Awaitable[None]]]) -> None:
        """Run *functions*, which do not raise, at the same time."""


UseCode = Callable[[World, Subject, Run], Awaitable[None]]


async def _body(world: World, subject: Subject, run: Run, source: Any) -> None:
    run.hit("body.first", Trait.BODY)
    for key in subject.sinks:
        await world.get(source, key)
        run.hit("body.got", Trait.BODY)
    await world.pause()
    run.hit("body.last", Trait.BODY)


async def in_container(world: World, subject: Subject, run: Run) -> None:
    """Enter the container, which opens its singletons, and get the rest."""
    run.hit("begin", Trait.BEGIN)
    async with world.inside(subject.container):
        await _body(world, subject, run, subject.container)


async def in_scope(world: World, subject: Subject, run: Run) -> None:
    """Get everything in a request scope."""
    run.hit("begin", Trait.BEGIN)
    async with world.inside(subject.container.resource_scope()) as scope:
        await _body(world, subject, run, scope)


async def in_both(world: World, subject: Subject, run: Run) -> None:
    """Enter the container, then a request scope in it."""
    run.hit("begin", Trait.BEGIN)
    async with world.inside(subject.container):
        run.hit("body.between", Trait.BODY)
        async with world.inside(subject.container.resource_scope()) as scope:
            await _body(world, subject, run, scope)


async def started_scope(world: World, subject: Subject, run: Run) -> None:
    """Open everything in a request scope at once."""
    run.hit("begin", Trait.BEGIN)
    async with world.inside(subject.container.resource_scope()) as scope:
        run.hit("body.first", Trait.BODY)
        await world.start(scope, subject.keys)
        await _body(world, subject, run, scope)


async def again(world: World, subject: Subject, run: Run) -> None:
    """Get everything in a request scope; where that fails, once more."""
    run.hit("begin", Trait.BEGIN)
    async with world.inside(subject.container.resource_scope()) as scope:
        for key in subject.sinks:
            try:
                await world.get(scope, key)
            except Exception as error:
                run.caught.append(error)
                await world.get(scope, key)
        run.hit("body.last", Trait.BODY)


async def shared(world: World, subject: Subject, run: Run) -> None:
    """Three tasks want the same at the same time."""

    async def want() -> None:
        for key in subject.sinks:
            try:
                await world.get(subject.container, key)
            except BaseException as error:
                _note_length(run, error)
                run.caught.append(error)

    run.hit("begin", Trait.BEGIN)
    async with world.inside(subject.container):
        await world.together([want, want, want])
        run.hit("body.last", Trait.BODY)


def _note_length(run: Run, error: BaseException) -> None:
    if all(known is not error for known in run.caught):
        return  # the first may be the one that opened it, who sees more of it
    n, trace = 0, error.__traceback__
    while trace is not None:
        n, trace = n + 1, trace.tb_next
    run.lengths.setdefault(id(error), []).append(n)


def _singleton(number: int, k: int) -> str | None:
    return "singleton"


def _ambient(number: int, k: int) -> str | None:
    return None


def _request(number: int, k: int) -> str | None:
    return "request"


def _split(number: int, k: int) -> str | None:
    return "singleton" if number < (k + 1) // 2 else "request"


@dataclass(frozen=True, slots=True)
class Use:
    """A way to use a container: *code*, the *lifetime* of the nodes by number, and what it is good for."""

    code: UseCode
    lifetime: Callable[[int, int], str | None]
    max_parallel: int | None = None
    is_eager: bool = False
    """Whether entering opens something."""
    is_parallel: bool = False
    """Whether what does not need one another is opened, and so closed, at the same time where there are tasks."""
    has_scope: bool = False
    """Whether a request scope is left by the task that opened what is in it."""
    is_cancelled: bool = True
    """Whether cancellations are tried: not where tasks of its own would be left."""
    waits_only: bool = False
    """Whether it makes sense only where there are tasks."""


USES = {
    "eager": Use(in_container, _singleton, is_eager=True, is_parallel=True),
    "seq": Use(in_container, _singleton, max_parallel=1, is_eager=True, waits_only=True),
    "lazy": Use(in_container, _ambient),
    "request": Use(in_scope, _request, has_scope=True),
    "both": Use(in_both, _split, is_eager=True, is_parallel=True, has_scope=True),
    "pstart": Use(started_scope, _request, is_parallel=True, has_scope=True),
    "again": Use(again, _request, has_scope=True),
    "shared": Use(shared, _ambient, is_cancelled=False, waits_only=True),
}
