"""What a test asks to go wrong."""

import threading
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from tenure.event import Event
from tenure.lifecycle.effects import Steps
from tenure.model.binding import Binding
from tenure.record import record
from tenure.testing.faults.cutting import CutOff
from tenure.testing.faults.hanging import hang
from tenure.testing.faults.rules import ErrorMaker, InjectedFault, Kind, Rule, shown
from tenure.testing.faults.seam import meddling
from tenure.testing.faults.waits import watched


@record
class Happened:
    """One thing that went wrong, as it was asked to."""

    label: str
    """The key of the resource, as shown."""
    on: str
    """"open" or "close"."""
    what: str
    """The call that asked for it, with the seed that repeats it."""


class Faults:
    """
    Resources that fail, hang, or have whoever waits cancelled: a context manager, and the fixture `faults`.

    A resource is named by its key, by what is bound to the key, or by a text: the key as errors show it, or the last
    part of that, so that "database" is the provider of that name of any declarative container. Faults concern what is
    opened and closed from then on, in every container of the process; values that are neither are not concerned,
    override those. While a fault stands, everything is opened and closed step by step: nothing else differs.

    Attributes:
        happened: what went wrong so far, in order.
    """

    def __init__(self) -> None:
        self.happened: list[Happened] = []
        self._rules: list[Rule] = []
        self._cuts: dict[Rule, CutOff] = {}
        self._freed = threading.Event()
        self._standing = ExitStack()
        self._is_entered = False

    def __enter__(self) -> Self:
        """Take the place from which faults can be caused; nothing is caused yet."""
        if self._is_entered:
            raise RuntimeError("it was entered before; make another one")
        self._is_entered = True
        self._standing.enter_context(meddling(self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let everything go well again, and what hangs on a thread go on."""
        self._freed.set()
        self._rules.clear()
        self._standing.close()

    # what is asked for

    def fail(
        self,
        key: Any,
        *,
        on: str = "open",
        nth: int | None = None,
        times: int | None = None,
        wait: int | None = None,
        error: ErrorMaker | None = None,
        probability: float | None = None,
        seed: int | None = None,
    ) -> None:
        """
        Have the resource *key* raise.

        Args:
            key: which resource; see the class.
            on: "open": instead of its opening code, which does not run; "close": behind its closing code, so that the
                test itself leaves nothing open.
            nth: the first opening or closing that fails, counted from now; each attempt of a `Retry` is one. None: the
                first that there is.
            times: how many fail; None: the one that `nth` names, or all of them where it names none.
            wait: fail in the middle instead, when this wait of its asynchronous code has ended; starts at 1. Code that
                waits less often does not fail.
            error: an exception, a class of them or a function that gives one; None: an InjectedFault.
            probability: let chance decide about each, 0 to 1.
            seed: what makes chance decide the same again; None: a new one, which `happened` and the error tell.

        Raises:
            ValueError: an argument is out of its bounds.
        """
        how: dict[str, Any] = {"nth": nth, "times": times, "wait": wait, "probability": probability, "seed": seed}
        self._add(Rule(Kind.FAIL, key, on, error=error, **how))

    def hang(self, key: Any, *, on: str = "open", nth: int | None = None, times: int | None = None) -> None:
        """
        Have the resource *key* wait before its opening or closing code, until a limit or a cancellation ends it.

        A synchronous closing hangs where it has a `close_timeout` of its own, and runs when the faults end; any other
        synchronous code would hang the test, and raises a RuntimeError instead. Arguments as for `fail`.
        """
        self._add(Rule(Kind.HANG, key, on, nth=nth, times=times))

    def cancel_at(self, key: Any, on: str = "open", *, nth: int | None = None, wait: int | None = None) -> CutOff:
        """
        Return an `async with` whose body is cancelled when the resource *key* begins to open or close.

        Args:
            key: which resource; see the class.
            on: "open" or "close".
            nth: at which opening or closing, counted from now.
            wait: cancel it only when this wait of its asynchronous code begins; starts at 1.
        """
        rule = Rule(Kind.CANCEL, key, on, nth=nth, times=1, wait=wait)

        def begin(cut: CutOff) -> None:
            self._cuts[rule] = cut
            self._add(rule)

        def end(_: CutOff) -> None:
            self._rules.remove(rule)

        return CutOff(begin, end)

    def stop(self) -> None:
        """Cause no more faults; what hangs goes on hanging."""
        self._rules.clear()

    def unmet(self) -> list[str]:
        """Return the calls that named a resource which was never opened, or closed, since."""
        return [str(rule) for rule in self._rules if rule.n_met == 0 and rule.kind is not Kind.CANCEL]

    def _add(self, rule: Rule) -> None:
        if not self._is_entered:
            raise RuntimeError(f"no fault stands yet: with Faults() as faults: faults.{rule}")
        shown(rule.key)
        self._rules.append(rule)

    # what is done

    def told(self, event: Event) -> None:
        """Nothing to learn."""

    def opening(self, binding: Binding, steps: Steps[Any]) -> Steps[Any]:
        """Open, or do what the rules say."""
        rules = _due(self._rules, binding, "open")
        for rule in rules:
            if rule.wait is None:
                try:
                    yield from self._do(rule, binding, None)
                except BaseException:
                    steps.close()
                    raise
        return (yield from _meeting_waits(rules, binding, steps, self))

    def closing(self, binding: Binding, handle: Any, outcome: BaseException | None, steps: Steps[bool]) -> Steps[bool]:
        """Close, or do what the rules say."""
        rules = _due(self._rules, binding, "close")
        for rule in rules:
            if rule.wait is None and rule.kind is not Kind.FAIL:
                yield from self._do(rule, binding, handle)
        swallowed: bool = yield from _meeting_waits(rules, binding, steps, self)
        for rule in rules:
            if rule.wait is None and rule.kind is Kind.FAIL:
                yield from self._do(rule, binding, handle)
        return swallowed

    def _do(self, rule: Rule, binding: Binding, handle: Any) -> Steps[None]:
        if rule.kind is Kind.HANG:
            self.note(rule, binding)
            yield from hang(binding, rule.on, self._freed, handle)
            return
        error = self.act(rule, binding)
        if error is not None:
            raise error

    def act(self, rule: Rule, binding: Binding) -> BaseException | None:
        """Cancel whoever is to be cancelled, or return what is to be raised."""
        self.note(rule, binding)
        if rule.kind is Kind.CANCEL:
            self._cuts[rule].cancel()
            return None
        error = rule.raised(binding)
        if not isinstance(error, InjectedFault) and rule.probability is not None:
            error.add_note(f"caused by {rule}")
        return error

    def note(self, rule: Rule, binding: Binding) -> None:
        """Write down that it goes wrong."""
        self.happened.append(Happened(binding.label, rule.on, str(rule)))


def _due(rules: list[Rule], binding: Binding, on: str) -> list[Rule]:
    return [rule for rule in tuple(rules) if rule.applies(binding, on)]


def _meeting_waits(rules: list[Rule], binding: Binding, steps: Steps[Any], faults: Faults) -> Steps[Any]:
    at_waits = [rule for rule in rules if rule.wait is not None]
    if not at_waits:
        return (yield from steps)
    n_waits = 0

    def look(has_ended: bool) -> BaseException | None:
        nonlocal n_waits
        n_waits += not has_ended
        found = None
        for rule in at_waits:
            if rule.wait == n_waits and has_ended is (rule.kind is Kind.FAIL):
                found = faults.act(rule, binding) or found
        return found

    return (yield from watched(steps, look))
