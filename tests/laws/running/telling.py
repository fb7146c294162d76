"""What the command prints: the line that moves, law by law, the drivers, the bank."""

import sys
import time
from collections.abc import Iterator, Mapping
from typing import TextIO

from tests.laws.rig.oracle import Violation
from tests.laws.running.account import BACKENDS, LAWS, MOOT, Account, OfDriver

_SHOWN = 5
"""Violations of one law that are printed in full."""
_EVERY_S = 20.0


def titles() -> dict[str, str]:
    """Return the title of each law by its number, as far as the contract suite tells them."""
    try:
        from tenure.testing.contract import laws
    except ImportError:
        return {}
    found = {}
    for law in getattr(laws, "LAWS", ()):
        law = laws.LAWS[law] if isinstance(laws.LAWS, Mapping) else law
        number = str(getattr(law, "number", getattr(law, "name", "")))
        found[number if number.startswith("L") else f"L{number}"] = str(getattr(law, "title", ""))
    return found


class Progress:
    """A line per driver; on a terminal one more that moves, elsewhere one now and then."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._is_live = out.isatty()
        self._told: set[str] = set()
        self._said_at = time.monotonic()

    def look(self, account: Account) -> None:
        """Tell what is new."""
        for each in account.drivers:
            if each.is_ended and each.found.letter not in self._told:
                self._told.add(each.found.letter)
                self.say(_driver(each))
        busy = [each for each in account.drivers if each.n_cases and not each.is_ended]
        if busy and self._is_live:
            self._out.write(f"\r\033[K{_driver(busy[-1])} …")
            self._out.flush()
        elif busy and time.monotonic() - self._said_at > _EVERY_S:
            self.say(f"{_driver(busy[-1])} …")

    def say(self, line: str) -> None:
        """Print *line* in place of the one that moves."""
        self._out.write(f"\r\033[K{line}\n" if self._is_live else f"{line}\n")
        self._out.flush()
        self._said_at = time.monotonic()


def _driver(each: OfDriver) -> str:
    if each.found.problem:
        return f"{each.found.letter}  {each.found.title:<32} cannot be used:\n{each.found.problem}"
    n_bad = len(each.tally.violations)
    counts = f"{each.n_cases:>9,} cases {each.n_runs:>10,} runs {each.seconds:>7.1f} s {each.rate:>9,.0f}/s"
    return f"{each.found.letter}  {each.found.title:<32} {counts}  {n_bad} violation{'' if n_bad == 1 else 's'}"


def summary(account: Account, names: Mapping[str, str]) -> Iterator[str]:
    """Give the lines of the report at the end; *names* are the titles of the laws."""
    yield from _law_by_law(account, names)
    yield from _violations(account.tally().violations)
    yield ""
    yield "DRIVERS"
    yield from (_driver(each) for each in account.drivers)
    total = sum(each.n_runs for each in account.drivers)
    yield f"   {total:,} runs" + (" before it was interrupted" if account.is_cut else "")
    if account.bank is not None:
        yield from _bank(account)


def _law_by_law(account: Account, names: Mapping[str, str]) -> Iterator[str]:
    tally = account.tally()
    width = min(72, max((len(title) for title in names.values()), default=0))
    yield ""
    yield f"{'LAW BY LAW':<{width + 5}}" + "".join(f"{each:>11}" for each in BACKENDS) + "  violations"
    for law in LAWS:
        counts = [tally.counts[law, each] for each in BACKENDS]
        n_bad = sum(each.law == law for each in tally.violations)
        if any(counts) or n_bad or account.is_whole:
            shown = "".join(f"{n:>11,}" if n else f"{'·':>11}" for n in counts)
            note = "" if any(counts) else f"  {MOOT.get(law, 'NOT CHECKED')}"
            yield f"{law:<4} {names.get(law, '')[:width]:<{width}}{shown}{n_bad:>12}{note}"


def _violations(found: list[Violation]) -> Iterator[str]:
    by_law: dict[str, list[Violation]] = {}
    for each in found:
        by_law.setdefault(each.law, []).append(each)
    for law, violations in sorted(by_law.items(), key=lambda item: (len(item[0]), item[0])):
        yield ""
        yield f"{law}: {len(violations)} violation{'' if len(violations) == 1 else 's'}"
        for each in violations[:_SHOWN]:
            text = each.text.replace("\n", "\n      ")
            yield f"   python3 dev.py laws {each.case!r}\n      {text}"
        if len(violations) > _SHOWN:
            yield f"   and {len(violations) - _SHOWN} more: --json FILE keeps them all"


def _bank(account: Account) -> Iterator[str]:
    bank, survivors = account.bank or {}, account.survivors()
    yield ""
    yield f"BANK  {len(bank) - len(survivors)} of {len(bank)} seeded bugs killed"
    for name, killer in bank.items():
        yield f"   {name:<44} {killer or 'SURVIVES'}"
