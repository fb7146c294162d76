"""Pools of processes: of the standard library, loky and joblib."""

import _thread
import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.util import Finalize

import joblib
import pytest
import workers_app as app
from conformance import shows
from joblib.externals import loky
from joblib.externals.loky.process_executor import BrokenProcessPool as LokyBrokenError
from pools_conformance import PoolConformance

from tenure.ext.processes import init_worker
from tests.real.running import wait_until

METHODS = multiprocessing.get_all_start_methods()


class Workers:
    """What work is given to."""

    def __init__(self, run, map_, again=None):
        self.run = run
        self.map = map_
        self.again = again


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # 3.12 warns where threads run
class Pools(PoolConformance):
    """What they have in common."""

    method = "forkserver"

    def initargs(self, ref):
        return str(self.written.path), init_worker, ref

    @shows("start/stop")
    @pytest.mark.parametrize("method", METHODS)
    def test_each_process_opens_and_closes_its_own(self, log, method):
        """However it is started."""
        self.method = method
        super().test_each_process_opens_and_closes_its_own(log)

    @shows("fork-safe")
    def test_what_is_open_before_there_are_workers(self, log):
        """Forked workers leave it alone."""
        self.method = "fork"
        super().test_what_is_open_before_there_are_workers(log)


class TestExecutor(Pools):
    """`concurrent.futures.ProcessPoolExecutor`."""

    framework = "ProcessPoolExecutor"
    spares_others = False
    start_error = BrokenProcessPool

    @contextmanager
    def workers(self, ref, n=2):
        context = multiprocessing.get_context(self.method)
        with ProcessPoolExecutor(n, context, app.begin, self.initargs(ref)) as executor:
            yield Workers(
                lambda function, *args: executor.submit(function, *args).result(),
                lambda function, *lists: list(executor.map(function, *lists)),
                lambda: self.workers(ref),
            )

    def after_the_kill(self, workers):
        """It is broken: another one has to be made."""
        return Anew(workers.again())


class Anew:
    """Workers for one piece of work."""

    def __init__(self, workers):
        self.workers = workers

    def run(self, function, *args):
        with self.workers as workers:
            return workers.run(function, *args)


class TestPool(Pools):
    """`multiprocessing.Pool`."""

    framework = "multiprocessing.Pool"
    has_lost_a_task = False

    @contextmanager
    def workers(self, ref, n=2):
        context = multiprocessing.get_context(self.method)
        with context.Pool(n, app.begin, self.initargs(ref)) as pool:
            self.pool = pool
            yield Workers(
                lambda function, *args: pool.apply_async(function, args).get(20),
                lambda function, *lists: pool.starmap_async(function, zip(*lists, strict=True)).get(20),
            )
            if not self.has_lost_a_task:  # a pool waits for it for ever
                pool.close()
                pool.join()

    def kill_one(self, workers):
        """The pool never tells of a task that was lost with its process."""
        self.has_lost_a_task = True
        self.pool.apply_async(app.dying)
        (victim,) = self.written.until("session opened")
        wait_until(lambda: victim not in {each.pid for each in self.pool._pool}, "it is replaced")
        return victim

    @shows("start/stop")
    def test_terminated(self, log):
        """`with Pool(...)` terminates its workers, which close what they have all the same."""
        with multiprocessing.get_context("spawn").Pool(2, app.begin, self.initargs(app.ref)) as pool:
            pool.map(app.divided, range(0), 1)
            log.until("database opened", 2)

        assert len(log.all_closed()) == 2

    @shows("start/stop")
    def test_terminated_in_the_middle_of_a_task(self, log, tmp_path):
        """Its session sees the end."""
        with multiprocessing.get_context("spawn").Pool(1, app.begin, self.initargs(app.ref)) as pool:
            pool.apply_async(app.hanging, (str(tmp_path / "begun"),))
            wait_until((tmp_path / "begun").exists, "the task has begun")

        assert len(log.all_closed()) == 1
        assert log.count("session rolled back: SystemExit") == 1

    @shows("start/stop")
    @pytest.mark.parametrize("method", METHODS)
    def test_terminated_while_it_leaves(self, log, method):
        """A pool that is left says both, one soon after the other: it closes all the same."""
        with multiprocessing.get_context(method).Pool(1, _terminated_late, (str(self.written.path),)) as pool:
            pool.apply(app.divided, (1, 1))
            pool.close()
            pool.join()

        assert len(log.all_closed()) == 1

    @shows("start/stop")
    @pytest.mark.skipif("fork" not in METHODS, reason="to be in the same state at each point")
    @pytest.mark.parametrize("call", [app.divided, app.adivided])
    def test_terminated_anywhere(self, log, call):
        """Also in the middle of what Tenure opens or closes: that is not lost, and nothing waits for ever."""
        context = multiprocessing.get_context("fork")
        n_lines = context.Value("i", 0)
        _end_of(context.Process(target=_terminated_at, args=(call, 0, n_lines), name="ForkPoolWorker-1"))
        n_all = n_lines.value
        statuses = []
        for number in range(1, n_all, n_all // 20):
            process = context.Process(target=_terminated_at, args=(call, number, n_lines), name="ForkPoolWorker-1")
            statuses.append(_end_of(process))

        assert set(statuses) - {0} == {128 + signal.SIGTERM}  # 0: it was leaving
        assert log.all_closed()
        ends = [text for _, text in log if text == "session closed" or text.startswith("session rolled back")]
        assert log.count("session opened") == len(ends)

    @shows("start/stop")
    @pytest.mark.skipif("fork" not in METHODS, reason="nothing is to be started there")
    def test_terminated_before_it_waits(self, log):
        """SIGTERM that no wait is interrupted by is sent again: a pool sends one, and waits."""
        context = multiprocessing.get_context("fork")
        is_ready = context.Event()
        process = context.Process(target=_terminated_unheard, args=(is_ready,), name="ForkPoolWorker-1")

        assert _end_of(process) == 128 + signal.SIGTERM
        assert len(log.all_closed()) == 1

    @shows("start/stop")
    def test_a_worker_that_is_recycled(self, log):
        """What takes its place opens its own."""
        context = multiprocessing.get_context("spawn")
        with context.Pool(1, app.begin, self.initargs(app.ref), maxtasksperchild=2) as pool:
            done = pool.starmap(app.divided, [(n, 1) for n in range(4)], 1)
            pool.close()
            pool.join()

        assert len({pid for _, pid in done}) == 2
        assert {pid for _, pid in done} <= set(log.all_closed())

    def test_a_worker_that_has_a_handler_of_its_own(self):
        """It keeps it."""
        with multiprocessing.get_context("spawn").Pool(1, _handled, ()) as pool:
            assert pool.apply(_own_handler_is_there)
            pool.close()
            pool.join()


def _terminated_late(log):
    app.begin(log, init_worker, app.ref)
    Finalize(None, os.kill, (os.getpid(), signal.SIGTERM), exitpriority=1000)  # before what closes


class _Sigterm(int):
    """Looking up `now` has it arrive, with no code in between that it could arrive in."""

    now = property(_thread.interrupt_main)


_sigterm = _Sigterm(signal.SIGTERM)


def _terminated_at(call, number, n_lines):
    """Begin, and call, with SIGTERM before the line *number* of Tenure's that is run, if there is one; count them."""
    counted = 0

    def count(frame, event, arg):
        nonlocal counted
        counted += event == "line"
        if event == "line" and counted == number:
            sys.settrace(None)
            _sigterm.now  # noqa: B018 - the look-up is the deed
        return count

    sys.settrace(lambda frame, *_: count if frame.f_globals.get("__name__", "").startswith("tenure.") else None)
    init_worker(app.ref if call is app.divided else app.aref)
    call(1, 1)
    sys.settrace(None)
    n_lines.value = counted


def _terminated_unheard(is_ready):
    """Wait for ever, with SIGTERM that another thread was given: it interrupts no wait of this one."""
    init_worker(app.ref)

    def terminate():
        is_ready.wait()
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    threading.Thread(target=terminate, daemon=True).start()
    is_ready.set()
    multiprocessing.get_context("fork").Semaphore(0).acquire()


def _end_of(process):
    """Run *process*; return its exit status."""
    process.start()
    process.join(20)
    hangs = process.is_alive()
    process.kill()
    process.join()
    assert not hangs, "it does not end"
    return process.exitcode


def _handled():
    os.environ.pop(app.LOG, None)
    signal.signal(signal.SIGTERM, _handler)
    init_worker(app.ref)


def _handler(*_):
    os._exit(0)


def _own_handler_is_there():
    return signal.getsignal(signal.SIGTERM) is _handler


class TestJoblib(Pools):
    """`joblib.Parallel` on loky, which kills its workers when a task fails."""

    closes_after_errors = spares_others = False

    framework = "joblib, loky"
    packages = ("joblib",)
    start_error = LokyBrokenError
    method = "loky"

    @contextmanager
    def workers(self, ref, n=2):
        def in_parallel(function, *lists):
            config = joblib.parallel_config("loky", n_jobs=n, initializer=app.begin, initargs=self.initargs(ref))
            with config:
                return joblib.Parallel()(joblib.delayed(function)(*args) for args in zip(*lists, strict=True))

        def run(function, *args):
            return in_parallel(lambda _: function(*args), [None])[0]

        try:
            yield Workers(run, in_parallel)
        finally:
            loky.get_reusable_executor().shutdown(wait=True)

    @shows("start/stop")
    def test_each_process_opens_and_closes_its_own(self, log):
        """However many calls of `Parallel` there are."""
        PoolConformance.test_each_process_opens_and_closes_its_own(self, log)

    @shows("fork-safe")
    def test_what_is_open_before_there_are_workers(self, log):
        """Loky does not fork."""
        PoolConformance.test_what_is_open_before_there_are_workers(self, log)


@pytest.mark.slow
def test_in_a_process_of_its_own(tmp_path, monkeypatch):
    """A `Process` calls it first; it is closed behind it, once however often it was said."""
    monkeypatch.setenv(app.LOG, str(tmp_path / "log"))
    process = multiprocessing.get_context("spawn").Process(target=_twice)
    process.start()
    process.join()

    assert process.exitcode == 0
    assert [line.partition(" ")[2] for line in (tmp_path / "log").read_text().splitlines()] == [
        "database opened", "database closed",
    ]  # fmt: skip


def _twice():
    init_worker(app.ref)
    init_worker(app.ref)


def test_a_thread_of_the_main_process():
    """No signal handler is set from it, and the container is started all the same."""
    thread = threading.Thread(target=init_worker, args=(app.ref,))
    thread.start()
    thread.join()

    assert app.ref.describe().is_started
    app.ref.close()
