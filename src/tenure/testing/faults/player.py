"""Causes the faults of one plan, and writes down at which steps others could be caused."""

import inspect
from collections.abc import Iterator
from typing import Any

from tenure.event import Event
from tenure.events import Closing, Opening, ScopeEntered, ScopeLeaving
from tenure.lifecycle.effects import Steps
from tenure.model.binding import Binding, Make, Style
from tenure.model.protection import can_look
from tenure.testing.faults.cutting import CutOff
from tenure.testing.faults.faults import Faults
from tenure.testing.faults.plans import Fault, Plan
from tenure.testing.faults.rules import ErrorMaker, Kind, Label, Rule
from tenure.testing.faults.waits import watched

_GENERATORS = (Style.GENERATOR, Style.ASYNC_GENERATOR)


class Step:
    """
    One opening or closing in a run.

    Attributes:
        n_waits: how often its code waited.
        in_body: whether the scenario was still running.
        has_limit: whether a limit would end its hanging.
    """

    def __init__(self, label: str, on: str, nth: int, in_body: bool, has_limit: bool) -> None:
        self.label: str = label
        self.on: str = on
        self.nth: int = nth
        self.in_body: bool = in_body
        self.has_limit: bool = has_limit
        self.n_waits: int = 0

    def look(self, has_ended: bool) -> None:
        """Count a wait."""
        self.n_waits += not has_ended

    def faults(self, kinds: tuple[str, ...]) -> Iterator[Fault]:
        """Give what could go wrong here."""
        for kind in kinds:
            if kind == "hang":
                if self.has_limit:
                    yield Fault(kind, self.label, self.on, self.nth)
            elif kind == "fail" or self.in_body:
                for wait in (None, *range(1, self.n_waits + 1)):
                    yield Fault(kind, self.label, self.on, self.nth, wait)


class Player(Faults):
    """
    Causes the faults of *plan* in one run of a scenario.

    Attributes:
        steps: every opening and closing of the run, in order.
        events: what was told, in order.
        wrong: what was found wrong on the way, as sentences.
        n_steps_before: how many steps there were when the last fault happened.
        is_over: whether the scenario has ended; closings go on.
    """

    def __init__(self, plan: Plan, error: ErrorMaker | None, limits: tuple[float | None, float | None]) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self.events: list[Event] = []
        self.wrong: list[str] = []
        self.n_steps_before: int = 0
        self.is_over: bool = False
        self._open_limit, self._root_close_limit = limits
        self._scopes: dict[str, str] = {}
        self._plan, self._error = plan, error
        self._entered: dict[int, str] = {}

    def cause(self) -> list[CutOff]:
        """Set the plan up; return what the scenario has to run inside, to be cancelled."""
        cuts = []
        for fault in self._plan:
            if fault.kind == "cancel":
                cuts.append(self.cancel_at(Label(fault.label), fault.on, nth=fault.nth, wait=fault.wait))
            else:
                kind, error = (Kind.FAIL, self._error) if fault.kind == "fail" else (Kind.HANG, None)
                self._add(Rule(kind, Label(fault.label), fault.on, nth=fault.nth, wait=fault.wait, error=error))
        return cuts

    def end_of_body(self) -> None:
        """Note that the scenario has ended: what it entered and did not leave is a leak."""
        self.is_over = True
        self.wrong += [f"the scope {name!r} was entered and never left" for name in self._entered.values()]

    def told(self, event: Event) -> None:
        """Write it down."""
        self.events.append(event)
        if isinstance(event, ScopeEntered):
            self._entered[event.scope_id] = event.scope
        elif isinstance(event, ScopeLeaving):
            self._entered.pop(event.scope_id, None)
        elif isinstance(event, Opening | Closing):
            self._scopes[event.label] = event.scope

    def opening(self, binding: Binding, steps: Steps[Any]) -> Steps[Any]:
        """Open, or let it go wrong."""
        step = self._step(binding, "open")
        return (yield from super().opening(binding, watched(steps, step.look)))

    def closing(self, binding: Binding, handle: Any, outcome: BaseException | None, steps: Steps[bool]) -> Steps[bool]:
        """Close, or let it go wrong."""
        step = self._step(binding, "close")
        if outcome is not None and _is_lost_on(binding, handle):
            self.wrong.append(
                f"the closing code of {binding.label} did not run: its yield stands in no try, and met {outcome!r}"
            )
        return (yield from super().closing(binding, handle, outcome, watched(steps, step.look)))

    def note(self, rule: Rule, binding: Binding) -> None:
        """Note that it goes wrong, and when."""
        self.n_steps_before = len(self.steps)
        super().note(rule, binding)

    def _step(self, binding: Binding, on: str) -> Step:
        nth = 1 + sum(1 for step in self.steps if (step.label, step.on) == (binding.label, on))
        step = Step(binding.label, on, nth, not self.is_over, self._has_limit(binding, on))
        self.steps.append(step)
        return step

    def _has_limit(self, binding: Binding, on: str) -> bool:
        lifecycle, options = binding.lifecycle, binding.options
        if lifecycle is None:
            return False
        if on == "open":
            is_async = lifecycle.opens_async or binding.make is not Make.CALL
            return is_async and (options.open_timeout or self._open_limit) is not None
        is_of_root = self._scopes.get(binding.label) == "root"
        limit_s = options.close_timeout or (self._root_close_limit if is_of_root else None)
        return lifecycle.closes_async and limit_s is not None


def _is_lost_on(binding: Binding, handle: Any) -> bool:
    """Tell whether code behind the yield of *handle* is skipped where an error is raised there."""
    lifecycle = binding.lifecycle
    if lifecycle is None or lifecycle.style not in _GENERATORS or lifecycle.resumes or can_look(handle):
        return False
    from tenure.model.yields import unprotected_yield  # noqa: PLC0415 - reads sources: slow to import

    return unprotected_yield(inspect.unwrap(binding.target)) is not None
