"""The command line: `python -m benchmarks.workers [--quick] [--write]`."""

import argparse
import logging
import os
import platform
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.workers.jobs import EACH, ONCE, WAYS, result
from benchmarks.workers.server import Server, serving
from tenure.ext.processes import init_worker

PAGE = Path(__file__).resolve().parents[2] / "docs" / "integrations" / "throughput.md"
N_WORKERS = 2
Run = Callable[[Callable[[int], int], int], list[int]]


def init() -> None:
    """Begin a worker of a pool."""
    init_worker(ONCE)
    init_worker(EACH)


@contextmanager
def executor() -> Iterator[Run]:
    with ProcessPoolExecutor(N_WORKERS, initializer=init) as pool:
        yield lambda function, n: list(pool.map(function, range(n)))


@contextmanager
def dask() -> Iterator[Run]:
    from distributed import Client, LocalCluster  # noqa: PLC0415 - the other engine does without

    from tenure.ext.dask import DaskResources  # noqa: PLC0415 - likewise

    with (
        LocalCluster(N_WORKERS, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL) as cluster,
        Client(cluster) as client,
    ):
        client.register_plugin(DaskResources(ONCE))
        client.register_plugin(DaskResources(EACH))
        yield lambda function, n: client.gather(client.map(function, range(n), pure=False))


@contextmanager
def celery() -> Iterator[Run]:
    from celery import group  # noqa: PLC0415 - many runs want no Redis

    from tests.real.started import server_of  # noqa: PLC0415 - as above

    os.environ["BENCH_WORKERS_REDIS"] = f"redis://127.0.0.1:{server_of('redis').port}/0"
    from benchmarks.workers.celery_app import TASKS  # noqa: PLC0415 - which looks there

    words = ("-m", "celery", "-A", "benchmarks.workers.celery_app", "worker", "-c", str(N_WORKERS), "-l", "ERROR")
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    workers = [
        subprocess.Popen([sys.executable, *words[:3], f"{words[3]}:{app}", *words[4:], "-n", app, *quiet])
        for app in ("plain", "app")
    ]
    try:
        yield lambda function, n: group(TASKS[function.__name__].s(number) for number in range(n))().get(timeout=60)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(20)


ENGINES = {"`ProcessPoolExecutor`": executor, "Dask": dask, "Celery": celery}
Found = dict[str, tuple[float, float, float]]
"""By way: tasks in a second, the ratio to the first way, sessions opened for each hundred tasks."""


def measured(run: Run, server: Server, n_tasks: int, n_rounds: int) -> Found:
    """Do the job in every way, round by round; ratios are taken within a round. Results are looked at first."""
    expected = [result(number) for number in range(n_tasks)]
    speeds: dict[str, list[float]] = {way: [] for way in WAYS}
    sessions = dict.fromkeys(WAYS, 0)
    for way, function in WAYS.items():
        if run(function, n_tasks) != expected:
            raise AssertionError(f"{way}: a wrong result")
    for _ in range(n_rounds):
        for way, function in WAYS.items():
            n_before, begin = server.n_sessions, time.perf_counter()
            run(function, n_tasks)
            speeds[way].append(n_tasks / (time.perf_counter() - begin))
            sessions[way] += server.n_sessions - n_before
    first = speeds[next(iter(WAYS))]
    return {
        way: (
            median(each),
            median(speed / base for speed, base in zip(each, first, strict=True)),
            100 * sessions[way] / (n_tasks * n_rounds),
        )
        for way, each in speeds.items()
    }


HEAD = """\
# Once per worker, and once per task

Written by `python -m benchmarks.workers --write`; nothing here is typed by hand. CPython {python}, distributed
{distributed}, Celery {celery} on Redis, {n_workers} worker processes; {n_tasks} tasks in each of {n_rounds} rounds. A
task asks a server on the loopback one question and looks one price up; opening means to connect, to greet, and to read
{n_prices:,} prices from a file of SQLite (`benchmarks/workers/jobs.py`). Tasks in a second are medians of the rounds,
on a machine that others use as well; ratios are taken within a round, to the first line. Sessions are counted by the
server, after a first job that is not measured.
"""


def lines(found: dict[str, Found]) -> Iterator[str]:
    """Give the tables."""
    for engine, rows in found.items():
        yield ""
        yield f"| {engine}: resources are opened | tasks/s | ratio | sessions per 100 tasks |"
        yield "|---|---|---|---|"
        for way, (speed, ratio, sessions) in rows.items():
            yield f"| {way} | {speed:,.0f} | {ratio:.2f} | {sessions:.0f} |"


def main() -> int:
    """Measure, print, and write the page where that is asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.workers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer tasks and rounds")
    parser.add_argument("--write", action="store_true", help="write docs/integrations/throughput.md")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    n_tasks, n_rounds = (100, 2) if options.quick else (400, 9)
    found = {}
    with serving() as server:
        for engine, workers in ENGINES.items():
            with workers() as run:
                found[engine] = measured(run, server, n_tasks, n_rounds)
    print("\n".join(lines(found)))
    if options.write:
        head = HEAD.format(
            python=platform.python_version(), distributed=version("distributed"), celery=version("celery"),
            n_workers=N_WORKERS, n_tasks=n_tasks, n_rounds=n_rounds, n_prices=2_000,
        )  # fmt: skip
        PAGE.write_text(head + "\n".join(lines(found)) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
