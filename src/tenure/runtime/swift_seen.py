"""
What others see of swift code: what it opened, what it is about, the end of it.

Everything here is made on the first look, under the engine's lock, from the stacks of threads, from the marks of what
waits, and from the generators themselves.
"""

import sys
import time
from types import AsyncGeneratorType
from typing import Any

from tenure.compile.makers import is_made_anew
from tenure.lifecycle.backends import Region, current
from tenure.lifecycle.circles import circle
from tenure.lifecycle.claim import Claim, openings
from tenure.lifecycle.exits import Exit, next_number
from tenure.model.binding import TRANSIENT, Binding
from tenure.runtime.at_work import at_work_here, every_frame, is_at_work, is_part_of, made_in
from tenure.runtime.needing import exit_of
from tenure.runtime.scope import Ending, Scope, State

# generators


def is_open(generator: Any) -> bool:
    """Tell whether *generator*, of either colour, stands at its yield."""
    if type(generator) is AsyncGeneratorType:
        return not generator.ag_running and _is_begun(generator)
    return bool(generator.gi_suspended)


def is_running(generator: Any) -> bool:
    """Tell whether *generator* is between two of its yields, also where it waits there."""
    return bool(generator.ag_running if type(generator) is AsyncGeneratorType else generator.gi_running)


def _is_begun(generator: Any) -> bool:
    """Tell whether *generator*, which does not run, has begun and not ended."""
    if sys.version_info >= (3, 12):
        return bool(generator.ag_suspended)
    from opcode import opmap  # noqa: PLC0415 - for the one Python that does not say it

    frame = generator.ag_frame
    return frame is not None and frame.f_code.co_code[frame.f_lasti] != opmap["RETURN_GENERATOR"]


# what is owed


def exits_of(scope: Scope) -> dict[Any, Exit]:
    """Return what swift code opened in *scope*, as exits; under the engine's lock."""
    found: dict[Any, Exit] = {}
    opened = scope.opened or []
    for generator, binding in list(zip(opened[::2], opened[1::2], strict=False)):
        if is_open(generator):
            _put(found, exit_of_opened(scope, generator, binding, found))
        elif is_running(generator) and scope.state is State.CLOSING:
            closing = exit_of_opened(scope, generator, binding, found)
            closing.done = True
            _put(found, closing)
        if not is_running(generator):  # else it is owed when it has opened: see `looked_at`
            strike(scope, generator)
    return found


def _put(exits: dict[Any, Exit], exit_: Exit) -> None:
    exits[place_of(exit_)] = exit_


def place_of(exit_: Exit) -> Any:
    """Return where a scope keeps *exit_*."""
    return exit_.number if exit_.binding.lifetime == TRANSIENT else exit_.binding.key


def exit_of_opened(scope: Scope, generator: Any, binding: Binding, others: dict[Any, Exit]) -> Exit:
    """Return the exit of *binding*, whose *generator* swift code opened in *scope*, where it owes *others* as well."""
    engine = scope.engine
    made = getattr(scope, "made", scope.cache)
    value = made.get(generator if binding.lifetime == TRANSIENT else binding.key)
    exit_ = Exit(binding, value, generator, next_number(), time.perf_counter())
    if exit_.needs_await and scope.task is not None:
        exit_.loop = scope.task.get_loop()
    below = (
        others.get(each.key) or (exit_of(engine, each.key, scope.parent) if scope.parent is not None else None)
        for each in engine.plans.facts(binding).resources
    )
    exit_.needs = tuple(each for each in below if each is not None and not each.done)
    return exit_


def strike(scope: Scope, generator: Any) -> None:
    """Take *generator* and its binding off the list of what swift code opened."""
    opened: list[Any] = scope.opened or []
    for number in range(0, len(opened), 2):
        if opened[number] is generator:
            del opened[number : number + 2]
            return


# what is under way


class Run(Claim):
    """A swift function at work, as everybody else sees it: one claim on all that it makes."""

    __slots__ = ("_mark", "_scope")

    def __init__(self, binding: Binding, scope: Scope, mark: list[Any] | None) -> None:
        super().__init__(binding, binding)
        self._scope = scope
        self._mark = mark
        # without a mark it runs on a thread, and ends whatever any loop does
        self.loop: Any = scope.task.get_loop() if mark is not None else None

    @property
    def is_own(self) -> bool:
        """Whether the running code is part of it."""
        return is_part_of(self._scope)

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """What is being made just now, and what it is made for."""
        graph = self._scope.engine.graph
        if self._mark is not None:
            (_, _, keys), number = self._mark
            return way_to(graph, self.binding, keys[number], set()) if number >= 0 else ()
        for frame in every_frame():
            if is_at_work(frame, self._scope) and (key := made_in(frame)) is not None:
                return way_to(graph, self.binding, key, set())
        return ()


def way_to(graph: Any, binding: Binding, culprit: Any, seen: set[Any]) -> tuple[Binding, ...]:
    """Return what is made for the scope on the way from *binding* to *culprit* that steps would take, () if none."""
    seen.add(binding.key)
    own = () if is_made_anew(binding) else (binding,)
    if binding.key == culprit:
        return own or (binding,)
    for edge in graph.edges(binding):
        for _, source in edge.sources:
            if source.key not in seen and (rest := way_to(graph, source, culprit, seen)):
                return (*own, *rest)
    return ()


def runs_of(scope: Scope) -> dict[Any, Claim]:
    """Return the claims of the swift function at work in *scope*, if any; under the engine's lock."""
    scope.exits  # noqa: B018 - now: what is opened by steps from here on is younger
    facts, mark = _at_work(scope)
    if facts is None or is_idle(scope):  # it may have ended since
        return {}
    wanted, shared, _ = facts
    run = Run(scope.engine.graph.find(wanted), scope, mark)
    return dict.fromkeys(shared or (run,), run)


def _at_work(scope: Scope) -> tuple[Any, list[Any] | None]:
    """Return the facts of the swift function at work in *scope* and its mark, each None where there is none."""
    if is_idle(scope):
        return None, None
    mark = scope.waits
    if mark is not None:
        return (None if _is_dead(scope) else mark[0]), mark
    for frame in every_frame():
        if is_at_work(frame, scope) and "FACTS" in frame.f_globals:
            return frame.f_globals["FACTS"], None
    return None, None


def _is_dead(scope: Scope) -> bool:
    """Tell whether the task that swift code in *scope* waited in has ended: Ctrl-C may end it between two bytecodes."""
    return scope.task is not None and bool(scope.task.done())


def refuse_circle(binding: Binding, graph: Any) -> None:
    """Raise CircularDependencyError where the running code is part of making *binding*, of *graph*, swiftly."""
    for wanted, made in at_work_here():
        top = graph.find(wanted)
        above = way_to(graph, top, made, set()) if top is not None else ()
        if binding in above:
            raise circle((*above[above.index(binding) :], *(each.binding for each in openings()), binding))


def end_run(scope: Scope) -> None:
    """Let the claims of the swift function that was at work in *scope*, if anybody saw it, be over."""
    if scope.is_simple:
        return
    with scope.engine.lock:
        runs = {each for each in scope.inflight.values() if isinstance(each, Run)}
        for key in [key for key, each in scope.inflight.items() if each in runs]:
            del scope.inflight[key]
    for run in runs:
        run.succeed()


# the end of it


def ending_of(scope: Scope) -> Ending | None:
    """
    Return the end of the closing of *scope* where swift code is about it; under the engine's lock.

    Where Ctrl-C ended that code between two bytecodes the scope is open again, for somebody else to close it.
    """
    if scope.state is not State.CLOSING or is_idle(scope):
        return None
    is_live = not _is_dead(scope) if scope.waits is not None else any(is_at_work(f, scope) for f in every_frame())
    if not is_live:
        if scope.state is State.CLOSING and not is_idle(scope):  # else it ended in the meantime
            scope.waits = None
            scope.state, scope.idle = State.OPEN, True
        return None
    if is_part_of(scope):
        return None  # its own code must not wait for it
    ending = Ending(scope.task.get_loop() if scope.waits is not None else None)
    ending.is_swift = True
    if scope.state is not State.CLOSING or is_idle(scope):
        ending.set()
    return ending


def is_idle(scope: Scope) -> bool:
    """Tell whether no swift code is at work in *scope*."""
    try:
        object.__getattribute__(scope, "idle")
    except AttributeError:
        return False
    return True


def region_of(scope: Scope) -> Region | None:
    """Return the body of the `async with` that *scope*, entered swiftly, stands for; None where it has none."""
    return current().late_region(scope.task) if scope.task is not None and scope.state is State.OPEN else None
