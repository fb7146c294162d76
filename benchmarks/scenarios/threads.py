"""S14: eight threads that do the same, against one: 1.00 means that together they are as fast as one alone."""

import statistics
import threading
import time
from dataclasses import dataclass

from benchmarks.adapters import Library
from benchmarks.scenarios.calls import singleton
from benchmarks.scenarios.row import Found, Row, close
from benchmarks.scenarios.scopes import request
from benchmarks.timing import Effort, Measured, Timer

N_THREADS = 8


@dataclass(frozen=True)
class Threads(Row):
    """A row whose values are the time per piece of work of eight threads by that of one thread."""

    def measure(self, libraries: list[Library], effort: Effort) -> Found:
        found, cases = self.checked(libraries, None)
        timers = {title: Timer(case) for title, case in cases.items()}
        for timer in timers.values():
            timer.calibrate(effort.slice_s)
        ratios: dict[str, list[float]] = {title: [] for title in timers}
        for _ in range(effort.rounds):
            for title, timer in timers.items():
                ratios[title].append(together(timer, N_THREADS) / together(timer, 1))
        for title, values in ratios.items():
            found.measured[title] = Measured(statistics.median(values), statistics.median(values))
        for case in cases.values():
            close(case, None)
        return found


def together(timer: Timer, n: int) -> float:
    """Return the seconds per round of *timer* where *n* threads make one each at the same time."""
    barrier = threading.Barrier(n + 1)

    def run() -> None:
        barrier.wait()
        timer.round()

    threads = [threading.Thread(target=run) for _ in range(n)]
    for thread in threads:
        thread.start()
    barrier.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - began) / n


NOTE = "≈ 1.0"
THREADS = (
    Threads("S14.get", "8 threads on S1, against 1 thread", "s14_get", singleton, 1.1, unit="", peers_named=NOTE),
    Threads("S14.request", "8 threads on S5, against 1 thread", "s14_request", request, 1.1, unit="", peers_named=NOTE),
)
