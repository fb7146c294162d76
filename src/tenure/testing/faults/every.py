"""Run a scenario with each step of it going wrong in turn, and look for leaks after each run."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from inspect import iscoroutinefunction
from typing import Any

from tenure.lifecycle.backends import is_cancellation
from tenure.record import record
from tenure.testing.faults.judging import story, violations
from tenure.testing.faults.plans import Fault, Plan, plan_of, text_of
from tenure.testing.faults.player import Player
from tenure.testing.faults.rules import ErrorMaker
from tenure.testing.fixtures.faces import Face, face_of
from tenure.testing.fixtures.finding import is_container

KINDS = ("fail", "cancel", "hang")


@record(eq=False)
class FaultRun:
    """One run of a scenario in which something went wrong, and nothing leaked."""

    faults: tuple[Fault, ...]
    error: BaseException | None
    """What the scenario raised, or else what the closing behind it did; None: it got over the fault."""
    story: tuple[str, ...]
    """What happened to resources, in order."""
    has_happened: bool
    """Whether the run came to where it was to go wrong: one that differs from run to run may not."""

    @property
    def replay(self) -> str:
        """What `replay` takes to repeat it."""
        return text_of(self.faults)

    def __str__(self) -> str:
        return self.replay


class EveryFault:
    """What `every_fault` gives: to be iterated over by `for`, or by `async for` on the loop that runs."""

    def __init__(
        self, container: Any, run: Callable[[Any], Any], kinds: Sequence[str] | None, pairs: bool, error: Any, loop: str
    ) -> None:
        self._is_async = iscoroutinefunction(run) or iscoroutinefunction(getattr(run, "__call__", None))  # noqa: B004
        kinds = kinds if kinds is not None else ("fail", "cancel") if self._is_async else ("fail",)
        if isinstance(kinds, str) or not set(kinds) <= set(KINDS):
            raise ValueError(f"kinds={kinds!r}: some of {', '.join(map(repr, KINDS))}")
        if not self._is_async and set(kinds) != {"fail"}:
            raise ValueError(
                "a scenario that is no coroutine function can neither be cancelled nor hang: kinds=('fail',)"
            )
        if not is_container(container) and not callable(container):
            raise TypeError(f"every_fault takes a container, or a function that makes one, not {container!r}")
        self._container, self._run = container, run
        self._kinds, self._pairs = tuple(kinds), pairs
        self._error: ErrorMaker | None = error
        self._loop = loop

    # one after the other

    def __iter__(self) -> Iterator[FaultRun]:
        """Run the scenario again and again, each time on a loop of its own where it is asynchronous."""
        return self._all()

    def _all(self) -> Iterator[FaultRun]:
        clean = self.play(())[1]
        for plan in self._plans(clean, 0):
            run, player = self.play(plan)
            yield run
            if self._pairs:
                for second in self._plans(player, player.n_steps_before, ("fail",)):
                    yield self.play(plan + second)[0]

    async def __aiter__(self) -> AsyncIterator[FaultRun]:
        """Run the scenario again and again on the loop that runs."""
        if not self._is_async:
            raise TypeError("a scenario that is no coroutine function is run by `for`, not by `async for`")
        clean = (await self.aplay(()))[1]
        for plan in self._plans(clean, 0):
            run, player = await self.aplay(plan)
            yield run
            if self._pairs:
                for second in self._plans(player, player.n_steps_before, ("fail",)):
                    yield (await self.aplay(plan + second))[0]

    def _plans(self, player: Player, start: int, kinds: tuple[str, ...] = ()) -> list[Plan]:
        return [(fault,) for step in player.steps[start:] for fault in step.faults(kinds or self._kinds)]

    # one run

    def play(self, plan: Plan) -> tuple[FaultRun, Player]:
        """Run the scenario with the faults of *plan*; see `every_fault` for what is raised."""
        if self._is_async:
            from tenure.testing.clock.virtual import VirtualClock, run  # noqa: PLC0415 - for scenarios on loops

            if any(fault.kind == "hang" for fault in plan):
                with VirtualClock() as clock:
                    return clock.run(self.aplay, plan, loop=self._loop)
            return run(self.aplay, plan, loop=self._loop)
        container, face, player = self._begin(plan)
        errors: list[BaseException] = []
        with player:
            player.cause()
            try:
                self._run(container)
            except BaseException as error:  # noqa: BLE001 - it is what the run is for
                self._note(error, errors, player)
            player.end_of_body()
            try:
                face.close()
            except BaseException as error:  # noqa: BLE001 - the same
                self._note(error, errors, player)
        return self._judged(plan, player, errors), player

    async def aplay(self, plan: Plan) -> tuple[FaultRun, Player]:
        """Do the same on the loop that runs."""
        container, face, player = self._begin(plan)
        errors: list[BaseException] = []
        with player:
            cuts = player.cause()
            try:
                async with AsyncExitStack() as stack:
                    for cut in cuts:
                        await stack.enter_async_context(cut)
                    await self._run(container)
            except BaseException as error:  # a cancellation that is none of ours goes on
                if is_cancellation(error) and not any(cut.has_happened for cut in cuts):
                    raise
                self._note(error, errors, player)
            player.end_of_body()
            try:
                await face.aclose()
            except BaseException as error:  # noqa: BLE001 - it is what the run is for
                self._note(error, errors, player)
        return self._judged(plan, player, errors), player

    def _note(self, error: BaseException, errors: list[BaseException], player: Player) -> None:
        """Keep *error*, unless it is one that ends the program and that nobody asked for."""
        was_asked_for = is_cancellation(error) or (self._error is not None and player.happened)
        if not (isinstance(error, Exception) or was_asked_for):
            raise error
        errors.append(error)

    def _begin(self, plan: Plan) -> tuple[Any, Face, Player]:
        container = self._container if is_container(self._container) else self._container()
        if not is_container(container):
            raise TypeError(f"every_fault was given a function that makes {container!r}, which is no container")
        face = face_of(container)
        face.renew()
        return container, face, Player(plan, self._error, (face.engine.open_timeout, face.engine.close_timeout))

    def _judged(self, plan: Plan, player: Player, errors: list[BaseException]) -> FaultRun:
        if not plan and errors:
            raise errors[0]  # nothing was made to go wrong
        found = [*player.wrong, *violations(player.events)]
        told = story(player.events)
        if found:
            again = f"play it again: replay({text_of(plan)!r}, container, run)" if plan else "nothing went wrong in it"
            lines = ["this run leaked; " + again, *[f"  {each}" for each in found], "what happened:"]
            raise AssertionError("\n".join([*lines, *[f"  {each}" for each in told]]))
        n_happened = len({each.what for each in player.happened})
        return FaultRun(plan, errors[0] if errors else None, told, n_happened == len(plan))


def every_fault(
    container: Any,
    run: Callable[[Any], Any],
    *,
    kinds: Sequence[str] | None = None,
    pairs: bool = False,
    error: ErrorMaker | None = None,
    loop: str = "asyncio",
) -> EveryFault:
    """
    Run a scenario again and again, each time with another step of it going wrong, and look for leaks after each.

    It is run once as it is, which shows its steps: each opening and closing of a resource and, inside of each, each
    wait of its asynchronous code. Then it is run once for each of them. What is looked for after every run: whatever
    was opened is closed, once, before what it was made from; no scope is left entered; no closing code was skipped
    because its yield stands in no `try`. What the resources themselves leave behind is yours to look at, in the loop:

        for fault in every_fault(make_container, scenario):
            assert server.n_connections == 0, fault.replay

    Args:
        container: a container, which is closed and used again for each run; or a function that makes one for each.
        run: the scenario; takes the container. A coroutine function is run on a loop. What it leaves open in the
            container is closed behind it.
        kinds: what goes wrong: "fail", an error; "cancel", whoever runs the scenario is cancelled; "hang", where a
            limit ends that, in virtual time. None: the first two, or "fail" alone where *run* is synchronous.
        pairs: whether each step after the one that went wrong fails as well, in runs of their own: rollbacks too.
        error: what is raised by "fail"; None: an InjectedFault.
        loop: "asyncio" or "trio", on which `for` runs a coroutine function; `async for` runs it on the loop there is.

    Returns:
        What gives a `FaultRun` for each run in which something went wrong.

    Raises:
        ValueError, TypeError: an argument is out of its bounds.

    Raises while iterating:
        AssertionError: a run leaked; the text says what, and how to `replay` it.
        BaseException: what the scenario raised although nothing was made to go wrong.
    """
    return EveryFault(container, run, kinds, pairs, error, loop)


def replay(
    faults: str,
    container: Any,
    run: Callable[[Any], Any],
    *,
    error: ErrorMaker | None = None,
    loop: str = "asyncio",
) -> FaultRun:
    """
    Run a scenario once more with the faults that `FaultRun.replay`, or the text of a leak, names.

    Args:
        faults: one, as "fail Database open #1", or several with "; " between them.
        container: as for `every_fault`.
        run: the same scenario.
        error: as for `every_fault`.
        loop: "asyncio" or "trio"; where a loop runs already, see `areplay`.

    Raises:
        ValueError: *faults* tells none.
        AssertionError: the run leaked.
    """
    return EveryFault(container, run, None, False, error, loop).play(plan_of(faults))[0]


async def areplay(
    faults: str, container: Any, run: Callable[[Any], Any], *, error: ErrorMaker | None = None
) -> FaultRun:
    """Do the same on the loop that runs."""
    return (await EveryFault(container, run, None, False, error, "").aplay(plan_of(faults)))[0]
