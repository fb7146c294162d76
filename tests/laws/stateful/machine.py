"""
Long random lives of a container, each step predicted by the reference model.

Hypothesis leaves out random rules in each example by itself (swarm testing). The oracle is a function of the whole
trace, so it is asked once, at the end of each life: what it finds then it would have found after the step.
"""

from tests.laws.rig.oracle import End, violations
from tests.laws.stateful.life import BrokenLaw
from tests.laws.stateful.living import Living
from tests.laws.stateful.replacing import Replacing


class Machine(Living, Replacing):
    """One life; subclasses say in which world."""

    def teardown(self) -> None:
        """Leave everything, close, and ask the oracle."""
        is_whole = not self.is_broken
        try:
            self._end() if is_whole else self._give_up()
        finally:
            if self.is_broken:
                self._give_up()
            left = self.world.close()
        self.hold("L40", not left or not is_whole, f"left behind: {left}")

    def _give_up(self) -> None:
        """Close what can be: the life is known to be broken."""
        self.stage.armed.clear()
        for gate in self.gates.values():
            self.world.release(gate)
        for manager in [handle for _, handle, _ in self.entered] + [each for each, _ in self.overrides]:
            self.world.begin(0, lambda manager=manager: self.exit_of(manager, None))  # type: ignore[misc]
            self.world.settle()
        self.world.begin(0, self._close)
        self.world.settle()

    def _end(self) -> None:
        while self.entered:
            self.leave(0, False)
        while self.overrides:
            self.undo(0, False)
        self.step("L10", self._close_model, self._close, may_fail=True)
        if self.is_entered:
            self.leave_container(False)
        self.hold("L12", not self.stage.touched, "; ".join(self.stage.touched))
        for each in violations(self.stage.trace.steps, End(self.errors)):
            raise BrokenLaw(each.law, each.text)


class SyncMachine(Machine):
    """Plain Python."""


class AsyncioMachine(Machine):
    """asyncio in virtual time."""

    WORLD = "asyncio"


class TrioMachine(Machine):
    """trio in virtual time."""

    WORLD = "trio"


MACHINES: dict[str, type[Machine]] = {"sync": SyncMachine, "asyncio": AsyncioMachine, "trio": TrioMachine}
