"""
Mutation testing of the engine: which small changes of `lifecycle/` and `runtime/` does no test notice?

    python -m tests.laws.bank.mutants [FILE …] [--every N] [--state FOLDER] [--new] [--show]

Works on a copy in the state folder, where results are kept line by line, so that a run may be stopped and taken up
again. One run of the tests tells which of them reach each line; a mutant is then shown only those, in a process that
is forked once everything but the library is imported.

Other tools do not fit: mutmut 3 calls everything through a wrapper of its own, which the engine's generators and
contexts do not survive (unchanged code fails); cosmic-ray runs all tests in a new process for each of 4300 mutants, a
third of them in annotations, and drops no statements.
"""

import argparse
import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import itertools
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tests.laws.bank.mutating import Mutant, mutants

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("lifecycle", "runtime")
TESTS = ("tests/engine", "tests/faults")
COPIED = ("src", "tests", "tools", "docs", "pyproject.toml", "README.md")
OPTIONS = (
    "-q",
    "-x",
    "-p",
    "no:cacheprovider",
    "--timeout=8",
    "--hypothesis-seed=0",
    "--no-header",
    "--tb=no",
    "-Wignore::pytest.PytestAssertRewriteWarning",
)
ALLOWED_S = 30.0
"""How long a mutant may run before its first test, and from one test to the next; then it counts as killed."""


def main(arguments: Sequence[str]) -> int:
    """Run, or take up again; return 0 unless the tests fail on unchanged code."""
    parser = argparse.ArgumentParser(prog="python -m tests.laws.bank.mutants", description=__doc__)
    parser.add_argument("files", nargs="*", help="as lifecycle/claim.py; default: every file of both rooms")
    parser.add_argument("--state", type=Path, default=Path(tempfile.gettempdir()) / "tenure-mutants")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th mutant: a sample")
    parser.add_argument("--new", action="store_true", help="start over with the sources as they are now")
    parser.add_argument("--show", action="store_true", help="print the survivors known so far, and stop")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has background jobs ignore it
    if options.show:
        return show(options.state)
    if options.new:
        shutil.rmtree(options.state, ignore_errors=True)
    if not (options.state / "reached.json").exists() and not prepare(options.state):
        return 1
    copy = options.state / "copy"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(copy / "src"), str(copy)])}
    command = [
        sys.executable,
        "-c",
        f"from {__spec__.name} import serve; serve()",
        str(options.state),
        str(options.every),
        *options.files,
    ]
    return subprocess.run(command, cwd=copy, env=environ, check=False).returncode


def prepare(state: Path) -> bool:
    """Copy the sources and find out which tests reach which lines; return whether all passed."""
    copy = state / "copy"
    copy.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, copy / name)
    code = (
        "import sys, pytest; from pathlib import Path; from tests.laws.bank.covering import Reached;"
        f"out = Path({str(state / 'reached.new')!r});"
        "sys.exit(pytest.main(sys.argv[1:], plugins=[Reached(Path('src/tenure'), out)]))"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(copy / "src"), str(copy)])}
    command = [sys.executable, "-c", code, *OPTIONS, *TESTS]
    result = subprocess.run(command, cwd=copy, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode != 0:
        print(result.stdout[-4000:])
        shutil.rmtree(state)
        return False
    (state / "reached.new").replace(state / "reached.json")
    return True


def show(state: Path) -> int:
    """Print what survived."""
    results = [json.loads(line) for line in (state / "results.jsonl").read_text("utf-8").splitlines()]
    survivors = [each for each in results if not each["killed"]]
    for each in survivors:
        print(f"{each['file']}:{each['line']}  [{each['n_tests']} tests]\n  - {each['old']}\n  + {each['new']}")
    print(f"{len(results)} mutants, {len(survivors)} survive")
    return 0


def serve() -> None:
    """Inside the copy, with nothing of the library imported: try each mutant that has no result yet."""
    import hypothesis  # noqa: F401  # what takes long to import is imported before the forks
    import trio  # noqa: F401

    state, every, files = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    _trust(json.loads((state / "reached.json").read_text("utf-8"))["seconds"])
    known = json.loads((state / "reached.json").read_text("utf-8"))
    results, names = state / "results.jsonl", list(known["seconds"])
    done = {tuple(json.loads(line)["id"]) for line in _lines(results)}
    favourites: list[str] = []
    for file, mutant in itertools.islice(_all(files), every // 2, None, every):
        name = (file, mutant.start, mutant.end, mutant.new)
        if name in done:
            continue
        reached = [names[place] for place in known["lines"].get(file, {}).get(str(mutant.line), [])]
        tests = sorted(reached, key=lambda test: known["seconds"][test])
        first = [each for each in favourites if each in tests]
        began = time.perf_counter()
        killer = attempt(file, mutant, list(dict.fromkeys([*first, *tests])))
        if killer in known["seconds"]:
            favourites = [killer, *(each for each in favourites if each != killer)][:12]
        told = {"file": file, "line": mutant.line, "old": mutant.old, "new": mutant.new, "n_tests": len(tests)}
        result = {"id": name, **told, "killed": killer, "seconds": round(time.perf_counter() - began, 2)}
        with results.open("a", encoding="utf-8") as out:
            out.write(json.dumps(result) + "\n")
        mark = "      " if killer else "LIVES "
        print(f"{mark}{result['seconds']:6.1f} s  {file}:{mutant.line}  {mutant.old[:60]!r} -> {mutant.new[:60]!r}")


def _trust(seconds: dict[str, float]) -> None:
    """Refuse to go on unless unchanged code survives: else every mutant would be called killed."""
    nothing = Mutant(1, 0, 0, "", "")
    killer = attempt("lifecycle/outcome.py", nothing, sorted(seconds, key=seconds.__getitem__))
    if killer:
        sys.exit(f"unchanged code is killed, by {killer}")


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []


def _all(files: Sequence[str]) -> Iterator[tuple[str, Mutant]]:
    source = Path("src/tenure")
    paths = [source / file for file in files] or [
        path for room in ROOMS for path in sorted((source / room).rglob("*.py"))
    ]
    for path in paths:
        for mutant in mutants(path.read_text("utf-8")):
            yield str(path.relative_to(source)), mutant


def attempt(file: str, mutant: Mutant, tests: Sequence[str]) -> str:
    """Return the test that noticed *mutant*, or what else ended it; "" where it survives."""
    if not tests:
        return ""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_mutant(file, mutant, tests, writing)
    os.close(writing)
    try:
        told = _listen(reading)
    finally:
        os.close(reading)
        status = _end(child)
    if told:
        return told
    return "" if os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL) else f"exit {status}"


def _listen(reading: int) -> str:
    """
    Return what a child says: the name of a test that failed, or "" once all have passed.

    It writes a newline before each test and a zero at the end. The end of the pipe would not do: a process that a test
    of a mutant leaves behind holds it open.
    """
    while select.select([reading], [], [], ALLOWED_S)[0]:
        said = os.read(reading, 4000).decode()
        told = said.strip("\n")
        if told or not said:
            return told.rstrip("\0")
    return "time limit"


def _end(child: int) -> int:
    """End *child* and whatever its tests left behind, which is all in its session; return its status."""
    for end in (os.killpg, os.kill):  # the second for one that has no session yet
        with contextlib.suppress(ProcessLookupError):
            end(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def _be_mutant(file: str, mutant: Mutant, tests: Sequence[str], tell: int) -> None:
    """In the child: run *tests* on the changed library; tell the first that fails, or "" at the end."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    module = "tenure." + file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    path = Path("src/tenure", file).resolve()
    sys.meta_path.insert(0, _Finder(module, path, mutant.apply(path.read_text("utf-8"))))
    code = 1
    try:
        import pytest

        from tests.laws.bank.covering import Chosen

        files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        code = pytest.main([*OPTIONS, *files], plugins=[Chosen(tests, tell)])
    except BaseException as error:  # whatever it does, it is seen
        os.write(tell, f"it raised {error!r}"[:500].encode())
    os.write(tell, b"\0" if code == 0 else f"pytest gave up: {code}".encode())
    os._exit(int(code))


class _Finder(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):  # type: ignore[misc]  # two ABCs
    """Gives *source* for the module called *name*."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        super().__init__(name, str(path))
        self._source = source

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> Any:
        """Return a spec for the one module, None for others."""
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)

    def get_code(self, fullname: str) -> CodeType:
        """Compile the changed text."""
        return compile(self._source, self.path, "exec")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
