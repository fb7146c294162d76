"""S14: eight threads that do the same, against one: 1.00 means that together they are as fast as one alone."""

import statistics
import threading
import time
from dataclasses import dataclass

from benchmarks.adapters import Library
from benchmarks.case import WrongResultError
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
                if title in found.absent:
                    continue
                try:
                    ratios[title].append(together(timer, N_THREADS) / together(timer, 1))
                except WrongResultError as error:
                    found.absent[title] = str(error)
                    del ratios[title]
        for title, values in ratios.items():
            found.measured[title] = Measured(statistics.median(values), statistics.median(values))
        for case in cases.values():
            close(case, None)
        return found


def together(timer: Timer, n: int) -> float:
    """
    Return the seconds per round of *timer* where *n* threads make one each at the same time.

    Raises:
        WrongResultError: in a thread it raises something, and so does less than its work.
    """
    barrier = threading.Barrier(n + 1)
    failed: list[Exception] = []

    def run() -> None:
        barrier.wait()
        try:
            timer.round()
        except Exception as error:  # noqa: BLE001  # told by the thread that waits
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(n)]
    for thread in threads:
        thread.start()
    barrier.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if failed:
        error = f"{type(failed[0]).__name__}: {failed[0]}".splitlines()[0]
        raise WrongResultError(f"wrong result: {len(failed)} of {n} threads raised {error}")
    return (time.perf_counter() - began) / n


NOTE = "≈ 1.0"
THREADS = (
    Threads("S14.get", "8 threads on S1, against 1 thread", "s14_get", singleton, 1.1, unit="", peers_named=NOTE),
    Threads("S14.request", "8 threads on S5, against 1 thread", "s14_request", request, 1.1, unit="", peers_named=NOTE),
)
