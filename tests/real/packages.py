"""
Programs out of Debian's packages, for a user who may not install them.

They are downloaded by `apt-get`, unpacked below `.venv/debian/` of the project, and kept there.
"""

import os
import shutil
import subprocess
from pathlib import Path

from tests.real.running import ServerMissingError
from tools.environment import locked

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".venv" / "debian"

REDIS = ("redis-server", "redis-tools", "libjemalloc2", "liblzf1")
"""Debian's package, and those it needs that a small machine lacks."""


CHROMIUM = "chromium"


def chromium() -> tuple[str, dict[str, str]]:
    """
    Return a program that starts Chromium, and what it needs in its environment.

    An installed one comes first, then one that was unpacked before, then one from Debian's packages (110 MB).

    Raises:
        ServerMissingError: there is none, and apt-get gives none.
    """
    installed = shutil.which(CHROMIUM) or shutil.which("chromium-browser")
    if installed is not None:
        return installed, {}
    folder = CACHE.with_name("debian-chromium")
    CACHE.parent.mkdir(exist_ok=True)
    with locked(CACHE.with_suffix(".lock")):
        if not (folder / "finished").exists():
            _unpack((CHROMIUM, *_lacking(CHROMIUM)), folder)
    program = folder / "usr/lib/chromium/chromium"
    environ = {"LD_LIBRARY_PATH": os.pathsep.join(map(str, _libraries(folder)))}
    answer = _run([str(program), "--version"], environ)
    if answer.returncode != 0:
        raise ServerMissingError(
            f"{_advice(CHROMIUM)}; the one in {folder} does not start: {answer.stdout.strip()[-300:]}"
        )
    return str(program), environ


def _lacking(name: str) -> list[str]:
    """Return the packages that *name* needs and this machine lacks; none where apt-get does not say."""
    if shutil.which("apt-get") is None:
        return []
    answer = _run(["apt-get", "install", "--simulate", "--no-install-recommends", name], {})
    words = [line.split() for line in answer.stdout.splitlines() if line.startswith("Inst ")]
    return [each[1] for each in words if each[1] != name]


def redis_server() -> tuple[str, dict[str, str]]:
    """
    Return a program that starts Redis, and what it needs in its environment.

    An installed one comes first, then one that was unpacked before, then one from Debian's packages.

    Raises:
        ServerMissingError: there is none, and apt-get gives none.
    """
    installed = shutil.which("redis-server")
    if installed is not None:
        return installed, {}
    CACHE.parent.mkdir(exist_ok=True)
    with locked(CACHE.with_suffix(".lock")):
        if not (CACHE / "finished").exists():
            _unpack(REDIS, CACHE)
    return _unpacked("redis-server")


def _unpacked(name: str) -> tuple[str, dict[str, str]]:
    program = CACHE / "usr/bin" / name
    environ = {"LD_LIBRARY_PATH": os.pathsep.join(map(str, _libraries(CACHE)))}
    answer = _run([str(program), "--version"], environ)
    if answer.returncode != 0:
        raise ServerMissingError(f"{_advice(name)}; the one in {CACHE} does not start: {answer.stdout.strip()[-300:]}")
    return str(program), environ


def _libraries(folder: Path) -> list[Path]:
    """Return where libraries are; some packages have a folder of their own."""
    machine = sorted((folder / "usr/lib").glob("*-linux-*"))
    return [*machine, *(each for found in machine for each in sorted(found.iterdir()) if each.is_dir())]


def _unpack(names: tuple[str, ...], folder: Path) -> None:
    for program in ("apt-get", "dpkg-deb"):
        if shutil.which(program) is None:
            raise ServerMissingError(f"{_advice(names[0])}; there is no {program} here to fetch it with")
    shutil.rmtree(folder, ignore_errors=True)
    packages = folder / "packages"
    packages.mkdir(parents=True)
    answer = _download(packages, names)
    if answer.returncode != 0:
        raise ServerMissingError(f"{_advice(names[0])}; apt-get gives none: {answer.stdout.strip()[-300:]}")
    for package in sorted(packages.glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(folder)], {}).check_returncode()
    shutil.rmtree(packages)
    (folder / "finished").touch()


def _download(folder: Path, names: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
    """Try with the lists of packages that the machine has, then with lists fetched into a folder of our own."""
    answer = _run(["apt-get", "download", *names], {}, folder)
    if answer.returncode == 0:
        return answer
    state = CACHE / "apt"
    (state / "lists/partial").mkdir(parents=True)
    options = ["-o", f"Dir::State::Lists={state}/lists", "-o", f"Dir::Cache={state}", "-o", "APT::Sandbox::User="]
    updated = _run(["apt-get", *options, "update"], {})
    if updated.returncode == 0:
        updated = _run(["apt-get", *options, "download", *names], {}, folder)
    shutil.rmtree(state)
    return updated


def _run(command: list[str], environ: dict[str, str], folder: Path | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environ, "LC_ALL": "C"}, text=True, timeout=120, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def _advice(name: str) -> str:
    return f"no {name} here: apt-get install {name}"
