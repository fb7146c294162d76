"""What goes over the pipes between the command and its workers: a line of JSON each way."""

import json
import mmap
import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.laws.rig.oracle import Violation
from tests.laws.rig.tally import Tally

SHOWN = 2000
"""Characters of a violation's text that are kept."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some cases of one driver."""

    where: str
    cases: tuple[str, ...]

    def line(self) -> str:
        """Return it as it is sent."""
        return json.dumps([self.where, self.cases]) + "\n"

    @classmethod
    def of(cls, line: str) -> "Batch":
        """Read what `line` gave."""
        where, cases = json.loads(line)
        return cls(where, tuple(cases))


@dataclass(slots=True)
class Result:
    """What became of a batch, or of the first cases of it."""

    tally: Tally = field(default_factory=Tally)
    n_cases: int = 0
    seconds: float = 0.0
    lost: int | None = None
    """The place of the case that the worker was lost by, where it was; nothing is known of the others then."""

    def todo(self, cases: Sequence[str]) -> tuple[str, ...]:
        """Return what is left to do of *cases*, the batch."""
        if self.lost is not None:
            return (*cases[: self.lost], *cases[self.lost + 1 :])
        return tuple(cases[self.n_cases :])

    def line(self) -> str:
        """Return it as it is sent."""
        tally = self.tally
        counts = [[law, backend, n] for (law, backend), n in tally.counts.items()]
        violations = [[each.law, each.text[:SHOWN], each.case] for each in tally.violations]
        return json.dumps([counts, dict(tally.n_runs), violations, self.n_cases, self.seconds]) + "\n"

    @classmethod
    def of(cls, line: str) -> "Result":
        """Read what `line` gave."""
        counts, n_runs, violations, n_cases, seconds = json.loads(line)
        tally = Tally(
            Counter({(law, backend): n for law, backend, n in counts}),
            Counter(n_runs),
            [Violation(*each) for each in violations],
        )
        return cls(tally, n_cases, seconds)


class Place:
    """Which case of its batch a worker is at: a few bytes of a file that both processes have in memory."""

    _FORM = struct.Struct("QQ")
    _STOP = struct.Struct("Q")

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(self._FORM.size + self._STOP.size))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 0)
        self._serial = 0

    def at(self, number: int) -> None:
        """In the worker: say that case *number* of the batch begins."""
        self._serial += 1
        self._FORM.pack_into(self._memory, 0, self._serial, number)

    def read(self) -> tuple[int, int]:
        """Return a number that changes with every case, and the place in the batch."""
        serial, number = self._FORM.unpack_from(self._memory)
        return serial, number

    def stop(self) -> None:
        """In the command: have the worker end its batch after the case that it is at."""
        self._STOP.pack_into(self._memory, self._FORM.size, 1)

    @property
    def is_stopped(self) -> bool:
        """Whether `stop` was called."""
        return bool(self._STOP.unpack_from(self._memory, self._FORM.size)[0])

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.close()
