"""How dev.py makes environments and keeps them right, told by a fake interpreter that logs what it is asked."""

import os
import threading
from pathlib import Path

import pytest

from tools import environment
from tools.pythons import Python

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the fake interpreter is a shell script")

# Knows `-m venv --without-pip FOLDER`, `-m pip --version` and `-m pip --python FILE install …`.
FAKE = """#!/bin/sh
if [ "$2" = venv ]; then
    echo venv >> {log}
    mkdir -p "$4/bin" && cp "$0" "$4/bin/python"
elif [ "$3" = --version ]; then
    echo "pip 24.0 from somewhere"
else
    echo "pip $PIP_CONSTRAINT $*" | sed 's/ -m.*-e/ -e/' >> {log}
    test ! -e {log}.fail
fi
"""


class Project:
    """A project folder and an interpreter that installs nothing."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log = root / "log"
        (root / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.ruff]\nline-length = 100\n', "utf-8")
        (root / "constraints.txt").write_text("a==1\n", "utf-8")
        executable = root / "python"
        executable.write_text(FAKE.format(log=self.log), "utf-8")
        executable.chmod(0o755)
        self.python = Python(executable, "3.99", "3.99.0 (main)")

    def prepare(self, *extras: str) -> Path:
        return environment.prepare(self.root, self.python, extras or ("test",))

    def calls(self) -> list[str]:
        """Return what the interpreter was asked since the last call of this."""
        text = self.log.read_text("utf-8") if self.log.exists() else ""
        self.log.unlink(missing_ok=True)
        return text.splitlines()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a new project without an environment."""
    return Project(tmp_path)


INSTALL = "pip constraints.txt -e .[test]"


def test_first_run_installs(project: Project) -> None:
    """The first run makes the environment and installs the project under the constraints."""
    interpreter = project.prepare()

    assert interpreter.exists()
    assert project.calls() == ["venv", INSTALL]


def test_second_run_does_nothing(project: Project) -> None:
    """An environment that is up to date is returned without starting any program."""
    first = project.prepare()
    project.calls()

    assert project.prepare() == first
    assert project.calls() == []


def test_changed_constraints_update(project: Project) -> None:
    """Other constraints bring the environment up to date where it is."""
    project.prepare()
    project.calls()
    (project.root / "constraints.txt").write_text("a==2\n", "utf-8")

    project.prepare()

    assert project.calls() == [INSTALL]


def test_failed_update_is_made_anew(project: Project) -> None:
    """A failed update is told, and leaves no stamp: the next run starts from nothing."""
    interpreter = project.prepare()
    (project.root / "constraints.txt").write_text("a==2\n", "utf-8")
    failing = Path(f"{project.log}.fail")
    failing.touch()

    with pytest.raises(environment.EnvironmentFailedError, match=r"could not install tenure\[test\]: exit code 1"):
        project.prepare()
    failing.unlink()
    project.calls()
    leftover = interpreter.parent / "leftover"
    leftover.touch()
    project.prepare()

    assert project.calls() == ["venv", INSTALL]
    assert not leftover.exists()


def test_vanished_interpreter_is_made_anew(project: Project) -> None:
    """An environment whose Python is gone is made anew although its stamp is right."""
    project.prepare().unlink()
    project.calls()

    assert project.prepare().exists()
    assert project.calls() == ["venv", INSTALL]


def test_extras_have_environments_of_their_own(project: Project) -> None:
    """Commands that need different extras never install into each other's environment."""
    assert project.prepare("test") != project.prepare("check", "test")


def test_runs_at_once_install_once(project: Project) -> None:
    """Runs that start together wait for the first and find its work done."""
    threads = [threading.Thread(target=project.prepare) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert project.calls() == ["venv", INSTALL]


def test_name_tells_interpreters_and_folders_apart(tmp_path: Path) -> None:
    """Another build, another file and another project folder each get an environment of their own."""
    python = Python(Path("/usr/bin/python3.12"), "3.12", "3.12.1 (main)")
    updated = Python(Path("/usr/bin/python3.12"), "3.12", "3.12.2 (main)")
    other = Python(Path("/opt/bin/python3.12"), "3.12", "3.12.1 (main)")

    names = [environment.folder_name(tmp_path, each, ["test"]) for each in (python, updated, other)]
    names.append(environment.folder_name(tmp_path / "moved", python, ["test"]))

    assert len(set(names)) == 4
    assert all(name.startswith("py3.12-") for name in names)


def test_stamp_ignores_settings_of_tools(project: Project) -> None:
    """A new lint rule installs nothing; a new dependency does."""
    before = environment.stamp(project.root)
    pyproject = project.root / "pyproject.toml"
    pyproject.write_text('[project]\nname = "x"\n[tool.ruff]\nline-length = 120\n', "utf-8")
    setting_changed = environment.stamp(project.root)
    pyproject.write_text('[project]\nname = "x"\ndependencies = ["b"]\n', "utf-8")

    assert setting_changed == before
    assert environment.stamp(project.root) != before


def test_no_pip_anywhere(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pip and ensurepip the error names the interpreter and what to install."""
    project.python.executable.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    monkeypatch.setattr(environment.pythons, "SUPPORTED", ())
    folder = project.root / "env"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(project.python.executable)

    with pytest.raises(environment.EnvironmentFailedError, match="apt install python3-pip"):
        environment.find_pip(project.python, folder)
