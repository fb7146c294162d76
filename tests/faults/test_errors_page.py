"""Every sample of docs/errors.md runs and prints what it says; every error class has its section and leads there."""

import contextlib
import copy
import inspect
import io
import pickle
import re
import tomllib
import traceback
from pathlib import Path

import pytest

from tenure import errors
from tenure.cli import errors_page
from tenure.cli.errors_page import sections as sections_by_error
from tenure.errors import BindingError, CloseError, ResourceError, ResourceExhaustedError, TenureError
from tenure.errors.base import section_of
from tenure.runner import MissingBackendError, NestedRunError
from tenure.runtime.managed import DiscardedError
from tests.faults.test_users_errors import every_error

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$\n+^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r"0x[0-9a-f…]+")


def sections():
    """Return the text of each section by its title."""
    parts = re.split(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def printed_by(program):
    """Run *program* as `app.py` and return what it prints, addresses of objects left out."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, "app.py", "exec"), {"__name__": "__main__"})
    return ADDRESS.sub("0x…", printed.getvalue())


@pytest.mark.parametrize("title", sections())
def test_sample(title):
    """The sample of a section prints what stands below it."""
    blocks = BLOCK.findall(sections()[title])

    assert blocks
    assert [printed_by(program) for program, _ in blocks] == [told for _, told in blocks]


def test_every_error_class_has_a_section():
    """No public error class is missing from the page."""
    titles = " ".join(sections())
    classes = [name for name in errors.__all__ if inspect.isclass(getattr(errors, name))]
    raised = [name for name in classes if issubclass(getattr(errors, name), TenureError)]

    assert [name for name in raised if name not in titles] == ["ResourceError"]


def test_every_section_names_the_builtin_base():
    """The bases in brackets are the bases."""
    for title, text in sections().items():
        told = re.match(r"\n\n\[(.+?)\] ", text)
        if told is None:
            continue
        bases = {base.__name__ for name in title.split(" and ") for base in getattr(errors, name).__mro__}
        assert {name.strip("`") for name in told[1].split(", ")} <= bases


def test_every_attribute_exists():
    """Attributes that the page names are set by the constructor."""
    for title, text in sections().items():
        told = re.search(r"^Attributes: (.+?)\.$", text, re.MULTILINE | re.DOTALL)
        if told is None or title == "CloseError":
            continue
        source = inspect.getsource(getattr(errors, title).__init__)
        names = re.findall(r"`([a-z_]+)`", re.sub(r"\(.*?\)|, each with.*", "", told[1], flags=re.DOTALL))
        assert names
        assert all(f"self.{name}" in source for name in names), title


@pytest.mark.parametrize("error", [*every_error(), NestedRunError("asyncio"), MissingBackendError("trio")])
def test_every_error_leads_to_its_section(error):
    """Its first note is the command that prints the section; the text is without it."""
    name = type(error).__name__

    assert error.__notes__ == [f"causes and what to do: tenure explain {name}"]
    assert "tenure explain" not in str(error)
    assert sections_by_error()[name].partition("\n")[0] in sections()


def test_a_class_without_a_section_leads_nowhere():
    """It has no notes until somebody adds one."""
    error = ResourceError("no")

    assert not hasattr(error, "__notes__")
    error.add_note("mine")
    assert error.__notes__ == ["mine"]


def test_the_root_of_all_is_explained_by_itself():
    """What is raised as nothing narrower leads to the list of all errors, and its own section behind that."""
    told = sections_by_error()["TenureError"]

    assert TenureError("no").__notes__ == ["causes and what to do: tenure explain TenureError"]
    assert told.startswith("Errors\n")
    assert told.endswith(sections()["TenureError"].strip())


def test_addresses_are_shown_as_they_are():
    """A link to a page of the docs is shown by its place, any other by its address."""
    shown = "\n".join(str(each) for each in errors_page.lines_of(sections_by_error()["TenureError"]))

    assert "PEP 678 (https://peps.python.org/pep-0678/)" in shown


def test_a_users_class_leads_nowhere():
    """What derives from one of Tenure's may be about something else."""

    class NoRoomError(ResourceExhaustedError): ...

    assert not hasattr(NoRoomError("no"), "__notes__")


def test_a_class_inside_of_tenure_leads_to_what_it_derives_from():
    """A class that is not public is explained as the public one."""
    assert section_of(DiscardedError) == "ContainerClosedError"


def test_nothing_is_made_until_somebody_looks():
    """An error that is raised and handled has no list of notes; one that is looked at has one for good."""
    error = BindingError("no")
    assert "__notes__" not in vars(error)

    notes = error.__notes__

    assert error.__notes__ is notes
    error.add_note("besides")
    assert error.__notes__ == ["causes and what to do: tenure explain BindingError", "besides"]
    assert BindingError("no").__notes__ == ["causes and what to do: tenure explain BindingError"]


@pytest.mark.parametrize("has_looked", [False, True])
def test_a_copy_leads_there_once(has_looked):
    """Pickled, copied, or split out of a group, it has the note once, and notes of others behind it."""
    error = BindingError("no")
    group = CloseError("errors while closing", [OSError("disk"), ValueError("full")])
    if has_looked:
        error.add_note("besides")
        group.add_note("besides")
    part, rest = group.split(OSError)
    also = ["besides"] if has_looked else []

    for each in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert each.__notes__ == ["causes and what to do: tenure explain BindingError", *also]
    for each in (part, rest):
        assert each.__notes__ == ["causes and what to do: tenure explain CloseError", *also]


def test_a_traceback_ends_with_it():
    """Of an error by itself, and of one inside a group."""
    alone = traceback.format_exception_only(BindingError("no"))
    inside = "".join(traceback.format_exception(ExceptionGroup("both", [BindingError("no"), OSError("disk")])))

    assert alone == ["tenure.errors.BindingError: no\n", "causes and what to do: tenure explain BindingError\n"]
    assert inside.count("causes and what to do: tenure explain BindingError\n") == 1


def test_the_table_names_every_section():
    """The one at the top of the page links each, by the anchor of its heading."""
    first = PAGE.read_text(encoding="utf-8").partition("\n## ")[0]
    linked = set(re.findall(r"\]\(#([\w-]+)\)", first))

    assert {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in sections()} == linked


def test_the_wheel_has_the_page():
    """It is put where the command looks for it first; a checkout has it in docs/, where it looks next."""
    tables = tomllib.loads((PAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = tables["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    package = Path(errors_page.__file__).parents[1]

    assert {package.parent / path for path in shipped.values()} == {errors_page.PLACES[0]}
    assert [*shipped] == ["docs/errors.md"]
    assert errors_page.PLACES[1] == PAGE


def test_an_installation_without_the_page(monkeypatch, tmp_path):
    """The command knows no section then; keys are explained as ever."""
    monkeypatch.setattr(errors_page, "PLACES", (tmp_path / "errors.md",))

    assert sections_by_error() == {}
