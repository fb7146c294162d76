"""The command line of the rig."""

import argparse
import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.laws.rig.oracle import Violation
from tests.laws.running.account import Account, OfDriver
from tests.laws.running.batches import Batch, Result
from tests.laws.running.crew import Crew, Job
from tests.laws.running.discovering import LAWS, chosen, drivers
from tests.laws.running.telling import Progress, summary, titles
from tests.laws.running.worker import RIG

LIMIT_S = 120.0
"""How long a case may take, unless its driver says otherwise by LIMIT_S."""
_BATCH_S = 0.7
_MOST = 5000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the rig can be asked for."""
    parser.add_argument("cases", nargs="*", metavar="CASE", help="run these alone, as a report shows them")
    parser.add_argument("--quick", action="store_true", help="the quick part of each driver, and no seeded bugs")
    parser.add_argument("--only", default="", metavar="A,B", help="these drivers alone, and no seeded bugs")
    parser.add_argument("--bank", action="store_true", help="the seeded bugs alone")
    parser.add_argument("--no-bank", action="store_true", help="leave the seeded bugs out")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="worker processes")
    parser.add_argument(
        "--limit", type=float, metavar="SECONDS", help="how long a case may take, before it is a failure"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was found there as well")
    parser.add_argument("--folder", type=Path, default=LAWS, help=argparse.SUPPRESS)


def main(arguments: Sequence[str]) -> int:
    """Run the rig; return 1 on a violation, 2 where it was asked for what there is not, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.laws", description="Run the rig of the laws.")
    add_arguments(parser)
    options = parser.parse_args(arguments)
    options.jobs = max(1, options.jobs)
    began, progress = time.monotonic(), Progress()
    try:
        account = _account(options)
    except LookupError as error:
        parser.error(str(error.args[0]))
    try:
        if not options.bank:
            run(account, options, progress)
        if options.bank or not (options.no_bank or options.quick or options.only or options.cases):
            _run_bank(account, options.jobs, progress)
    except KeyboardInterrupt:
        account.is_cut = True
    names = titles()
    for line in summary(account, names):
        progress.say(line)
    progress.say(f"{time.monotonic() - began:.0f} s")
    if options.json is not None:
        options.json.write_text(json.dumps(account.as_json(names), indent=1) + "\n", "utf-8")
    return 130 if account.is_cut else account.exit_code


def _account(options: argparse.Namespace) -> Account:
    letters = [case.partition(":")[0] for case in options.cases] or list(filter(None, options.only.split(",")))
    found = [] if options.bank else chosen(drivers(options.folder), letters)
    is_whole = not (options.quick or options.only or options.cases or options.bank)
    return Account([OfDriver(each) for each in found], is_whole)


def run(account: Account, options: argparse.Namespace, progress: Progress) -> None:
    """Run the drivers of *account*."""
    crew = Crew(options.jobs, jobs(account, options))
    crew.run(lambda: progress.look(account))
    progress.look(account)


def jobs(account: Account, options: argparse.Namespace) -> Iterator[Job]:
    """Give the batches of all drivers, one driver after the other."""
    for each in account.drivers:
        if each.found.driver is None:
            each.is_ended = True
        else:
            yield from _of_driver(each, options)


def _of_driver(each: OfDriver, options: argparse.Namespace) -> Iterator[Job]:
    open_batches = [1]  # one more as long as there are cases to come
    limit_s = float(options.limit or getattr(each.found.driver, "LIMIT_S", LIMIT_S))

    def tell(result: Result) -> None:
        each.add(result)

    def end() -> None:
        open_batches[0] -= 1
        each.is_ended = open_batches[0] == 0

    for batch in _batches(each, _cases(each, options)):
        open_batches[0] += 1
        yield Job(batch, limit_s, tell, end)
    end()


def _cases(each: OfDriver, options: argparse.Namespace) -> Iterator[str]:
    """Give its cases; should it fail to, that is a violation of its own."""
    mine = [case for case in options.cases if case.partition(":")[0].upper() == each.found.letter]
    try:
        yield from mine or each.found.driver.cases(not options.quick)
    except Exception as error:  # the other drivers run
        each.tally.violations.append(Violation(RIG, f"driver {each.found.letter} gave no more cases: {error!r}"))


def _batches(each: OfDriver, cases: Iterable[str]) -> Iterator[Batch]:
    """Put *cases* together so that a batch takes about a second; the first are small, for nothing is known yet."""
    held: list[str] = []
    for case in cases:
        held.append(case)
        if len(held) >= _size(each):
            yield Batch(each.found.where, tuple(held))
            held = []
    if held:
        yield Batch(each.found.where, tuple(held))


def _size(each: OfDriver) -> int:
    if each.seconds < 0.05:
        return 1 if not each.n_cases else 20
    return max(1, min(_MOST, int(_BATCH_S * each.n_cases / each.seconds)))


def _run_bank(account: Account, n: int, progress: Progress) -> None:
    from tests.laws.bank.run import run_bank

    account.bank = {}
    run_bank(account.bank, n, progress.say)
