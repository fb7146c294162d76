"""
Virtual environments that are made once and kept right.

One folder per interpreter, project folder and set of extras, below `.venv/`. Its stamp is written last: a folder
without a stamp was interrupted and is made anew; one with another stamp than wanted is brought up to date. Two runs
at once wait for each other on a lock file.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Generator, Sequence
from pathlib import Path

from tools import pythons
from tools.pythons import Python

OLDEST_PIP = (22, 3)  # the first that knows `--python`
CONSTRAINTS = "constraints.txt"
INSTALLED_TABLES = ("build-system", "project")


class EnvironmentFailedError(Exception):
    """An environment could not be made; the text says what to do."""


def prepare(root: Path, python: Python, extras: Sequence[str], constraints: str = CONSTRAINTS) -> Path:
    """
    Return the interpreter of an environment with the project and its *extras* installed.

    Returns at once when the environment is up to date. *constraints* is a file below *root* that says which versions.

    Raises:
        EnvironmentFailedError: no usable pip, or it could not install.
    """
    folder = root / ".venv" / folder_name(root, python, extras)
    wanted = stamp(root, constraints)
    if read_stamp(folder) == wanted and interpreter(folder).exists():
        return interpreter(folder)

    folder.parent.mkdir(exist_ok=True)
    with locked(folder.with_suffix(folder.suffix + ".lock")):
        if read_stamp(folder) != wanted or not interpreter(folder).exists():  # another run may have done it meanwhile
            _build(root, folder, python, extras, constraints)
            write_stamp(folder, wanted)
    return interpreter(folder)


def folder_name(root: Path, python: Python, extras: Sequence[str]) -> str:
    """Return "py3.12-<hash>", other for every interpreter, project folder (paths are baked in) and set of extras."""
    facts = [str(root), str(python.executable), python.build, *sorted(extras)]
    return f"py{python.version}-{_digest(*facts)[:10]}"


def stamp(root: Path, constraints: str = CONSTRAINTS) -> str:
    """Return a hash of what decides the content: the tables of pyproject.toml that are installed, the constraints."""
    tables = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    installed = json.dumps({name: tables.get(name) for name in INSTALLED_TABLES}, sort_keys=True)
    return _digest(installed, (root / constraints).read_text("utf-8"))


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def interpreter(folder: Path) -> Path:
    """Return where the environment in *folder* has its Python."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def read_stamp(folder: Path) -> str | None:
    """Return the stamp of a finished environment, or None."""
    try:
        return (folder / "stamp").read_text("utf-8")
    except OSError:
        return None


def write_stamp(folder: Path, text: str) -> None:
    """Say that the environment in *folder* is finished; whole or not at all."""
    (folder / "stamp.new").write_text(text, "utf-8")
    (folder / "stamp.new").replace(folder / "stamp")


@contextlib.contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the lock file *path*; waits as long as another process, or a child that outlived it, holds it."""
    with path.open("a+") as file:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  # Windows only

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl  # noqa: PLC0415  # not on Windows

            os.set_inheritable(file.fileno(), True)  # a pip whose parent was killed goes on, and so does its lock
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(root: Path, folder: Path, python: Python, extras: Sequence[str], constraints: str) -> None:
    """Make or update the environment in *folder*, which carries no stamp from here until all is done."""
    if read_stamp(folder) is None or not interpreter(folder).exists():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        (folder / "stamp").unlink()

    names = ", ".join(extras)
    print(f"installing tenure[{names}] for Python {python.version} …", file=sys.stderr, flush=True)
    if not folder.exists():
        _run([str(python.executable), "-m", "venv", "--without-pip", str(folder)], "a virtual environment")
    pip = find_pip(python, folder)
    project = f".[{','.join(extras)}]" if extras else "."
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-warn-script-location"]
    # The variable reaches the environment that the build backend gets; `-c` does not. It is split at blanks: no path.
    environ = {**os.environ, "PIP_CONSTRAINT": constraints}
    _run([*pip, "install", *options, "-e", project], f"tenure[{names}]", cwd=root, environ=environ)


def find_pip(python: Python, folder: Path) -> list[str]:
    """
    Return the start of a command line by which pip installs into the environment in *folder*.

    The environment has no pip of its own (a minimal Debian cannot give it one): the pip of *python* is asked first,
    then `ensurepip`, then the pip of any other Python here.
    """
    target = str(interpreter(folder))
    own = [str(python.executable), "-m", "pip"]
    if pip_version(own) >= OLDEST_PIP:
        return [*own, "--python", target]
    ensured = subprocess.run(
        [target, "-m", "ensurepip", "--default-pip"], capture_output=True, stdin=subprocess.DEVNULL
    )
    if ensured.returncode == 0:
        return [target, "-m", "pip"]
    for other in filter(None, map(pythons.find, pythons.SUPPORTED)):
        pip = [str(other.executable), "-m", "pip"]
        if pip_version(pip) >= OLDEST_PIP:
            return [*pip, "--python", target]
    raise EnvironmentFailedError(
        f"no pip found for Python {python.version} ({python.executable}), and no ensurepip either.\n"
        "Install one of them; on Debian or Ubuntu: apt install python3-pip"
    )


def pip_version(pip: Sequence[str]) -> tuple[int, ...]:
    """Return the first two numbers of the version that the command *pip* tells, (0,) where it tells none."""
    answer = subprocess.run([*pip, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    words = answer.stdout.split()
    if answer.returncode != 0 or len(words) < 2:
        return (0,)
    return tuple(int(number) for number in words[1].split(".")[:2] if number.isdigit())


def _run(command: list[str], what: str, *, cwd: Path | None = None, environ: dict[str, str] | None = None) -> None:
    result = subprocess.run(
        command,
        cwd=cwd,
        env=environ,
        close_fds=False,  # hands on the lock
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if result.returncode != 0:
        said = "\n".join(result.stdout.splitlines()[-20:])
        raise EnvironmentFailedError(
            f"could not install {what}: exit code {result.returncode} of {' '.join(command)}\n{said}"
        )
