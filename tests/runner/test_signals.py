"""`tenure.run` and signals (L26, L67, L68): each test runs a program and sends it some."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from tests.runner.programs import play

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")]

INT, TERM, HUP = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
ASYNC = ["asyncio", "uvloop", "trio"]


def test_a_request_under_way_ends_before_main_is_interrupted():
    """What was accepted when the signal came is finished; main, which knows of no stop, is interrupted then."""
    lines, _, status = play(
        """
        from tenure.workers.stop import run_stop
        def main(value: A):
            with container.resource_scope():
                say("ready")
                say("handled", run_stop().wait_sync(30))
            time.sleep(60)
        run(container, main)
        """,
        TERM,
    )

    assert lines == ["open A", "handled True", "A sees SystemExit(143)", "close A"]
    assert status == 143


@pytest.mark.parametrize("backend", ASYNC)
def test_tasks_that_serve_requests_end_before_main_is_cancelled(backend):
    """The same on a loop, where requests are tasks beside main."""
    lines, _, status = play(
        f"""
        from tenure.lifecycle.backends import current
        async def serve():
            async with container.resource_scope():
                say("ready")
                await run_stop().wait()
                for _ in range(10):
                    await current().sleep(0)
                say("handled")
        from tenure.workers.stop import run_stop
        async def main(value: A):
            import anyio
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(serve)
                try:
                    await for_ever()
                finally:
                    say("cancelled")
        run(container, main, backend={backend!r})
        """,
        INT,
    )

    assert lines == ["open A", "handled", "cancelled", "A sees KeyboardInterrupt()", "close A"]
    assert status == -INT


def test_scopes_that_do_not_end_are_waited_for_no_longer_than_the_limit():
    """The drain limit ends the patience; what is still open is cut off with main."""
    lines, _, status = play(
        """
        async def main(value: A):
            async with container.resource_scope():
                say("ready")
                await for_ever()
        run(container, main, drain_timeout=0.01)
        """,
        TERM,
    )

    assert (lines, status) == (["open A", "A sees SystemExit(143)", "close A"], 143)


@pytest.mark.parametrize("backend", ["None", *map(repr, ASYNC)])
def test_a_main_that_asks_for_the_stop_gives_the_status(backend):
    """It ends by itself, and what it returned counts: nothing was interrupted."""
    is_async = backend != "None"
    wait = "await stop.wait()" if is_async else "stop.wait_sync()"
    lines, errors, status = play(
        f"""
        {"async " if is_async else ""}def main(value: A, stop: Stop):
            say("ready")
            {wait}
            say(stop.reason.name)
            return 7
        sys.exit(run(container, main, backend={backend}))
        """,
        HUP,
        flags=("-X", "dev", "-W", "error"),
    )

    assert (lines, errors, status) == (["open A", "SIGHUP", "close A"], "", 7)


def test_a_service_made_of_workers():
    """Without a main it runs until it is told to stop, and that is its ordinary end."""
    lines, errors, status = play(
        """
        @worker
        async def serve(value: A, stop: Stop):
            say("ready")
            await stop.wait()
            say("served")
        container.bind(serve)
        sys.exit(run(container))
        """,
        TERM,
        flags=("-X", "dev", "-W", "error"),
    )

    assert (lines, errors, status) == (["open A", "served", "close A"], "", 0)


def test_a_synchronous_start_ends_before_the_next_resource():
    """L67: what is being opened is finished and closed again; nothing more is opened, main is not begun."""
    lines, _, status = play(
        """
        class B: ...
        class C: ...
        @resource(scope="singleton")
        def b(value: A):
            say("ready")
            run_stop().wait_sync()
            say("open B")
            yield B()
            say("close B")
        @resource(scope="singleton")
        def c(value: B):
            say("open C")
            yield C()
        from tenure.workers.stop import run_stop
        container.bind(B, b)
        container.bind(C, c)
        run_and_exit(container, lambda: say("main"))
        """,
        INT,
    )

    assert lines == ["open A", "open B", "A sees KeyboardInterrupt()", "close A"]
    assert status == 130


def test_an_exception_that_main_raises_when_it_is_interrupted_leaves_as_itself():
    """L25: the runner adds nothing to what main has to say."""
    lines, errors, status = play(
        """
        def main():
            try:
                say("ready")
                time.sleep(60)
            except SystemExit:
                raise ValueError("told otherwise")
        run(container, main)
        """,
        TERM,
    )

    assert lines == ["open A", "A sees ValueError('told otherwise')", "close A"]
    assert errors.rstrip().endswith("ValueError: told otherwise")
    assert status == 1


@pytest.mark.parametrize("backend", ["None", *map(repr, ASYNC)])
def test_a_second_signal_ends_the_process_and_tells_what_is_open(backend):
    """L68, "abort": nothing is waited for any more; what is not closed is named."""
    is_async = backend != "None"
    lines, errors, status = play(
        f"""
        {"async " if is_async else ""}def main(value: A):
            try:
                say("ready")
                {"await for_ever()" if is_async else "time.sleep(60)"}
            finally:
                say("ready")
                while True:  # hangs, and blocks the loop; a signal that comes just before a wait would not end the wait
                    pass
        run(container, main, backend={backend})
        """,
        TERM,
        INT,
    )

    assert (lines, status) == (["open A"], 130)
    assert errors == "tenure: SIGINT again, ends without waiting; not closed:\n  A (root, open)\n"


def test_a_third_signal_ends_what_two_did_not():
    """L68, "finish": the second one changes nothing; there is a way out all the same."""
    lines, errors, status = play(
        """
        def main(value: A):
            try:
                say("ready")
                time.sleep(60)
            finally:
                say("ready")
                seen.wait()
                say("still here")
                say("ready")
                threading.Event().wait()
        seen = threading.Event()
        from tenure.runner.synchronous import SyncRun
        read = SyncRun._read
        def noticing(self, seconds):
            read(self, seconds)
            if self._n_signals == 2:
                seen.set()
        SyncRun._read = noticing
        run(container, main, on_second_signal="finish")
        """,
        TERM,
        INT,
        TERM,
    )

    assert (lines, status) == (["open A", "still here"], 143)
    assert "A (root, open)" in errors


def test_a_closing_is_not_interrupted():
    """L30, L68: a signal while everything is closed changes nothing, and main's result counts."""
    lines, errors, status = play(
        """
        from tenure.workers.stop import run_stop
        class B: ...
        @resource(scope="singleton")
        def b(value: A):
            yield B()
            say("ready")
            say("close B", run_stop().wait_sync(30))
        container.bind(B, b)
        sys.exit(run(container, lambda: 5))
        """,
        INT,
    )

    assert (lines, errors, status) == (["open A", "close B True", "close A"], "", 5)


def test_an_ignored_signal_stays_ignored():
    """What `nohup` ignores, or a shell for a job in the background, asks nothing of the program."""
    lines, _, status = play(
        """
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        def main(stop: Stop):
            signal.raise_signal(signal.SIGHUP)
            say(stop.requested, signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)
        run(container, main)
        """
    )

    assert (lines, status) == (["open A", "False True", "close A"], 0)


def test_a_forked_child_is_not_part_of_the_run():
    """L70: a signal to the child does what it did before the run; the parent hears nothing of it."""
    lines, _, status = play(
        """
        def main(value: A, stop: Stop):
            begun, begins = os.pipe()
            child = os.fork()
            if not child:
                os.write(begins, b"1")
                time.sleep(60)
            os.read(begun, 1)
            os.kill(child, signal.SIGTERM)
            _, status = os.waitpid(child, 0)
            say(os.waitstatus_to_exitcode(status), stop.wait_sync(0.05))
        run(container, main)
        """
    )

    assert (lines, status) == (["open A", "-15 False", "close A"], 0)


@pytest.mark.parametrize("backend", ["None", *map(repr, ASYNC)])
def test_a_worker_that_fails_ends_the_run_with_its_error(backend):
    """L56: main is interrupted, everything is closed, and the error leaves as itself."""
    is_async = backend != "None"
    lines, errors, status = play(
        f"""
        @worker
        {"async " if is_async else ""}def broken(value: A, stop: Stop):
            raise ValueError("in the background")
        container.bind(broken)
        {"async " if is_async else ""}def main(value: A):
            try:
                {"await for_ever()" if is_async else "time.sleep(60)"}
            finally:
                say("main ends")
        run(container, main, backend={backend})
        """
    )

    assert [line for line in lines if line != "main ends"] == [
        "open A",
        "A sees ValueError('in the background')",
        "close A",
    ]
    assert errors.rstrip().splitlines()[-1].startswith("ValueError: in the background")
    assert status == 1


@pytest.mark.parametrize("word", ["def", "async def"])
@pytest.mark.parametrize("face", ["Container", "containers.DeclarativeContainer"])
def test_a_handler_imports_nothing_for_the_first_time(face, word):
    """L68: a second signal may come in the middle of an import, where the same import would meet half a module."""
    program = f"""
        import sys
        from tenure import {face.partition(".")[0]}, run

        {word} main():
            known = set(sys.modules)
            container.snapshot()
            print(sorted(set(sys.modules) - known))

        container = {face}()
        run(container, main)
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.stdout, done.stderr) == ("[]\n", "")
