"""What `import tenure` imports, and what only later: each in a process of its own."""

import json
import subprocess
import sys

import pytest

import tenure

SLOW = (
    "ast", "asyncio", "dataclasses", "difflib", "dis", "inspect", "logging", "pathlib", "queue", "random", "selectors",
    "signal", "socket", "subprocess", "traceback", "trio", "typing_extensions",
)  # fmt: skip
"""Modules that take longer to import than most rooms of Tenure, or are optional."""


def imported_by(code: str) -> set[str]:
    """Return the modules that *code* imports on a Python that has imported as little as possible."""
    program = (
        f"import sys\nbefore = {{*sys.modules}}\n{code}\nimport json\nprint(json.dumps([*sys.modules.keys() - before]))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=False,
                          env={"PYTHONPATH": next(iter(tenure.__path__)) + "/.."})  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_what_the_package_imports() -> None:
    """`import tenure` imports nothing slow or optional, and no room that many programs never enter."""
    found = imported_by("import tenure")

    needed = imported_by(
        "import collections.abc, contextlib, contextvars, functools, threading, types, typing, weakref"
    )
    assert found & set(SLOW) <= needed
    assert (
        sorted(name for name in found if name.startswith(("tenure.runner", "tenure.workers", "tenure.providers"))) == []
    )
    assert len([name for name in found if name.startswith("tenure.")]) <= 87


def test_a_program_without_a_loop() -> None:
    """Binding, checking, getting, closing and scopes without a loop import no asyncio, inspect or dataclasses."""
    found = imported_by(
        "import tenure\n"
        "class A: ...\n"
        "class B:\n    def __init__(self, a: A) -> None: ...\n"
        "container = tenure.Container()\n"
        "container.bind(A, scope='singleton'); container.bind(B)\n"
        "container.check(); container.get(B)\n"
        "with container, container.resource_scope() as scope: scope.get(B)\n"
    )

    assert found & {"asyncio", "dataclasses", "inspect"} == set()


@pytest.mark.parametrize("name", tenure.__all__)
def test_every_name(name: str) -> None:
    """Every name of the package can be imported from it first of all, and is in `dir`."""
    assert name in dir(tenure)
    assert f"tenure.{name}" not in imported_by(f"from tenure import {name}")


def test_all_names_at_once() -> None:
    """`from tenure import *` gives every name, those that are imported late as well."""
    imported_by("from tenure import *\nimport tenure\nassert {*tenure.__all__} <= {*globals()}")


def test_unknown_name() -> None:
    """A name that the package does not have is an AttributeError that says so."""
    with pytest.raises(AttributeError, match="module 'tenure' has no attribute 'nothing'"):
        tenure.nothing  # type: ignore[attr-defined]  # noqa: B018 - the look-up is the test
