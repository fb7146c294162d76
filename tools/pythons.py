"""
Find the Pythons of this machine.

Knows folders and interpreters; must not know virtual environments or tests. Shims (small scripts that pick a Python
by a setting) are passed over: what they start depends on the folder they are called in.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13", "3.14")

PROBE = """
import json, sys
base = getattr(sys, "_base_executable", None) or sys.executable
print(json.dumps([base, "%d.%d" % sys.version_info[:2], sys.version, sys.implementation.name]))
"""


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter that was started once and answered."""

    executable: Path
    version: str
    """Two numbers: "3.12"."""
    build: str
    """The whole of `sys.version`, which changes with every update."""


def probe(executable: Path) -> Python | None:
    """Return what *executable* says of itself, or None where it is no working CPython; seen through from a venv."""
    command = [str(executable), "-I", "-c", PROBE]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=20, check=True, stdin=subprocess.DEVNULL
        )
        base, version, build, implementation = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Python(Path(base).resolve(), version, build) if implementation == "cpython" else None


def this_python() -> Python:
    """Return the interpreter that runs this code, or the one its virtual environment was made from."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    return Python(Path(base).resolve(), f"{sys.version_info[0]}.{sys.version_info[1]}", sys.version)


def candidates(version: str, environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Yield the files that may be Python *version*, likeliest first: PATH, pyenv, uv, the system's folders."""
    name = f"python{version}"
    pyenv = Path(environ.get("PYENV_ROOT") or home / ".pyenv")
    folders = [Path(entry) for entry in environ.get("PATH", "").split(os.pathsep) if entry]
    yield from (folder / name for folder in folders if folder.name != "shims")

    pattern = re.compile(re.escape(version) + r"\.(\d+)")
    managed = [*_children(pyenv / "versions", pattern), *_children(home / ".local/share/uv/python", pattern)]
    yield from (folder / "bin" / name for folder in managed)

    yield from (Path(folder) / name for folder in ("/usr/bin", "/usr/local/bin"))


def _children(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    """Return the folders in *folder* whose name holds *pattern*, highest patch number first."""
    if not folder.is_dir():
        return []
    found = [(int(match[1]), child) for child in folder.iterdir() if (match := pattern.search(child.name))]
    return [child for _, child in sorted(found, reverse=True)]


def find(version: str, environ: Mapping[str, str] = os.environ, home: Path | None = None) -> Python | None:
    """Return a working Python *version* ("3.12"), this one where it fits, or None."""
    current = this_python()
    if current.version == version and environ is os.environ:
        return current
    seen: set[Path] = set()
    for candidate in candidates(version, environ, home or Path.home()):
        if candidate in seen or not os.access(candidate, os.X_OK):
            continue
        seen.add(candidate)
        found = probe(candidate)
        if found is not None and found.version == version:
            return found
    return None
