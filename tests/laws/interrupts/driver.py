"""
Driver D: Ctrl-C at every bytecode of Tenure on the main thread (L69).

Only the bytecodes after which the interpreter looks for signals are tried: between others no Ctrl-C can arrive. The
mode "raise" raises KeyboardInterrupt at any bytecode instead; it is for looking, and no case of the rig.

A case is "D:<backend>:<play>:<mode>:<where>": where is "n" or "n+k" (a second one k later), "*/7" every seventh
of them, "*/7+k" those with a second one k later; see `injecting` for the modes.
"""

from collections.abc import Iterator

from tenure.runtime.scope import every_scope
from tests.laws.interrupts.injecting import Injector
from tests.laws.interrupts.judging import Run, judged
from tests.laws.interrupts.plays import PLAYS, Play
from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import Violation
from tests.laws.threads.nodes import Stage

LETTER = "D"
TITLE = "Ctrl-C at every bytecode"
TWICE = ("get-gen", "get-chain", "close-gen", "close-chain", "scope-gen")
"""Plays that are interrupted a second time as well."""
STRIDES = {"get-diamond": 3, "override": 31, "rollback": 7, "cold": 37, "reset": 31, "retry": 2}
"""Every how many-th bytecode of long plays is tried in full."""
N_ENOUGH = 10
"""Violations after which a search ends: setting up anew takes time, and more of them tell nothing new."""
LAWS = ("L3", "L9", "L10", "L11", "L18", "L23", "L24", "L25", "L26", "L40", "L43", "L69")


def cases(full: bool) -> Iterator[str]:
    """Give every case; see the module."""
    for name in PLAYS:
        yield f"D:sync:{name}:signal:*/{STRIDES.get(name, 1) if full else 11}"
        if full and name in TWICE:
            yield from (f"D:sync:{name}:signal:*/3+{later}" for later in (1, 3, 10, 30))


def run(case: str) -> Outcome:
    """
    Run *case*.

    Raises:
        ValueError: there is none of that name.
    """
    letter, backend, name, mode, where = case.split(":")
    if letter != LETTER or name not in PLAYS:
        raise ValueError(f"no case of driver D: {case}")
    return Search(backend, name, mode).run(where)


class Search:
    """The interruptions of one play."""

    def __init__(self, backend: str, name: str, mode: str) -> None:
        self._name = f"D:{backend}:{name}:{mode}:"
        self._backend, self._make = backend, PLAYS[name]
        self._injector = Injector(mode)
        self._set_up()

    def _set_up(self) -> None:
        self._stage = Stage()
        self._play: Play = self._make(self._stage)
        for _ in range(3):  # compiled, and every code object known
            self._one(())

    def _one(self, targets: tuple[int, ...]) -> list[Violation]:
        run = Run(self._stage, self._play)
        return judged(run, self._injector, targets)

    def run(self, where: str) -> Outcome:
        """Interrupt at *where*; see the module."""
        outcome = Outcome(self._backend, LAWS, n_runs=0)
        for targets in self._targets(where):
            found = self._one(targets)
            outcome.n_runs += 1
            if found:
                replay = self._name + "+".join([str(targets[0]), *(str(t - targets[0]) for t in targets[1:])])
                outcome.violations += [Violation(each.law, each.text, replay) for each in found]
                if len(outcome.violations) >= N_ENOUGH:
                    break
                self._forsake()
                self._set_up()  # what is broken now would break the next ones
        return outcome

    def _forsake(self) -> None:
        """Have what is broken owe nothing, so that nothing is said about it when it is collected."""
        for container in self._play.containers():
            for scope in every_scope(container.engine.root):
                scope.exits.clear()

    def _targets(self, where: str) -> Iterator[tuple[int, ...]]:
        at, _, later = where.partition("+")
        if not at.startswith("*"):
            yield (int(at), *([int(at) + int(later)] if later else []))
            return
        stride = int(at[2:] or 1)
        n_last = self._injector.n_seen
        for n in range(1, n_last + 1, stride):
            yield (n, n + int(later)) if later else (n,)
