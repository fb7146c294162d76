"""What cannot be meant is refused in one line that says what to do; no traceback but of the user's own code."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tenure import wiring
from tests.cli.golden import run_here

NO_MAIN = "neither a function nor a container"
REFUSED = {
    ("check", ""): "'' is no name of a module",
    ("check", "..:x"): "'..' is no name of a module",
    ("check", "./shop.py:container"): "'./shop.py' is no name of a module; did you mean shop?",
    ("check", "no/such place:x"): "'no/such place' is no name of a module",
    ("check", "shop.container"): "there is no module 'shop.container'; did you mean shop:container?",
    ("check", "odd:Made"): "'odd:Made' is the class Made, no container; containers there: empty",
    ("check", "shop:Settings"): "'shop:Settings' is the class Settings, no container; containers there: container",
    ("check", "commanded:app"): "'commanded:app' is a command line, not the container that setup(app, container) gave "
    "it; say commanded:container",
    ("explain", "Settings"): "there is no module 'Settings', and no such error: a key is explained as MODULE:CONTAINER "
    "KEY; `tenure explain TenureError` lists the errors",
    ("run", "commanded:app"): "'commanded:app' is a command line, not a main: run it as the program it is, such as "
    "`python -m commanded`; setup(app, container) starts the container around each command, and closes it",
    ("run", "shop:open_database"): "'shop:open_database' is a generator function, no main: calling it runs nothing of "
    "it; bind it, and say a main or a container",
    ("check", "odd:Needy"): "'odd:Needy' is the class Needy, no container; containers there: empty",
    ("check", "odd:gives"): "'odd:gives' is of builtins.generator, no container; containers there: empty",
    ("check", "odd:nothing"): "'odd:nothing' is None, no container; containers there: empty",
    ("run", "odd:Made"): "'odd:Made' is the class Made, no container; containers there: empty",
    ("run", "odd:text"): f"'odd:text' is of builtins.str, {NO_MAIN}",
    ("run", "odd:nothing"): f"'odd:nothing' is None, {NO_MAIN}",
    ("run", "shop:main", "--in", "shop:nope"): "'shop:nope': 'nope' is not there; containers there: container",
    ("compile", "declared:Shop"): "'declared:Shop' is of declared.Shop, no tenure.Container",
    ("compile", "shop:container", "-o", "nowhere/x.py"): "'nowhere/x.py' cannot be written: No such file or directory",
    ("compile", "shop:container", "-o", ""): "'.' is no name of a file",
    ("compile", "shop:container", "--check", "-o", "."): "'.' cannot be read: Is a directory",
    ("health", "--url", "http://[bad"): "'http://[bad' is no address; say it as http://127.0.0.1:8000/readyz",
    ("health", "--url", "http://x:70000"): "'http://x:70000' is no address; say it as http://127.0.0.1:8000/readyz",
    ("health", "--url", "http://x:y"): "'http://x:y' is no address; say it as http://127.0.0.1:8000/readyz",
    ("top", "nowhere"): "nobody answers at nowhere: No such file or directory",
    ("top", "99999999999999999999"): "there is no process 99999999999999999999",
}
MISUNDERSTOOD = {
    ("run",): "the following arguments are required: MODULE:MAIN",
    ("run", "shop:main", "--drain-timeout", "soon"):
        "argument --drain-timeout: 'soon' is no number of seconds from 0 on",
    ("run", "shop:main", "--drain-timeout", "-1"): "argument --drain-timeout: '-1' is no number of seconds from 0 on",
    ("run", "shop:main", "--drain-timeout", "inf"): "argument --drain-timeout: 'inf' is no number of seconds from 0 on",
    ("top", "--interval", "nan"): "argument --interval: 'nan' is no number of seconds from 0.1 on",
    ("top", "--interval", "0"): "argument --interval: '0' is no number of seconds from 0.1 on",
    ("health", "--timeout", "0"): "argument --timeout: '0' is no number of seconds above 0",
    ("dashboard", "shop:container", "--port", "http"):
        "argument --port: 'http' is no port, a whole number from 0 to 65535",
    ("dashboard", "shop:container", "--port", "70000"):
        "argument --port: '70000' is no port, a whole number from 0 to 65535",
    ("check", "shop:container", "--frmat", "json"): "unrecognized arguments: --frmat json; did you mean --format?",
    ("start", "shop:container", "--dry_run"): "unrecognized arguments: --dry_run; did you mean --dry-run?",
    ("health", "shop:container", "zzz"): "unrecognized arguments: zzz",
}  # fmt: skip


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_what_is_refused(arguments):
    """It is one line on stderr."""
    if os.name == "nt" and arguments[0] == "compile":
        pytest.skip("the system says it otherwise")

    assert run_here(*arguments) == (2, "", f"tenure {arguments[0]}: {REFUSED[arguments]}\n")


@pytest.mark.parametrize("arguments", MISUNDERSTOOD, ids=" ".join)
def test_what_argparse_refuses(arguments):
    """It is said behind the usage."""
    status, out, err = run_here(*arguments)

    assert (status, out) == (2, "")
    assert err.splitlines()[-1] == f"tenure {arguments[0]}: error: {MISUNDERSTOOD[arguments]}"


def test_a_class_of_containers_is_made():
    """That is what such a class is for."""
    assert run_here("check", "odd:Derived") == (0, "odd:Derived: fine, nothing to say\n", "")


def test_a_program_of_both_faces():
    """A function that is wired to a declarative container has its mark as well, and is no obstacle."""

    @wiring.inject
    def wired(_: str = wiring.Provide["name"]) -> None: ...

    assert run_here("check", "odd:Derived") == (0, "odd:Derived: fine, nothing to say\n", "")
    del wired


def test_what_raises_when_it_is_looked_up():
    """The frames are the user's alone."""
    status, out, err = run_here("check", "odd:weird.name")

    assert (status, out) == (2, "")
    assert err.endswith("RuntimeError: no name\ntenure check: 'odd:weird.name': 'name' could not be looked up\n")
    assert str(Path("tenure", "cli")) not in err


def test_an_empty_container():
    """There is nothing to explain, and that is said."""
    assert run_here("explain", "odd:empty") == (0, "odd:empty binds nothing\n", "")


def test_a_process_that_is_not_there():
    """It is told apart from one that does not let itself be looked at; see `test_top`."""
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass

    assert run_here("top", str(gone.pid))[2] == f"tenure top: there is no process {gone.pid}\n"


@contextlib.contextmanager
def answering(listener, answer):
    """Give everybody who connects to *listener* the same *answer*."""

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(answer)

    listener.listen()
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(20)


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in the file system here")
@pytest.mark.parametrize("answer", [b"garbage\n", b"[]\n", b"\xff\n"])
def test_somebody_else_answers_top(answer, tmp_path):
    """What is no inspection is no traceback either."""
    listener, path = socket.socket(socket.AF_UNIX), str(tmp_path / "s")
    listener.bind(path)
    with answering(listener, answer):
        told = run_here("top", path)

    assert told == (2, "", "tenure top: what answers there is no process that Tenure lets be looked at\n")


def test_somebody_else_answers_health():
    """What speaks no HTTP is named so."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    with answering(listener, b"garbage\n\n"):
        told = run_here("health", "--url", f"http://127.0.0.1:{port}")

    at = f"http://127.0.0.1:{port}/readyz?verbose"
    assert told == (1, "", f"tenure health: no server of HTTP answers at {at}: garbage\n")


def test_a_port_in_use():
    """The page is not served, and the address is named."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, out, err = run_here("dashboard", "shop:container", "--port", str(port))

    assert (status, out) == (2, "")
    assert err.startswith(f"tenure dashboard: cannot serve at 127.0.0.1:{port}: ")
    assert len(err.splitlines()) == 1


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in the file system here")
def test_a_socket_that_cannot_be_made(monkeypatch, tmp_path):
    """The path that the environment says is named."""
    monkeypatch.setenv("TENURE_INSPECT", str(tmp_path / "nowhere" / "s"))

    status, _, err = run_here("run", "plain:main")

    assert status == 1
    assert str(tmp_path / "nowhere" / "s") in err
