"""Process events: forgotten close, interpreter exit, fork, Ctrl-C (L26, L69, L70). Each test runs a program."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

HEAD = """
import asyncio, gc, os, sys, warnings
from tenure import Container, resource

def make(name, container, scope="singleton", needs=None):
    def opened():
        print("open", name, flush=True)
        try:
            yield name
        finally:
            print("close", name, os.getpid() == pid, flush=True)
    if needs:
        def dependent(need):
            yield from opened()
        dependent.__annotations__ = {"need": needs}
        opened_ = dependent
    else:
        opened_ = opened
    key = type(name, (), {})
    container.bind(key, resource(scope=scope)(opened_))
    return key

pid = os.getpid()
"""


def run(program, *flags, timeout=20):
    done = subprocess.run(
        [sys.executable, *flags, "-c", HEAD + textwrap.dedent(program)],
        capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip
    return done.stdout.splitlines(), done.stderr, done.returncode


def test_synchronous_resources_are_closed_at_exit():
    """L70: at the end of the process what nobody closed is closed in order."""
    out, err, code = run("""
        container = Container()
        a = make("A", container)
        b = make("B", container, needs=a)
        container.get(b)
    """)

    assert out == ["open A", "open B", "close B True", "close A True"]
    assert (err, code) == ("", 0)


def test_open_scopes_are_closed_at_exit():
    """L70: what open scopes own is closed at the end as well, before what it needs."""
    out, _, _ = run("""
        container = Container()
        a = make("A", container)
        b = make("B", container, scope="request", needs=a)
        handle = container.resource_scope()
        handle.__enter__()
        container.get(b)
    """)

    assert out == ["open A", "open B", "close B True", "close A True"]


@pytest.mark.parametrize("bound", ["Client", "Client()"])
def test_objects_that_call_themselves_are_closed_at_exit(bound):
    """L70, section 9: calls that a resource makes on itself while it closes at exit go straight to its methods."""
    out, err, _ = run(f"""
        @resource
        class Client:
            def initialize(self):
                print("open")
            def dispose(self):
                self.flush()
                print("close")
            def flush(self):
                print("flush")
        container = Container()
        container.bind(Client, {bound})
        container.get(Client)
    """)

    assert out == ["open", "flush", "close"]
    assert err == ""


def test_errors_at_exit_do_not_stop_the_others():
    """L24, L70: at exit all closings run whatever is raised, and each error is told."""
    out, err, _ = run("""
        container = Container()
        a = make("A", container)

        @resource(scope="singleton")
        def failing(need: a):
            yield 1
            raise ValueError("while closing at exit")

        container.bind("failing", failing)
        container.get("failing")
    """)

    assert out == ["open A", "close A True"]
    assert "while closing at exit" in err


def test_asynchronous_ones_are_named_at_exit():
    """L70: what would have to be awaited is named at exit, with the place of its opening; the rest is closed."""
    out, err, _ = run("""
        container = Container()
        a = make("A", container)

        @resource(scope="singleton")
        class Client:
            async def initialize(self):
                print("open Client")
            async def dispose(self):
                print("close Client")

        async def main():
            await container.aget(a)
            await container.aget(Client)

        loop = asyncio.new_event_loop()
        loop.run_until_complete(main())
        container.keep = loop
    """, "-W", "always::ResourceWarning")  # fmt: skip

    assert "close A True" in out
    assert "close Client" not in out
    assert "Client" in err
    assert "ResourceWarning" in err


def test_a_collected_container_warns_and_closes_nothing():
    """L70: a container that is collected only warns: no user code runs from the garbage collector."""
    out, err, _ = run("""
        @resource(scope="singleton", close="shut")
        class Client:
            def shut(self):
                print("shut")

        def use():
            container = Container()
            container.get(Client)

        use()
        gc.collect()
        print("collected")
    """, "-W", "always::ResourceWarning")  # fmt: skip

    assert out[0] == "collected"
    assert "ResourceWarning" in err
    assert "Client" in err


def test_a_closed_container_says_nothing():
    """L70: nothing is told of a container that was closed."""
    out, err, _ = run("""
        with Container() as container:
            container.get(make("A", container))
        print("end")
    """, "-X", "dev", "-W", "error")  # fmt: skip

    assert out == ["open A", "close A True", "end"]
    assert err == ""


@pytest.mark.parametrize("ending", ["sys.exit(0)", "os._exit(0)", "raise ValueError", "pass"])
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_owes_nothing(ending):
    """L70: however it ends, a forked child closes nothing of its parent's; the parent closes all of it."""
    out, _, _ = run(f"""
        container = Container()
        a = make("A", container)
        with container:
            container.get(a)
            child = os.fork()
            if not child:
                {ending}
                print("child", flush=True)
                sys.exit()
            os.waitpid(child, 0)
    """)

    assert [line for line in out if line.startswith("close")] == ["close A True"]


@pytest.mark.parametrize("ending", ["sys.exit(0)", "raise ValueError", "pass"])
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_forked_inside_a_scope_owes_nothing(ending):
    """L70: also what a request's scope owns is the parent's alone."""
    out, _, _ = run(f"""
        container = Container()
        a = make("A", container, scope="request")
        with container, container.resource_scope():
            container.get(a)
            child = os.fork()
            if child:
                os.waitpid(child, 0)
            else:
                {ending}
        print("end", os.getpid() == pid, flush=True)
    """)

    assert [line for line in out if line.startswith("close")] == ["close A True"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_starts_clean():
    """L70: the child can use the container: it opens its own, also where the parent held a lock."""
    out, _, code = run("""
        import threading
        container = Container()
        a = make("A", container)
        first = container.get(a)
        container.engine.lock.acquire()
        child = os.fork()
        if not child:
            pid = os.getpid()
            with container:
                assert container.get(a) == "A"
            os._exit(0)
        container.engine.lock.release()
        _, status = os.waitpid(child, 0)
        container.close()
        print("status", status)
    """)

    assert out == ["open A", "open A", "close A True", "close A True", "status 0"]
    assert code == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_container_that_cannot_begin_anew_stands_in_no_others_way():
    """L70: what goes wrong with one container in the child is told, and all others start clean."""
    out, err, code = run("""
        def refuse():
            raise RuntimeError("resolvers of another graph")

        containers = [Container() for _ in range(9)]  # in a set: some stand before the one, some behind it
        keys = [make(f"A{number}", each) for number, each in enumerate(containers)]
        for key, each in zip(keys, containers):
            each.get(key)
        containers[4].engine.reopen = refuse
        child = os.fork()
        if not child:
            clean = [not each.snapshot().resources for each in containers]
            os._exit(clean.count(True))
        _, status = os.waitpid(child, 0)
        del containers[4].engine.reopen
        print("clean", os.waitstatus_to_exitcode(status))
        for each in containers:
            each.close()
    """)

    assert out[9] == "clean 9"
    assert "a container does not begin anew in a forked child" in err
    assert code == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_forked_while_something_opens():
    """L70: a child forked while another thread was opening something opens its own instead of waiting for ever."""
    out, _, _ = run("""
        import threading
        begun, gate = threading.Event(), threading.Event()
        container = Container()

        @resource(scope="singleton")
        def slow():
            if os.getpid() == pid:
                begun.set()
                gate.wait(5)
            print("open", os.getpid() == pid, flush=True)
            yield "slow"

        container.bind("slow", slow)
        thread = threading.Thread(target=container.get, args=("slow",))
        thread.start()
        begun.wait(5)
        child = os.fork()
        if not child:
            container.get("slow")
            container.close()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        gate.set()
        thread.join()
        container.close()
        print("status", status)
    """, timeout=10)  # fmt: skip

    assert out == ["open False", "open True", "status 0"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_bound_instance_in_a_child():
    """L70: an instance that the parent opened is not closed by a child, by hand or otherwise."""
    out, _, _ = run("""
        @resource
        class Client:
            def initialize(self):
                print("open", os.getpid() == pid, flush=True)
            def dispose(self):
                print("close", os.getpid() == pid, flush=True)
        container = Container()
        container.bind(Client, Client())
        with container:
            container.get(Client)
            child = os.fork()
            if not child:
                sys.exit()
            os.waitpid(child, 0)
    """)

    assert out == ["open True", "close True"]


@pytest.mark.parametrize("phase", ["open", "body", "close"])
@pytest.mark.parametrize("color", ["sync", "asyncio"])
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c(phase, color):
    """L26, L69-lite: Ctrl-C while opening, in the body or while closing leaves as itself, after all others closed."""
    program = f"""
        import signal, threading
        container = Container()
        a = make("A", container)

        @resource(scope="singleton")
        {"async " if color == "asyncio" else ""}def interrupted(need: a):
            try:
                if "{phase}" == "open":
                    signal.raise_signal(signal.SIGINT)
                    {"await asyncio.sleep(0)" if color == "asyncio" else "pass"}
                yield 1
            finally:
                print("closing", flush=True)
                if "{phase}" == "close":
                    signal.raise_signal(signal.SIGINT)

        container.bind("interrupted", interrupted)
        c = make("C", container)

        async def main():
            async with container:
                await container.aget("interrupted")
                if "{phase}" == "body":
                    signal.raise_signal(signal.SIGINT)
                    await asyncio.sleep(0)
        if "{color}" == "asyncio":
            asyncio.run(main())
        else:
            with container:
                if "{phase}" == "body":
                    signal.raise_signal(signal.SIGINT)
    """
    out, err, code = run(program)

    opened = [line.split()[1] for line in out if line.startswith("open")]
    closed = [line.split()[1] for line in out if line.startswith("close ")]
    assert sorted(opened) == sorted(closed)
    assert "A" in closed
    assert out.count("closing") == 1
    assert "KeyboardInterrupt" in err
    assert code in (-signal.SIGINT, 130, 1)


def test_a_daemon_thread_that_still_uses_the_container():
    """L70: a daemon thread that asks at the end of the process does not disturb the closing."""
    out, _, code = run("""
        import threading
        container = Container()
        a = make("A", container)
        container.get(a)
        stop = threading.Event()
        def use():
            while True:
                try:
                    with container.resource_scope():
                        container.get(a)
                except Exception:
                    return
        threading.Thread(target=use, daemon=True).start()
    """)

    assert out == ["open A", "close A True"]
    assert code == 0


def test_the_library_imports_nothing_heavy():
    """Section 8: importing the library imports neither asyncio nor trio."""
    out, _, _ = run("""
        print("trio" in sys.modules, "anyio" in sys.modules)
    """)

    assert out == ["False False"]


def test_asyncio_run_without_close_is_in_order():
    """L70: under asyncio.run the order holds also without anyio and with nobody closing."""
    out, _, _ = run("""
        container = Container()
        a = make("A", container)

        def adding(name, need):
            async def opened(value):
                print("open", name)
                try:
                    yield name
                finally:
                    await asyncio.sleep(0)
                    print("close", name)
            opened.__annotations__ = {"value": need}
            key = type(name, (), {})
            container.bind(key, resource(scope="singleton")(opened))
            return key

        b = adding("B", a)
        c = adding("C", b)
        d = adding("D", c)

        async def main():
            await container.aget(d)

        asyncio.run(main())
        container.close()
    """)

    assert out == ["open A", "open B", "open C", "open D", "close D", "close C", "close B", "close A True"]
