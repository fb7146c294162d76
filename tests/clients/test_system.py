"""Files, threads, processes and servers of Python's own: opened once, closed once, by the right call."""

import asyncio
import concurrent.futures
import multiprocessing
import multiprocessing.pool
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tenure import Container, providers
from tenure.model import clients_processes
from tests.clients.test_opened_and_closed import bound, played, played_async
from tests.clients.watching import named, watch

STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
while True:
    time.sleep(60)
"""
READY = "print('ready', flush=True); import time; time.sleep(60)"


def provided(initializer, *args):
    """Return the value that `providers.Resource` gives while it is open, then closed."""
    resource = providers.Resource(initializer, *args)
    value = resource()
    resource.shutdown()
    return value


# files


def test_a_file_is_closed(tmp_path):
    """What `open` gives is closed, whichever face it is given to."""
    with bound(type(sys.stdout), lambda: (tmp_path / "a").open("w")).resource_scope() as scope:
        file = scope.get(type(sys.stdout))
        file.write("kept")

    assert (file.closed, (tmp_path / "a").read_text()) == (True, "kept")
    assert provided(open, tmp_path / "a").closed


def test_a_file_of_the_users_is_left_alone(tmp_path):
    """An object that was bound without a word of its being a resource is a value."""
    with (tmp_path / "a").open("w") as file:
        container = Container()
        container.bind("file", value=file)
        with container:
            assert container.get("file") is file

        assert not file.closed


def test_aiofiles(tmp_path):
    """`open` gives a context manager, and what that gives is closed by a coroutine method."""
    aiofiles = pytest.importorskip("aiofiles")
    from aiofiles.threadpool.text import AsyncTextIOWrapper

    async def make():
        return await aiofiles.open(tmp_path / "a", "w")

    async def main():
        async with bound(AsyncTextIOWrapper, make).resource_scope() as scope:
            file = await scope.aget(AsyncTextIOWrapper)
            await file.write("kept")
        assert file.closed

    asyncio.run(main())
    assert (tmp_path / "a").read_text() == "kept"


def test_a_temporary_directory_of_the_type_driven_face():
    """By its type it is an object with a name; it is removed."""
    with bound(tempfile.TemporaryDirectory, tempfile.TemporaryDirectory).resource_scope() as scope:
        folder = scope.get(tempfile.TemporaryDirectory)
        assert Path(folder.name).is_dir()

    assert not Path(folder.name).exists()


def test_a_temporary_directory_as_an_initializer():
    """Who names the class as an initializer means its `with`, which gives the path."""
    assert not Path(provided(tempfile.TemporaryDirectory)).exists()
    assert not Path(provided(lambda: tempfile.TemporaryDirectory())).exists()


def test_a_socket_is_closed():
    """`shutdown()` would only end one direction."""
    with bound(socket.socket, socket.socket).resource_scope() as scope:
        opened = scope.get(socket.socket)

    assert opened.fileno() == -1


# threads


@pytest.mark.parametrize("name", ["ThreadPoolExecutor", "ProcessPoolExecutor"])
def test_executors(name, monkeypatch):
    """`shutdown(wait=True)`: what was submitted is done when the scope is left."""
    cls = getattr(concurrent.futures, name)
    log = watch(monkeypatch, cls)
    jobs = []

    assert played(log, cls, lambda: cls(1), lambda each: jobs.append(each.submit(abs, -5))) == ([], ["shutdown"])
    assert jobs[0].done()


def test_pools_of_multiprocessing(monkeypatch):
    """Closed and joined; its own `with` would terminate it."""
    cls = multiprocessing.pool.ThreadPool
    log = watch(monkeypatch, cls)
    jobs = []

    assert played(log, cls, lambda: cls(1), lambda each: jobs.append(each.apply_async(abs, (-5,)))) == (
        [], ["close", "join"],
    )  # fmt: skip
    assert jobs[0].get(0) == 5


# processes


def child(program):
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    return process


def test_a_child_is_asked_to_end():
    """It gets SIGTERM, is waited for, and its pipes are closed."""
    with bound(subprocess.Popen, lambda: child(READY)).resource_scope() as scope:
        process = scope.get(subprocess.Popen)
        assert process.poll() is None

    assert process.returncode == -signal.SIGTERM
    assert process.stdin.closed
    assert process.stdout.closed


def test_a_child_that_does_not_listen_is_killed(monkeypatch):
    """After the limit it gets SIGKILL."""
    monkeypatch.setattr(clients_processes, "LIMIT_S", 0.01)
    with bound(subprocess.Popen, lambda: child(STUBBORN)).resource_scope() as scope:
        process = scope.get(subprocess.Popen)

    assert process.returncode == -signal.SIGKILL


def test_a_child_that_has_ended_is_only_waited_for():
    """Nobody else's process gets a signal."""

    def make():
        return subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])

    with bound(subprocess.Popen, make).resource_scope() as scope:
        process = scope.get(subprocess.Popen)
        process.wait()

    assert process.returncode == 3


@pytest.mark.parametrize(("program", "ended_by"), [(READY, signal.SIGTERM), (STUBBORN, signal.SIGKILL)])
def test_a_child_of_asyncio(program, ended_by, monkeypatch):
    """Asked, waited for within the limit, else killed."""
    monkeypatch.setattr(clients_processes, "LIMIT_S", 0.05 if ended_by is signal.SIGKILL else 30)

    async def make():
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
        assert await process.stdout.readline() == b"ready\n"
        return process

    async def main():
        async with bound(asyncio.subprocess.Process, make).resource_scope() as scope:
            return await scope.aget(asyncio.subprocess.Process)

    process = asyncio.run(main())
    assert process.returncode == -ended_by


@pytest.mark.parametrize(("program", "ended_by"), [(READY, signal.SIGTERM), (STUBBORN, signal.SIGKILL)])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_child_of_anyio(backend, program, ended_by, monkeypatch):
    """Likewise, on either library."""
    anyio = pytest.importorskip("anyio")
    monkeypatch.setattr(clients_processes, "LIMIT_S", 0.05 if ended_by is signal.SIGKILL else 30)
    Process = named("anyio.abc.Process")

    async def make():
        process = await anyio.open_process([sys.executable, "-c", program])
        assert (await process.stdout.receive()).startswith(b"ready")
        return process

    async def main():
        async with bound(Process, make).resource_scope() as scope:
            return await scope.aget(Process)

    assert anyio.run(main, backend=backend).returncode == -ended_by


def test_a_child_of_trio():
    """Its streams are closed as well."""
    trio = pytest.importorskip("trio")

    async def make():
        command = [sys.executable, "-c", READY]
        process = await trio.lowlevel.open_process(command, stdout=subprocess.PIPE)
        assert (await process.stdout.receive_some()).startswith(b"ready")
        return process

    async def main():
        async with bound(trio.Process, make).resource_scope() as scope:
            return await scope.aget(trio.Process)

    process = trio.run(main)
    assert process.returncode == -signal.SIGTERM
    with pytest.raises(trio.ClosedResourceError):
        trio.run(process.stdout.receive_some)


def test_a_process_of_multiprocessing():
    """It is started, asked to end, and gives back what it held."""
    context = multiprocessing.get_context("spawn")
    cls = type(context.Process())

    with bound(cls, lambda: context.Process(target=signal.pause)).resource_scope() as scope:
        process = scope.get(cls)
        number = process.pid
        assert process.is_alive()

    with pytest.raises(ValueError, match="closed"):
        process.is_alive()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


# servers and streams


def test_a_server_and_a_stream_of_asyncio(monkeypatch):
    """Both are closed, and waited for."""
    from asyncio.base_events import Server

    log, streams = watch(monkeypatch, Server), watch(monkeypatch, asyncio.StreamWriter)

    async def echo(reader, writer):
        writer.close()

    async def serve():
        return await asyncio.start_server(echo, "127.0.0.1", 0)

    async def connect():
        async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            return writer

    assert played_async(log, asyncio.Server, serve) == ([], ["close", "wait_closed"])
    streams.clear()
    made = played_async(streams, asyncio.StreamWriter, connect)
    assert made[1][-2:] == ["close", "wait_closed"]
