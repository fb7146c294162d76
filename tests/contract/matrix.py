"""
The table of the laws: which library keeps which, made by running the checks on each.

``python -m tests.contract.matrix --output FOLDER`` writes `laws-matrix.md` and `laws-matrix.json` there. Each library
runs in a process of its own, with a time limit. ``--only NAME`` runs one and prints its results as JSON.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import tenure
from tenure.testing import contract
from tenure.testing.contract.results import BROKEN, BY_THE_RIG, KEPT, MARKS, NOT_OFFERED
from tests.contract.peers import PEERS

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 600
"""For one library."""


def main(arguments=None):
    """Run everything and write the table, or run one library."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.contract.matrix", description=__doc__.strip().partition("\n")[0]
    )
    parser.add_argument("--output", type=Path, help="folder for laws-matrix.md and laws-matrix.json")
    parser.add_argument("--only", help="run one library, such as dishka_, and print its results")
    parser.add_argument("--worlds", default=",".join(contract.WORLDS), help="separated by commas")
    chosen = parser.parse_args(arguments)
    worlds = chosen.worlds.split(",")
    if chosen.only:
        return run_here(chosen.only, worlds)
    columns = [measured(peer, worlds) for peer in PEERS if peer.is_installed]
    text = table(columns)
    if chosen.output is None:
        print(text)
    else:
        chosen.output.mkdir(parents=True, exist_ok=True)
        (chosen.output / "laws-matrix.md").write_text(text, encoding="utf-8")
        for column in columns:
            for verdict in column["verdicts"]:
                del verdict["trace"]  # the reasons are enough
        data = json.dumps(columns, indent=1, ensure_ascii=False)
        (chosen.output / "laws-matrix.json").write_text(data + "\n", encoding="utf-8")
    return 0


def run_here(module, worlds):
    """Run one library in this process, and end the process whatever it left running."""
    (peer,) = (peer for peer in PEERS if peer.module == module)
    results = contract.run(peer.adapter, worlds)
    print(json.dumps({"version": version_of(peer.adapter.distribution), **results.as_data()}))
    sys.stdout.flush()
    os._exit(0)


def version_of(distribution):
    """Return the version of what is installed, "" if it is no distribution."""
    if distribution == "tenure":
        return tenure.__version__
    try:
        return version(distribution) if distribution else ""
    except PackageNotFoundError:
        return ""


def measured(peer, worlds):
    """Return the column of *peer*: title, version and verdicts; none where it ran over its limit."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.contract.matrix", "--only", peer.module]
    command += ["--worlds", ",".join(worlds)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, timeout=LIMIT_S, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
    except subprocess.TimeoutExpired:
        late = f"{peer.title} (ended after {LIMIT_S} s)"
        return {"title": late, "version": "", "name": peer.title, "verdicts": []}
    return {"title": peer.title, **json.loads(done.stdout.splitlines()[-1])}


def table(columns):
    """Return the page: heading, counts, the table of the laws, a footnote for each ✗."""
    results = [contract.Results.from_data({"name": c["name"], "verdicts": c["verdicts"]}) for c in columns]
    notes = []
    lines = [*heading(columns), "", *row_of_titles(columns)]
    lines += [row(law, columns, results, notes) for law in contract.LAWS]
    lines += ["", *summary(columns, results), "", "## Why", "", *notes]
    return "\n".join(lines) + "\n"


def heading(columns):
    """Return what was run, on what, and how the marks are read."""
    versions = ", ".join(f"{c['title']} {c['version']}".strip() for c in columns)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    n = len(contract.CHECKS)
    absent = ", ".join(peer.title for peer in PEERS if not peer.is_installed)
    legend = (
        "✓ kept · ✗ broken, with the reason below · – not offered by the library, or not visible from outside · "  # noqa: RUF001
        "rig: shown by Tenure's own rig, not visible from outside. A law is broken where one of its checks fails in a "
        "world that the library is meant for: plain Python, asyncio, uvloop, trio."
    )
    return [
        "# The laws, library by library",
        "",
        f"{n} checks of 70 laws, run on {python}: {versions}.",
        "",
        legend,
        *(["", f"Left out, because it is not installed: {absent}."] if absent else []),
    ]


def row_of_titles(columns):
    """Return the head of the table."""
    return ["| law | " + " | ".join(c["title"] for c in columns) + " |", "|---|" + "---|" * len(columns)]


def row(law, columns, results, notes):
    """Return the line of *law*; add a note for each ✗."""
    cells = []
    for column, result in zip(columns, results, strict=True):
        outcome = outcome_of(law, column, result)
        broken = [verdict for verdict in result.broken() if verdict.law == law.name]
        if broken:
            name = f"{law.name.lower()}-{column['title'].lower().replace(' ', '-').replace(',', '')}"
            notes.append(note(name, law, column, broken))
            cells.append(f"[✗](#{name})")
        else:
            cells.append(MARKS[outcome])
    return f"| {law.name} {law.title} | " + " | ".join(cells) + " |"


def outcome_of(law, column, result):
    """Return what became of *law*: Tenure's own rig tells nothing of others."""
    outcome = result.of(law)
    is_ours = column["title"].startswith("Tenure")
    return outcome if is_ours or outcome != BY_THE_RIG else NOT_OFFERED


def note(name, law, column, broken):
    """Return why *law* is broken: each check with its worlds and the reason that the first of them gave."""
    by_check = {}
    for verdict in broken:
        by_check.setdefault(verdict.check, []).append(verdict)
    reasons = "; ".join(
        f"{shown(verdicts[0].reason)} ({', '.join(verdict.world for verdict in verdicts)})"
        for verdicts in by_check.values()
    )
    return f'- <a id="{name}"></a>{law.name}, {column["title"]}: {reasons}'


def shown(reason):
    """Return *reason* fit for a line of Markdown."""
    text = " ".join(reason.split())
    text = text if len(text) <= 240 else text[:240] + "…"
    return text.replace("<", "&lt;").replace("|", "\\|").replace("*", "\\*")


def summary(columns, results):
    """Return how many laws each library keeps, breaks and does not offer."""
    lines = ["| | kept | broken | not offered | by the rig |", "|---|---|---|---|---|"]
    for column, result in zip(columns, results, strict=True):
        outcomes = [outcome_of(law, column, result) for law in contract.LAWS]
        counts = " | ".join(str(outcomes.count(each)) for each in (KEPT, BROKEN, NOT_OFFERED, BY_THE_RIG))
        lines.append(f"| {column['title']} | {counts} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
