"""
What the commands print, kept beside the tests: `python tests/cli/golden.py` writes `golden/` anew.

Run in this process, in `apps/`; times are masked, everything else is compared exactly.
"""

import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tenure.cli import main

HERE = Path(__file__).parent
APPS, GOLDEN = HERE / "apps", HERE / "golden"
ROOT = HERE.parents[1]

CASES: dict[str, tuple[str, ...]] = {
    "check-broken": ("check", "broken:container"),
    "check-broken-strict": ("check", "broken", "--level", "warning", "--strict"),
    "check-broken-github": ("check", "broken:container", "--format", "github"),
    "check-broken-json": ("check", "broken:container", "--json"),
    "check-shop": ("check", "shop:container"),
    "check-shop-sync": ("check", "shop:wire", "--sync"),
    "check-declared": ("check", "declared:Shop"),
    "check-nested": ("check", "nested:App"),
    "explain-nested": ("explain", "nested:App"),
    "start-nested": ("start", "nested:App"),
    "start-dry-run-nested": ("start", "nested:App", "--dry-run"),
    "graph-nested": ("graph", "nested:App"),
    "check-closed": ("check", "closed:container"),
    "check-closed-github": ("check", "closed:container", "--format", "github"),
    "check-served": ("check", "served:container"),
    "check-unserved": ("check", "unserved:container"),
    "check-unserved-made": ("check", "unserved:wired"),
    "explain-served": ("explain", "served:container", "Accounts"),
    "graph-unserved": ("graph", "unserved:container"),
    "check-demo": ("check", "tenure.cli.demo:container"),
    "check-help": ("check", "--help"),
    "explain": ("explain", "shop:container", "Catalogue"),
    "explain-part-of-a-name": ("explain", "shop", "connection"),
    "explain-json": ("explain", "shop:container", "Database", "--json"),
    "explain-broken": ("explain", "broken", "Session"),
    "explain-declared": ("explain", "declared:Shop"),
    "explain-declared-key": ("explain", "declared:Shop", "cache"),
    "explain-by-itself": ("explain", "shop:open_database"),
    "explain-in": ("explain", "shop:Database", "--in", "shop:container"),
    "explain-demo": ("explain", "tenure.cli.demo:container", "DatabasePool"),
    "explain-nothing": ("explain", "shop", "nonsense"),
    "explain-nearly": ("explain", "shop", "Databse"),
    "explain-several": ("explain", "declared:Shop", "e"),
    "explain-both": ("explain", "shop", "Database", "--in", "shop"),
    "explain-wired": ("explain", "wired:container"),
    "explain-wired-to-another": ("explain", "wired:other", "service"),
    "explain-error": ("explain", "NothingProvidedError"),
    "explain-error-of-two": ("explain", "tenure.runner.NestedRunError"),
    "explain-error-json": ("explain", "tenure.errors.SchemaError", "--json"),
    "explain-error-nearly": ("explain", "MisingBindingError"),
    "health": ("health", "shop:container"),
    "health-unwell": ("health", "unwell:container"),
    "health-unwell-json": ("health", "unwell:container", "--json"),
    "health-degraded": ("health", "unwell:degraded"),
    "health-degraded-strict": ("health", "unwell:degraded", "--strict"),
    "health-declared": ("health", "declared:Shop"),
    "health-demo": ("health", "tenure.cli.demo:container"),
    "health-failing": ("health", "failing:container"),
    "health-nothing": ("health",),
    "health-no-address": ("health", "--url", "ftp://host"),
    "start-dry-run": ("start", "shop:container", "--dry-run"),
    "start-dry-run-json": ("start", "shop:container", "--dry-run", "--json"),
    "start-dry-run-declared": ("start", "declared:Shop", "--dry-run"),
    "start-dry-run-demo": ("start", "tenure.cli.demo:container", "--dry-run"),
    "start-dry-run-broken": ("start", "broken:container", "--dry-run"),
    "start-failing": ("start", "failing:container"),
    "start-failing-json": ("start", "failing:container", "--json"),
    "run": ("run", "shop:main"),
    "run-quiet": ("run", "shop:main", "--quiet"),
    "run-sync": ("run", "plain:main", "a", "b"),
    "run-sync-in-async": ("run", "shop:sync_main"),
    "run-failing-main": ("run", "plain:failing"),
    "run-failing-start": ("run", "failing:container"),
    "run-in": ("run", "shop:main", "--in", "declared:Shop"),
    "run-nothing": ("run", "several:nothing"),
    "run-several": ("run", "several:with_arguments"),
    "run-two-containers": ("run", "shop:container", "--in", "shop:container"),
    "no-module": ("check", "shp:container"),
    "no-module-file": ("check", "shop.py:container"),
    "no-attribute": ("check", "shop:contaner"),
    "no-container": ("check", "several:nothing"),
    "no-container-application": ("check", "served:app"),
    "no-container-application-object": ("check", "served:served"),
    "no-container-application-plain": ("health", "unserved:plain"),
    "run-application": ("run", "served:served"),
    "run-application-plain": ("run", "unserved:plain", "--in", "unserved:container"),
    "run-application-factory": ("run", "served:make_app", "--in", "plain:container"),
    "no-container-function": ("check", "several:with_arguments"),
    "no-container-coroutine": ("check", "several:late_factory"),
    "several-containers": ("check", "several"),
    "broken-factory": ("check", "several:broken_factory"),
    "unimportable": ("check", "unimportable:container"),
    "unknown-command": ("chekc", "shop"),
}
"""The arguments, by the name of the file."""

_MASKS = (
    (re.compile(r" *\b\d+(?:\.\d+)? (?:s|ms|us|µs|min)\b"), " # s"),  # with the blanks of its column
    (re.compile(r"(# s) [ █]*█ *"), r"\1 |"),
    (re.compile(r", slowest .*"), ", slowest ..."),
    (re.compile(r'("critical": )\[[^]]*\]'), r"\1[#]"),
    (
        re.compile(r'("(?:at|age_s|elapsed_s|began_s|idle_s|took_s|open_s|watched_s|critical_s)": )-?\d[\d.e+-]*'),
        r"\1#",
    ),
    (re.compile(r'("(?:pid|id|scope_id)": )\d+'), r"\1#"),
    (re.compile(re.escape(f"{APPS}{os.sep}")), ""),
    (re.compile(re.escape(f"{ROOT}{os.sep}")), "ROOT/"),
    (re.compile(r"^ *[~^]+\n", re.MULTILINE), ""),  # where in a line it was raised, which not every Python says alike
)


def masked(text: str) -> str:
    """Return *text* without what differs from run to run and from place to place."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


@contextlib.contextmanager
def in_apps() -> Iterator[None]:
    """Stand in the folder of applications; forget what is imported there."""
    known, path, columns = set(sys.modules), sys.path.copy(), os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "100"
    try:
        with contextlib.chdir(APPS):
            yield
    finally:
        sys.path[:] = path
        os.environ.pop("COLUMNS") if columns is None else os.environ.update(COLUMNS=columns)
        for name in set(sys.modules) - known:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(APPS)):
                del sys.modules[name]


def run_here(*arguments: str) -> tuple[int, str, str]:
    """Run the command line in this process; return the exit status and what it wrote to stdout and stderr."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with in_apps(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as error:
            status = error.code
    told = []
    for stream in (out, err):
        stream.flush()
        told.append(stream.buffer.getvalue().decode())
    return status, *told


def output_of(name: str) -> str:
    """Return what stands in the file *name*."""
    status, out, err = run_here(*CASES[name])
    shown = f"$ tenure {' '.join(CASES[name])}\n{out}"
    shown += f"[stderr]\n{err}" if err else ""
    return masked(f"{shown}[exit {status}]\n")


if __name__ == "__main__":
    for path in GOLDEN.glob("*.txt"):
        path.unlink()
    for each in CASES:
        (GOLDEN / f"{each}.txt").write_text(output_of(each), encoding="utf-8")
