"""How dev.py finds the Pythons of a machine."""

import json
import os
import sys
from pathlib import Path

import pytest

from tools import pythons

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the fake interpreters are shell scripts")


def fake_python(folder: Path, name: str, *, says: str, patch: int = 0, implementation: str = "cpython") -> Path:
    """Make an executable that answers the probe as Python *says* would."""
    folder.mkdir(parents=True, exist_ok=True)
    executable = folder / name
    answer = json.dumps([str(executable), says, f"{says}.{patch} (main)", implementation])
    executable.write_text(f"#!/bin/sh\necho '{answer}'\n", "utf-8")
    executable.chmod(0o755)
    return executable


def find(tmp_path: Path, *path: Path) -> pythons.Python | None:
    """Look for Python 3.99 with *path* as PATH and *tmp_path* as home, where pyenv may be."""
    environ = {"PATH": os.pathsep.join(map(str, path))}
    return pythons.find("3.99", environ, tmp_path)


def test_nothing_found(tmp_path: Path) -> None:
    """A Python that is nowhere is None, not an error."""
    assert find(tmp_path) is None


def test_on_path(tmp_path: Path) -> None:
    """A Python on PATH is found, with the version and build that it tells."""
    executable = fake_python(tmp_path / "bin", "python3.99", says="3.99", patch=4)

    assert find(tmp_path, tmp_path / "bin") == pythons.Python(executable, "3.99", "3.99.4 (main)")


def test_shims_are_passed_over(tmp_path: Path) -> None:
    """A shim on PATH is not used; the real file below `versions` is, highest patch number first."""
    fake_python(tmp_path / ".pyenv/shims", "python3.99", says="3.99", patch=1)
    fake_python(tmp_path / ".pyenv/versions/3.99.9/bin", "python3.99", says="3.99", patch=9)
    newest = fake_python(tmp_path / ".pyenv/versions/3.99.10/bin", "python3.99", says="3.99", patch=10)

    found = find(tmp_path, tmp_path / ".pyenv/shims")

    assert found is not None
    assert found.executable == newest


def test_pyenv_root(tmp_path: Path) -> None:
    """`PYENV_ROOT` says where pyenv is."""
    executable = fake_python(tmp_path / "elsewhere/versions/3.99.0/bin", "python3.99", says="3.99")

    found = pythons.find("3.99", {"PYENV_ROOT": str(tmp_path / "elsewhere")}, tmp_path)

    assert found is not None
    assert found.executable == executable


def test_broken_one_is_passed_over(tmp_path: Path) -> None:
    """An interpreter that fails, or is another version than its name says, does not hide a good one."""
    broken = tmp_path / "a" / "python3.99"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    broken.chmod(0o755)
    fake_python(tmp_path / "b", "python3.99", says="3.98")
    good = fake_python(tmp_path / "c", "python3.99", says="3.99")

    found = find(tmp_path, tmp_path / "a", tmp_path / "b", tmp_path / "c")

    assert found is not None
    assert found.executable == good


def test_other_implementations_are_no_answer(tmp_path: Path) -> None:
    """Only CPython counts."""
    pypy = fake_python(tmp_path, "python3.99", says="3.99", implementation="pypy")

    assert pythons.probe(pypy) is None


def test_probe_sees_through_a_virtual_environment() -> None:
    """What runs these tests is a venv's Python; the probe names the interpreter it was made from."""
    found = pythons.probe(Path(sys.executable))

    assert found == pythons.this_python()
    assert Path(sys.base_prefix).resolve() in found.executable.parents


def test_this_version_is_this_interpreter() -> None:
    """The version that runs is not searched for: it is here."""
    this = pythons.this_python()

    assert pythons.find(this.version) == this
