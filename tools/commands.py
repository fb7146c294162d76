"""The command line of `dev.py`: one function per command."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import (
    bench,
    checks,
    comparison,
    environment,
    instructions,
    laws,
    links,
    matrix,
    pictures,
    pythons,
    report,
    servers,
    site,
)
from tools.report import Row

ROOT = Path(__file__).resolve().parent.parent
RUN_CLI = "import sys; sys.argv[0] = 'tenure'; from tenure.cli import main; sys.exit(main())"


def demo(options: argparse.Namespace) -> int:
    """Run `tenure demo` from the sources; nothing is installed."""
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-c", RUN_CLI, "demo", *options.arguments]
    environ = {**os.environ, "PYTHONPATH": path}
    if os.name != "nt":  # on Windows a replaced process loses its console
        os.execve(sys.executable, command, environ)  # so Ctrl-C reaches the demo alone, which can close in order
    return subprocess.run(command, env=environ).returncode


def test(options: argparse.Namespace) -> int:
    """Run the test suite on this Python, then on each other supported one that is here."""
    arguments = [*(["-k", options.k] if options.k else []), *options.arguments]
    return matrix.run(ROOT, arguments, only_this=options.only_this)


def check(options: argparse.Namespace) -> int:
    """Run every static check and show a table."""
    interpreter = environment.prepare(ROOT, pythons.this_python(), ["check", "test"])
    return checks.run(ROOT, interpreter, fix=options.fix)


def docs(options: argparse.Namespace) -> int:
    """Check the links between the documents, run the code they show, and make the site."""
    lines = list(links.broken(ROOT))
    for line in lines:
        report.say(line)
    rows = [
        Row("links", "failed" if lines else "ok", note=f"{len(links.documents(ROOT))} documents, {len(lines)} broken")
    ]
    if options.write:
        comparison.write(ROOT)
    interpreter = environment.prepare(ROOT, pythons.this_python(), ["docs"])
    if not options.site_only:
        command = [str(interpreter), "-m", "pytest", "tests/docs", "tests/document", *options.arguments]
        code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode
        rows.append(Row("snippets", "failed" if code else "ok"))
    rows.append(site.build(ROOT, interpreter))
    report.say(report.table("documents", rows))
    return report.exit_code(rows)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; each command leaves its function in `run`."""
    top = argparse.ArgumentParser(
        prog="dev.py",
        description="Work on Tenure. What a command needs is installed into .venv/ on its first run.",
        epilog="Words after -- go to the program that is run: dev.py test -- -x --lf",
    )
    commands = top.add_subparsers(required=True, metavar="command")
    commands.add_parser("demo", help="see Tenure at work; installs nothing").set_defaults(run=demo)
    testing = commands.add_parser("test", help="run the tests on every supported Python found here")
    testing.add_argument("--only-this", action="store_true", help="on the Python that runs dev.py only")
    testing.add_argument("-k", metavar="EXPRESSION", help="only tests whose names match, as pytest -k")
    testing.set_defaults(run=test)
    checking = commands.add_parser("check", help="format, lint, types, imports, and what hot paths cost")
    checking.add_argument("--fix", action="store_true", help="format and mend first what can be mended")
    checking.set_defaults(run=check)
    benching = commands.add_parser("bench", help="run the benchmarks, beside other libraries")
    bench.add_arguments(benching)
    benching.set_defaults(run=bench.bench)
    counting = commands.add_parser("instructions", help="count what the hot paths cost; compare with the baseline")
    instructions.add_arguments(counting)
    counting.set_defaults(run=instructions.instructions)
    proving = commands.add_parser("laws", help="run the rig of the laws: every case, then the seeded bugs")
    laws.add_arguments(proving)
    proving.set_defaults(run=laws.laws)
    loading = commands.add_parser("servers", help="real servers under load and faults: the report")
    servers.add_arguments(loading)
    loading.set_defaults(run=servers.servers)
    documents = commands.add_parser("docs", help="check the documents' links, run their code, make the site")
    documents.add_argument("--site-only", action="store_true", help="leave their code alone")
    documents.add_argument("--write", action="store_true", help="write docs/comparison.md anew first")
    documents.set_defaults(run=docs)
    drawing = commands.add_parser("pictures", help="make the pictures of the documents anew")
    pictures.add_arguments(drawing)
    drawing.set_defaults(run=pictures.pictures)
    return top


def split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return what stands before the first "--" and what stands after it; all after "demo" belongs to the demo."""
    words = list(arguments)
    if words[:1] == ["demo"]:
        return words[:1], [word for word in words[1:] if word != "--"]
    if "--" in words:
        at = words.index("--")
        return words[:at], words[at + 1 :]
    return words, []


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    own, passed_on = split(arguments)
    options = parser().parse_args(own)
    options.arguments = passed_on
    try:
        result: int = options.run(options)
    except environment.EnvironmentFailedError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return result
