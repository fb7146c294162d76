"""`serve_inspection`: who may look, what they are told, and what is left when it ends."""

import errno
import json
import os
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenure import Container, run
from tenure.containers import DeclarativeContainer
from tenure.errors import BindingError
from tenure.observe import inspection_of, serve_inspection, serving
from tenure.observe.serving import inspection_directory
from tenure.providers import Resource

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in the file system here")


class Store: ...


def open_store() -> Iterator[Store]:
    try:
        yield Store()
    finally:
        pass


@pytest.fixture
def container():
    found = Container()
    found.bind(Store, open_store, scope="singleton")
    yield found
    found.close()


def connected(path):
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    found.settimeout(20)
    found.connect(str(path))
    return found


def asked(path, said=b"\n"):
    """Return what is answered there."""
    with connected(path) as reader:
        reader.sendall(said)
        with reader.makefile("rb") as answers:
            return json.loads(answers.readline())


def test_what_is_told(container, tmp_path):
    """An inspection, of the container as it is when it is asked for."""
    with serve_inspection(container, tmp_path / "s") as server:
        before = asked(server.path)
        container.start_sync()
        after = asked(server.path)

    expected = inspection_of(container).as_dict()
    assert after.keys() == expected.keys() | {"program"}
    assert (before["state"], after["state"], after["pid"]) == ("not started", "started", os.getpid())
    assert [each["name"] for each in after["resources"]] == ["Store"]
    assert after["counts"]["opened"] == 1


def test_this_user_alone(container, tmp_path):
    """The socket has mode 0600, and is gone when it is closed; closing again is nothing."""
    server = serve_inspection(container, tmp_path / "s")
    mode = stat.S_IMODE(os.stat(tmp_path / "s").st_mode)
    server.close()
    server.close()

    assert mode == 0o600
    assert list(tmp_path.iterdir()) == []
    assert container.engine.notify is None


def test_nothing_can_be_said(container, tmp_path):
    """Whatever is sent asks for an inspection and changes nothing."""
    with serve_inspection(container, tmp_path / "s") as server:
        found = [asked(server.path, said) for said in (b'{"close": true}\n', b"\x00\xff" * 100, b"x" * 1000)]

    assert {each["state"] for each in found} == {"not started"}


def test_one_after_the_other_on_one_connection(container, tmp_path):
    """Who stays is answered each time."""
    with serve_inspection(container, tmp_path / "s") as server, connected(server.path) as reader:
        answers = reader.makefile("rb")
        times = []
        for _ in range(3):
            reader.sendall(b"\n")
            times.append(json.loads(answers.readline())["at"])
        answers.close()

    assert sorted(times) == times


def test_too_many(container, tmp_path, monkeypatch):
    """Who comes when so many look already is disconnected; when one has gone there is room again."""
    monkeypatch.setattr(serving, "MOST_READERS", 1)
    with serve_inspection(container, tmp_path / "s") as server:
        with connected(server.path) as first:
            first.sendall(b"\n")
            first.recv(1)
            with connected(server.path) as second:
                refused = second.recv(1)
        for _ in range(100):  # until it has noticed that the first one went
            with connected(server.path) as third:
                try:
                    third.sendall(b"\n")
                    answer = third.recv(1)
                except OSError:
                    continue
            if answer:
                break

    assert (refused, answer) == (b"", b"{")


def test_a_reader_that_does_not_read(container, tmp_path, monkeypatch):
    """It is disconnected after the limit, and others are answered."""
    monkeypatch.setattr(serving, "SEND_LIMIT_S", 0.01)
    with serve_inspection(container, tmp_path / "s") as server, connected(server.path) as silent:
        silent.setblocking(False)
        sent = 0
        try:
            while sent < 10_000:  # each is answered by some hundred bytes, which nobody reads
                silent.sendall(b"\n")
                sent += 1
        except OSError:
            pass
        answered = asked(server.path)["state"]

    assert answered == "not started"


def test_the_socket_of_a_process_that_has_ended(container, tmp_path):
    """It is replaced; one that is in use, or something else, is not."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(str(tmp_path / "s"))
    with serve_inspection(container, tmp_path / "s") as server:
        assert asked(server.path)["pid"] == os.getpid()
        with pytest.raises(OSError, match="already") as in_use:
            serve_inspection(container, tmp_path / "s")
    (tmp_path / "file").write_text("precious")
    with pytest.raises(OSError, match="already"):
        serve_inspection(container, tmp_path / "file")

    assert in_use.value.errno == errno.EADDRINUSE
    assert (tmp_path / "file").read_text() == "precious"
    assert container.engine.notify is None


def test_what_another_made_there_stays(container, tmp_path):
    """Closing removes its own socket only."""
    server = serve_inspection(container, tmp_path / "s")
    (tmp_path / "s").unlink()
    (tmp_path / "s").write_text("of somebody else")
    server.close()

    assert (tmp_path / "s").read_text() == "of somebody else"


def test_refusals(container, tmp_path):
    """A path that is too long, what is no container and a limit of nothing are refused; no thread is left."""
    with pytest.raises(BindingError, match="too long for a socket"):
        serve_inspection(container, tmp_path / ("x" * 120))
    with pytest.raises(BindingError, match="a container is inspected"):
        serve_inspection(DeclarativeContainer, tmp_path / "s")
    with pytest.raises(BindingError, match="limit"):
        serve_inspection(container, tmp_path / "s", limit=0)

    assert list(tmp_path.iterdir()) == []


def test_the_directory_of_the_user(container, tmp_path, monkeypatch):
    """Where no path is given the socket is named after the process; a directory that others may enter is refused."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with serve_inspection(container) as server:
        assert server.path == inspection_directory() / f"{os.getpid()}.sock"
        assert stat.S_IMODE(inspection_directory().stat().st_mode) == 0o700
    inspection_directory().chmod(0o755)
    with pytest.raises(BindingError, match="alone"):
        serve_inspection(container)
    inspection_directory().chmod(0o700)
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr(serving.tempfile, "gettempdir", lambda: str(tmp_path))

    assert inspection_directory() == tmp_path / f"tenure-{os.getuid()}"


def test_sockets_of_killed_processes(container, tmp_path, monkeypatch):
    """They are removed from the directory of the user when the next one is made; one that answers stays."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    other = Container()
    inspection_directory().mkdir(mode=0o700)
    with serve_inspection(other, inspection_directory() / "1.sock"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
            left.bind(str(inspection_directory() / "2.sock"))
        with serve_inspection(container):
            found = sorted(path.name for path in inspection_directory().iterdir())
    other.close()

    assert found == sorted(["1.sock", f"{os.getpid()}.sock"])


def test_a_directory(container, tmp_path):
    """In a directory that is given, each process has a socket of its own."""
    with serve_inspection(container, tmp_path) as server:
        found = server.path
    with serve_inspection(container, f"{tmp_path}/new/") as server:
        new = server.path

    assert (found, new) == (tmp_path / f"{os.getpid()}.sock", tmp_path / "new" / f"{os.getpid()}.sock")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child(container, tmp_path):
    """It serves nothing, removes nothing, and can serve for itself."""
    server = serve_inspection(container, tmp_path / "s")
    child = os.fork()
    if not child:
        status = 1
        try:
            server.close()
            with serve_inspection(Container(), tmp_path / "child") as own:
                status = 0 if asked(own.path)["pid"] == os.getpid() else 2
        finally:
            os._exit(status)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    answered = asked(server.path)["pid"]
    server.close()

    assert (ended, answered) == (0, os.getpid())


class Shop(DeclarativeContainer):
    store = Resource(open_store)


@pytest.mark.parametrize("make", [Container, Shop], ids=["type-driven", "declarative"])
def test_a_run_that_may_be_looked_at(make, tmp_path):
    """`run(inspect=path)` serves while main runs, in either face, with a loop and without."""
    found = []

    def main():
        found.append(asked(tmp_path / "s")["state"])

    async def amain():
        main()

    run(make(), main, inspect=tmp_path / "s")
    run(make(), amain, inspect=str(tmp_path / "s"))

    assert found == ["started", "started"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("value", "is_served"), [("", False), ("0", False), ("1", True), ("path", True)])
def test_the_environment_says(value, is_served, tmp_path, monkeypatch):
    """TENURE_INSPECT is what counts where `run` is told nothing; `inspect=False` counts more."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("TENURE_INSPECT", str(tmp_path / "s") if value == "path" else value)
    found = []

    def main():
        found.append([path.name for path in tmp_path.rglob("*") if path.is_socket()])

    run(Container(), main)
    run(Container(), main, inspect=False)

    own = "s" if value == "path" else f"{os.getpid()}.sock"
    assert found == [[own] if is_served else [], []]


def test_a_run_refuses_what_cannot_be_served(tmp_path):
    """Before anything is opened."""
    container = Container()
    container.bind(Store, open_store, scope="singleton")
    (tmp_path / "file").touch()
    for wrong, error in ((5, BindingError), (tmp_path / "file", OSError)):
        with pytest.raises(error):
            run(container, lambda: None, inspect=wrong)

    assert container.snapshot().state == "open"
    container.close()


def test_the_program_without_its_arguments(container, tmp_path, monkeypatch):
    """What it is called is told, what it was given is not."""
    monkeypatch.setattr(sys, "argv", ["/srv/app/__main__.py", "--password=hunter2"])
    with serve_inspection(container, tmp_path / "s") as server:
        answer = asked(server.path)

    assert answer["program"] == "app"
    assert "hunter2" not in json.dumps(answer)


def test_what_cannot_be_told(container, tmp_path, monkeypatch):
    """An error of an inspection is the answer, and the next one is asked for as before."""
    with serve_inspection(container, tmp_path / "s") as server:
        with monkeypatch.context() as patched:
            patched.setattr(serving, "inspection_of", lambda *_, **__: 1 / 0)
            failed = asked(server.path)
        answered = asked(server.path)

    assert failed["error"] == "ZeroDivisionError: division by zero"
    assert answered["state"] == "not started"


def test_its_socket_is_shown(container, tmp_path):
    """`repr` says where it answers."""
    with serve_inspection(container, Path(tmp_path) / "s") as server:
        assert repr(server) == f"<InspectionServer at '{tmp_path}/s'>"
