"""What docs/migrating/dependency-injector.md shows is what both libraries do."""

import ast
import importlib
import operator
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import dependency_injector
import pytest

from tests.differential.running import OURS, THEIRS, run

PAGE = Path(__file__).parents[2] / "docs" / "migrating" / "dependency-injector.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^```python\n(?P<program>.*?)^```$(?:\n\n^```(?P<form>text|diff)\n(?P<output>.*?)^```$)?", re.MULTILINE | re.DOTALL
)
HEADING = re.compile(r"^##+ (.+)$", re.MULTILINE)


class Example(NamedTuple):
    """A program of the page, and what it is shown to print."""

    program: str
    form: str | None
    """`diff` where the libraries differ, `text` where they agree or only ours is run, None: it prints nothing."""
    output: str

    def lines(self, sign):
        """Return what the library whose lines are marked with *sign* is shown to print."""
        lines = self.output.splitlines()
        return [line[1:] for line in lines if line[:1] in (" ", sign)] if self.form == "diff" else lines

    @property
    def is_for_both(self):
        return THEIRS in self.program


def examples(page):
    """Return the examples of *page*, by heading and number."""
    found, numbers = {}, {}
    for match in BLOCK.finditer(page):
        heading = HEADING.findall(page, 0, match.start())[-1].replace("`", "")
        numbers[heading] = number = numbers.get(heading, 0) + 1
        found[f"{heading} {number}"] = Example(match["program"], match["form"], match["output"] or "")
    return found


EXAMPLES = examples(TEXT)


def parameters(chosen):
    """Return the *chosen* examples; those that measure time take theirs long."""
    return [
        pytest.param(each, id=name, marks=[pytest.mark.slow] if "perf_counter" in each.program else [])
        for name, each in EXAMPLES.items()
        if chosen(each)
    ]


def played(program, root, folder):
    """Return the lines that *program* prints with the library *root*; it has to end without an error."""
    path = folder / "example.py"
    path.write_text(program, encoding="utf-8")
    outcome = run(path, root)
    assert outcome.kinds == ()
    return outcome.lines


@pytest.mark.parametrize("example", parameters(lambda each: each.is_for_both and each.form))
def test_theirs(example, tmp_path):
    """The other library prints what the page says it prints."""
    if "RecursionError" in example.program and sys.version_info >= (3, 13):
        pytest.skip("endless recursion in it ends the interpreter from Python 3.13 on")
    assert example.lines("-") == played(example.program, THEIRS, tmp_path)


@pytest.mark.parametrize("example", parameters(lambda each: each.form))
def test_ours(example, tmp_path):
    """Ours prints what the page says it prints, after nothing but a change of the import root."""
    assert example.lines("+") == played(example.program, OURS, tmp_path)


def test_an_example_is_for_one_library_or_for_both():
    """What is shown as a difference is run twice; what names ours does not name theirs."""
    for example in EXAMPLES.values():
        assert example.is_for_both != bool(re.search(r"^from tenure|^import tenure", example.program, re.MULTILINE))
        assert example.is_for_both or example.form == "text"


def test_the_differences_differ():
    """A block of the form `diff` has lines of one library alone."""
    for example in EXAMPLES.values():
        assert (example.form == "diff") == (example.lines("-") != example.lines("+"))


def test_every_block_is_run_or_compared():
    """Besides the command, and the block that explains the signs, there are programs and what they print."""
    counts = {
        language: len(re.findall(rf"^```{language}$", TEXT, re.MULTILINE))
        for language in ("python", "text", "diff", "shell")
    }
    shown = [example.form for example in EXAMPLES.values()]

    assert len(re.findall(r"^```\w+$", TEXT, re.MULTILINE)) == sum(counts.values())
    assert counts == {
        "python": len(EXAMPLES),
        "text": shown.count("text"),
        "diff": shown.count("diff") + 1,
        "shell": 1,
    }


@pytest.mark.skipif(not (shutil.which("git") and shutil.which("perl")), reason="the command needs git and perl")
def test_the_command_makes_after_from_before(tmp_path):
    """It changes the import root in every file that names it, and nothing else."""
    before, after, *_ = (example.program for example in EXAMPLES.values())
    command = re.search(r"^```shell\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)[1]
    (tmp_path / "app.py").write_text(before)
    (tmp_path / "other.py").write_text("my_dependency_injector = 1\n")
    for each in ("git init -q", "git add .", command):
        subprocess.run(each, shell=True, cwd=tmp_path, check=True)

    assert (tmp_path / "app.py").read_text() == after
    assert (tmp_path / "other.py").read_text() == "my_dependency_injector = 1\n"


def test_links_lead_somewhere():
    """A link within the page names one of its headings."""
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(TEXT)}

    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= anchors


def documented():
    """Return the classes and functions in the other library's stubs, else sources, with their modules."""
    root = Path(dependency_injector.__file__).parent
    for path in sorted([*root.glob("[a-z]*.py*"), *root.glob("ext/[a-z]*.py*")]):
        if path.suffix == ".pyi" or (path.suffix == ".py" and not path.with_suffix(".pyi").exists()):
            module = ".".join(path.relative_to(root).with_suffix("").parts)
            yield from ((module, name) for name in _public(ast.parse(path.read_text(encoding="utf-8"))))


def _public(tree, prefix=""):
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield prefix + node.name
            yield from _public(node, f"{prefix}{node.name}.") if isinstance(node, ast.ClassDef) else ()


def has(root, module, name):
    """Tell whether *name*, a class, a function or a method, is in *module* of the library *root*."""
    try:
        operator.attrgetter(name)(importlib.import_module(f"{root}.{module}"))
    except AttributeError:
        return False
    return True


@pytest.mark.filterwarnings("ignore:Module .* is deprecated")  # theirs says so of its integrations
def test_what_is_not_there_is_told():
    """Whatever else the other library's stubs and sources show is there under the same name."""
    missing = [each for each in documented() if has(THEIRS, *each) and not has(OURS, *each)]
    untold = [(module, name) for module, name in missing if f"`{module}.{name.partition('.')[0]}`" not in TEXT]

    assert untold == []


def test_what_is_told_not_to_be_there_is_not():
    """The page does not deny what ours has."""
    section = TEXT.partition("### What is not there")[2].partition("\n## ")[0]
    told = re.findall(r"`(providers|wiring)\.([a-zA-Z_]+)`", section)

    assert [name for module, name in told if has(OURS, module, name)] == ["Provider"]
