"""Completion: what is offered where, and the scripts in real shells."""

import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tenure import Container
from tenure.cli.commands import COMMANDS
from tenure.cli.completion.answering import answer
from tenure.cli.completion.scripts import SCRIPTS
from tenure.observe import serve_inspection
from tests.cli.golden import APPS, in_apps, run_here

LIMIT_S = 40


def offered(*words):
    """Return the candidates for the last of *words*."""
    with in_apps():
        return [line.partition("\t")[0] for line in answer(words)]


def test_commands():
    """All of them with what they do, or those that begin so."""
    with in_apps():
        lines = list(answer([""]))

    assert lines == [f"{each.name}\t{each.summary}" for each in COMMANDS]
    assert offered("st") == ["start"]
    assert offered("--") == ["--help", "--version"]
    assert offered("nonsense", "") == []


def test_options():
    """The command's own, and the values of one that has a choice."""
    assert offered("check", "--s") == ["--strict", "--sync"]
    assert offered("check", "shop:container", "--form") == ["--format"]
    assert offered("check", "--format", "") == ["text", "json", "github"]
    assert offered("check", "--format", "j") == ["json"]
    assert offered("health", "--timeout", "") == []


def test_modules():
    """Those of this directory, and of packages wherever they are; with a colon, for a name follows."""
    assert "shop:" in offered("check", "")
    assert offered("check", "sh") == ["shop:"]
    assert offered("check", "tenure.cli.de") == ["tenure.cli.demo:", "tenure.cli.demo."]
    assert offered("check", "no.such.") == []


def test_names_in_a_module():
    """What looks like a container where one is wanted, functions where main is, everything for a key."""
    assert offered("check", "declared:") == ["declared:Shop"]
    assert offered("check", "tenure.cli.demo:") == ["tenure.cli.demo:container"]
    assert offered("check", "shop:c") == ["shop:connect", "shop:container"]
    assert "shop:serve" in offered("run", "shop:")
    assert "shop:Database" not in offered("run", "shop:")
    assert "shop:Database" in offered("explain", "shop:D")
    assert offered("explain", "shop:Database", "--in", "failing:") == ["failing:container"]
    assert offered("check", "nowhere:") == []


def test_errors():
    """Where a key is wanted, error classes are offered as well, once a letter is there."""
    assert offered("explain", "Missing") == ["MissingBindingError", "MissingExtraError", "MissingBackendError"]
    assert "TenureError" not in offered("explain", "")
    assert offered("check", "Missing") == []


def test_modules_are_not_imported():
    """Names are read from the source, so that one which cannot be imported offers its names as well."""
    assert offered("check", "unimportable:") == ["unimportable:connect", "unimportable:connection"]
    assert "unimportable" not in sys.modules


def test_keys_of_a_container():
    """They are those that `explain` takes; a module that cannot be imported offers none."""
    assert offered("explain", "shop:container", "C") == ["Cache", "Connection", "Catalogue", "Checkout"]
    assert offered("explain", "declared:Shop", "Shop.c") == ["Shop.cache"]
    assert offered("explain", "broken", "r") == ["report"]
    assert offered("explain", "unimportable:x", "") == []


def test_a_module_that_takes_too_long(monkeypatch):
    """Its import is given up, for somebody waits at the keyboard."""
    monkeypatch.setattr("tenure.cli.completion.answering.IMPORT_LIMIT_S", 0.01)

    assert offered("explain", "hanging:container", "") == []


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in the file system here")
def test_processes(tmp_path, monkeypatch):
    """Those that can be looked at, by number."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    container = Container()
    with serve_inspection(container):
        found = offered("top", "")
    container.close()

    assert found == [str(os.getpid())]


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_command_writes_the_script(shell):
    """As it is, for `eval`."""
    assert run_here("completion", shell) == (0, SCRIPTS[shell], "")


@pytest.fixture
def shim(tmp_path):
    """Return an environment in which `tenure` is the command line of these sources."""
    program = tmp_path / "bin" / "tenure"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tenure "$@"\n')
    program.chmod(0o755)
    source = Path(__file__).parents[2] / "src"
    return os.environ | {
        "PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(source), "HOME": str(tmp_path),
        "TERM": "dumb", "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path),
    }  # fmt: skip


def needs(shell):
    """Skip the test by name where *shell* is not installed (Debian's package of that name)."""
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


def bash_replies(line, env):
    """Return what bash would offer for *line*."""
    program = (
        'source /dev/stdin <<< "$(tenure completion bash)"\nCOMP_LINE=$1\nCOMP_POINT=${#COMP_LINE}\n_tenure\n'
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", program, "bash", line], env=env, cwd=APPS, capture_output=True, text=True,
        timeout=LIMIT_S, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split()


@needs("bash")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "replies"),
    [
        ("tenure st", ["start"]),
        ("tenure check --format ", ["text", "json", "github"]),
        ("tenure check declared:", ["Shop"]),  # behind the colon, where bash breaks the word
        ("tenure check decl", ["declared:"]),
        ("tenure explain declared:Shop Shop.ca", ["Shop.cache"]),
        ("tenure explain shop:container Pool", ["Pool\\[Connection\\]"]),
        ("tenure nonsense ", []),
    ],
)
def test_bash(line, replies, shim):
    """The function of the script gives what stands behind the last colon, quoted for the shell."""
    assert bash_replies(line, shim) == replies


class Shell:
    """An interactive shell on a terminal of its own."""

    def __init__(self, arguments, env):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.chdir(APPS)
            os.execvpe(arguments[0], arguments, env)
        self.written = ""

    def __enter__(self):
        return self

    def __exit__(self, *outcome):
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.fd)
        os.waitpid(self.pid, 0)

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def wait_for(self, text):
        """Read until *text* is shown, escape sequences aside; forget what was shown until then."""
        while text not in (shown := re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x07|\r", "", self.written)):
            assert select.select([self.fd], [], [], LIMIT_S)[0], shown
            self.written += os.read(self.fd, 4096).decode(errors="replace")
        self.written = ""


@needs("bash")
@pytest.mark.slow
def test_tab_in_bash(shim):
    """The key completes the command, the module without a blank behind the colon, and the name."""
    with Shell(["bash", "--norc", "--noprofile", "-i"], shim | {"PS1": "ready> "}) as shell:
        shell.type('eval "$(tenure completion bash)"; echo loaded=$?\n')
        shell.wait_for("loaded=0")
        shell.type("tenure che\tdecl\tS\t--stri\t; echo status=$?\n")
        shell.wait_for("tenure check declared:Shop --strict ; echo status")
        shell.wait_for("status=0")


@needs("zsh")
@pytest.mark.slow
def test_tab_in_zsh(shim):
    """Likewise."""
    with Shell(["zsh", "-f", "-i"], shim | {"PS1": "ready> "}) as shell:
        shell.type('autoload -U compinit; compinit -u -D; eval "$(tenure completion zsh)"; echo loaded=$?\n')
        shell.wait_for("loaded=0")
        shell.type("tenure che\tdecl\tS\t--stri\t; echo status=$?\n")
        shell.wait_for("status=0")


@needs("fish")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "replies"),
    [
        ("tenure st", ["start"]),
        ("tenure check decl", ["declared:"]),
        ("tenure check declared:", ["declared:Shop"]),
        ("tenure check --format ", ["github", "json", "text"]),
        ("tenure explain declared:Shop Shop.ca", ["Shop.cache"]),
    ],
)
def test_fish(line, replies, shim):
    """`complete -C` says what the key would offer."""
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"tenure completion fish | source; complete -C '{line}'"],
        env=shim, cwd=APPS, capture_output=True, text=True, timeout=LIMIT_S, check=True,
    )  # fmt: skip

    assert sorted(each.partition("\t")[0] for each in done.stdout.splitlines()) == replies
