"""
Does the rig notice? Each seeded bug is planted into a copy of the library, and drivers run until one reports it.

    python -m tests.laws.bank.run [BUG …] [--named] [--learn] [--tests] [--jobs N]

What noticed a bug the last time is in `known.json`: that case comes first, then the quick parts of the drivers that
ought to notice, then those of the others. A violation counts only where the library as it is does not show it.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.laws.bank.bug import ROOT, Bug, PatchError, copied, every_bug
from tests.laws.rig.oracle import Violation
from tests.laws.running.batches import Batch
from tests.laws.running.crew import Worker
from tests.laws.running.discovering import LAWS, Found, drivers

KNOWN = Path(__file__).parent / "known.json"
LIMIT_S = 10.0
"""How long a case may take: a bug that has everybody wait is noticed by that."""
_SIZES = (1, 4, 15, 60, 240)
_PER_LAW = 3


class Bank:
    """
    Tries bugs, several at a time.

    Args:
        found: the drivers.
        known: the case that noticed a bug the last time, by the bug's name.
        only_named: whether no other drivers are tried than those that a bug names.
    """

    def __init__(self, found: Sequence[Found], known: dict[str, str], only_named: bool = False) -> None:
        self._only_named = only_named
        self._found = {each.letter: each for each in found if each.driver is not None}
        self.known = known
        self._quick: dict[str, list[str]] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="tenure-bank-")
        self._source = copied(Path(self._folder.name))  # it may be worked on while this runs
        self._clean = Clean(self._source)
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Give up what is under way."""
        self._stopped.set()

    def close(self) -> None:
        """End what is kept."""
        self._clean.close()
        self._folder.cleanup()

    def killer_of(self, bug: Bug) -> str:
        """Return which driver noticed *bug*, by which law and case; "" where none did."""
        with tempfile.TemporaryDirectory(prefix="tenure-bank-") as folder:
            try:
                source = bug.plant(Path(folder), self._source / "tenure")
            except PatchError as error:
                return f"not planted: {error}"  # a test of the bank's says the same, and fails
            for letter, cases in self._tries(bug):
                violation = self._search(self._found[letter], cases, source)
                if violation is not None:
                    self.known[bug.name] = violation.case
                    return f"{letter}  {violation.law:<4} {violation.case}"
        return ""

    def _tries(self, bug: Bug) -> Iterator[tuple[str, list[str]]]:
        hint = self.known.get(bug.name, "")
        letters = [*bug.drivers, *(() if self._only_named else self._found)]
        if hint[:1] in self._found:
            yield hint[:1], [hint]
        for letter in dict.fromkeys(letters):
            if letter in self._found and not self._stopped.is_set():
                yield letter, self._quick_cases(letter)

    def _quick_cases(self, letter: str) -> list[str]:
        """Return them in one mixed order, so that the first few are of every kind."""
        with self._lock:
            if letter not in self._quick:
                self._quick[letter] = list(self._found[letter].driver.cases(False))
                random.Random(0).shuffle(self._quick[letter])  # the same each time is what is wanted
            return self._quick[letter]

    def _search(self, found: Found, cases: Sequence[str], source: Path) -> Violation | None:
        """Return the first violation that *cases* show, and that is not there without the bug."""
        worker: Worker | None = None
        todo, sizes = list(cases), iter(_SIZES)
        size = 1
        try:
            while todo and not self._stopped.is_set():
                size = next(sizes, size)
                worker = worker or Worker(LIMIT_S, source)
                batch = tuple(todo[:size])
                result, lives = worker.run(Batch(found.where, batch), self._stopped)
                todo = [*result.todo(batch), *todo[size:]] if result.n_cases else []
                if not lives:
                    _gone(worker)
                    worker = None
                for violation in _some(result.tally.violations):
                    if self._clean.passes(found, violation.case):
                        return violation
        finally:
            if worker is not None:
                _gone(worker)
        return None


def _some(violations: Sequence[Violation]) -> Iterator[Violation]:
    """Give the first few of each law: where a bug shows at all it shows there."""
    counts: Counter[str] = Counter()
    for each in violations:
        counts[each.law] += 1
        if counts[each.law] <= _PER_LAW:
            yield each


class Clean:
    """The library in *source*, as it is: which cases pass there. One worker for each driver is kept."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self._passed: dict[str, bool] = {}
        self._workers: dict[str, Worker] = {}
        self._lock = threading.Lock()
        self._never = threading.Event()

    def passes(self, found: Found, case: str) -> bool:
        """Tell whether *case* shows no violation."""
        with self._lock:
            if case not in self._passed:
                worker = self._workers.get(found.letter) or Worker(LIMIT_S, self._source)
                result, lives = worker.run(Batch(found.where, (case,)), self._never)
                self._passed[case] = not result.tally.violations
                if lives:
                    self._workers[found.letter] = worker
                else:
                    self._workers.pop(found.letter, None)
                    _gone(worker)
            return self._passed[case]

    def close(self) -> None:
        """End the workers."""
        with self._lock:
            while self._workers:
                _gone(self._workers.popitem()[1])


def _gone(worker: Worker) -> None:
    worker.kill()
    worker.close()


def run_bank(
    killers: dict[str, str],
    n: int,
    say: Callable[[str], None],
    names: Sequence[str] = (),
    *,
    only_named: bool = False,
    learned: Callable[[dict[str, str]], None] = lambda known: None,
) -> None:
    """
    Try every bug, or those called *names*; put into *killers* who noticed each.

    Args:
        killers: by the bug's name, "" for one that survives.
        n: how many at a time, >= 1.
        say: shows a line.
        names: which bugs; none: all.
        only_named: as for `Bank`.
        learned: given, after each bug, the case that noticed each bug, as in `known.json`.
    """
    bugs = [bug for bug in every_bug() if not names or bug.name in names]
    bank = Bank(drivers(LAWS), json.loads(KNOWN.read_text("utf-8")) if KNOWN.exists() else {}, only_named)
    say(f"{len(bugs)} seeded bugs")

    def attempt(bug: Bug) -> None:
        killer = bank.killer_of(bug)
        is_killed = bool(killer) and not killer.startswith("not planted")
        killers[bug.name] = killer if is_killed else ""
        say(f"   {bug.name:<44} {killer or 'SURVIVES'}")
        learned(bank.known)

    killers.update(dict.fromkeys((bug.name for bug in bugs), ""))  # in the order of the bank, whichever ends first
    with ThreadPoolExecutor(n) as pool:
        try:
            list(pool.map(attempt, bugs))
        except BaseException:
            bank.stop()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        finally:
            bank.close()


def killed_by_tests(bug: Bug) -> str:
    """Return the test that notices *bug*, "" where none does: says whether it is a bug at all."""
    with tempfile.TemporaryDirectory(prefix="tenure-bank-") as folder:
        source = bug.plant(Path(folder))
        command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=no", "--no-header", "-p", "no:cacheprovider"]
        command += ["--timeout=10", "tests/engine", "tests/faults"]
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(source), str(ROOT)])}
        result = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return ""
    failed = [line for line in result.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0] if failed else result.stdout[-200:]


def _learn(known: dict[str, str]) -> None:
    kept = {bug.name: known[bug.name] for bug in every_bug() if bug.name in known}
    KNOWN.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


def main(arguments: Sequence[str]) -> int:
    """Try the bugs; return 1 where one survives."""
    parser = argparse.ArgumentParser(prog="python -m tests.laws.bank.run", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="BUG")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--named", action="store_true", help="only the drivers that a bug names")
    parser.add_argument("--learn", action="store_true", help="keep what noticed each in known.json")
    parser.add_argument("--tests", action="store_true", help="by tests/engine and tests/faults in place of drivers")
    options = parser.parse_args(arguments)
    if options.tests:
        for bug in every_bug():
            if not options.names or bug.name in options.names:
                print(f"{bug.name:<44} {killed_by_tests(bug) or 'SURVIVES'}", flush=True)
        return 0
    killers: dict[str, str] = {}
    say, learned = (lambda line: print(line, flush=True)), (_learn if options.learn else lambda known: None)
    run_bank(killers, options.jobs, say, options.names, only_named=options.named, learned=learned)
    survivors = [name for name, killer in killers.items() if not killer]
    print(f"{len(killers) - len(survivors)} of {len(killers)} killed; surviving: {', '.join(survivors) or 'none'}")
    return int(bool(survivors))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has background jobs ignore it
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # and ends the workers
    sys.exit(main(sys.argv[1:]))
