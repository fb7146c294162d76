"""Sources of configuration: environment variables and files; what is required of them, and what is wrong."""

import configparser
import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenure.errors import Error
from tenure.providers.configuration import Configuration, MissingExtraError, extras
from tenure.providers.configuration.interpolation import interpolated

MISSING = r"^\[Errno 2\] Unable to load configuration file No such file or directory: "


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ONE": "one", "TWO": "2", "EMPTY": ""}.items():
        monkeypatch.setenv(name, value)
    for name in ("NONE", "NOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


Write = Callable[[str, str], Path]


# environment variables


def test_env() -> None:
    """An option takes its value from a variable."""
    config = Configuration()

    config.a.b.from_env("ONE")

    assert config() == {"a": {"b": "one"}}


def test_env_undefined() -> None:
    """An undefined variable gives None, also in the place of a value."""
    config = Configuration(default={"a": 1})

    config.a.from_env("NONE")

    assert config() == {"a": None}


def test_env_default() -> None:
    """An undefined variable gives the default; an empty one is defined."""
    config = Configuration()

    config.a.from_env("NONE", "d")
    config.b.from_env("EMPTY", "d")
    config.c.from_env("NONE", 0)

    assert config() == {"a": "d", "b": "", "c": 0}


def test_env_as() -> None:
    """A function converts the value, and the default as well."""
    config = Configuration()

    config.a.from_env("TWO", as_=int)
    config.b.from_env("NONE", "7", as_=int)

    assert config() == {"a": 2, "b": 7}


def test_env_as_fails() -> None:
    """What the function raises is raised, and nothing is changed."""
    config = Configuration()

    with pytest.raises(ValueError, match="invalid literal"):
        config.a.from_env("ONE", as_=int)
    with pytest.raises(TypeError):
        config.a.from_env("NONE", as_=int)

    assert config() == {}


def test_env_required() -> None:
    """A required variable has to be defined, or to have a default."""
    config = Configuration()

    with pytest.raises(ValueError, match=r'^Environment variable "NONE" is undefined$'):
        config.a.from_env("NONE", required=True)
    config.b.from_env("NONE", "d", required=True)
    config.c.from_env("EMPTY", required=True)

    assert config() == {"b": "d", "c": ""}


def test_env_strict() -> None:
    """In a strict configuration every variable is required, unless it is said that it is not."""
    config = Configuration(strict=True)

    with pytest.raises(ValueError, match="is undefined"):
        config.a.from_env("NONE")
    config.b.from_env("NONE", None)
    config.c.from_env("NONE", required=False)

    assert config() == {"b": None, "c": None}


def test_env_whole() -> None:
    """A whole configuration may come from a variable."""
    config = Configuration()

    config.from_env("TWO", as_=lambda value: {"a": int(value)})

    assert config.a() == 2


# variables in files


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("${ONE}", "one"),
        ("x${ONE}y${TWO}z", "xoney2z"),
        ("${NONE}", ""),
        ("${NONE:d}", "d"),
        ("${NONE:}", ""),
        ("${EMPTY:d}", ""),
        ("${ONE:d}", "one"),
        ("${NONE:http://x:80/y?q=1}", "http://x:80/y?q=1"),
        ("${NONE:${ONE}}", "${ONE}"),
        ("${NONE:a b}", "a b"),
        ("$ONE", "$ONE"),
        ("$${ONE}", "$one"),
        ("${ONE", "${ONE"),
        ("${}", "${}"),
        ("${:d}", "${:d}"),
        ("${NONE:a\nb}", "${NONE:a\nb}"),
        ("${a.b-c:d}", "d"),
    ],
)
def test_interpolation(text: str, result: str) -> None:
    """`${NAME}` stands for a variable, `${NAME:default}` has a default; nothing else is touched."""
    assert result == interpolated(text, {"ONE": "one", "TWO": "2", "EMPTY": ""}, required=False)


def test_interpolation_required() -> None:
    """Where variables are required, those without a default have to be defined."""
    assert interpolated("${ONE} ${NONE:d} ${NONE:} ${EMPTY}", {"ONE": "one", "EMPTY": ""}, required=True) == "one d  "
    with pytest.raises(ValueError, match=r'^Missing required environment variable "NONE"$'):
        interpolated("${NONE}", {}, required=True)


def test_interpolation_before_parsing(write: Write) -> None:
    """Variables are put in before the file is parsed: they may be numbers, keys, and parts of either."""
    path = write("a.json", '{"${ONE}": ${TWO}, "b": "${NONE:x}", "c": "${NONE}"}')
    config = Configuration()

    config.from_json(path)

    assert config() == {"one": 2, "b": "x", "c": ""}


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_envs_required(write: Write, strict: bool, whole: bool) -> None:
    """`envs_required` decides whether variables have to be defined; where it is not given, strictness does."""
    path = write("a.json", '{"a": "${NONE}"}')
    config = Configuration(strict=strict)
    target = config if whole else config.section

    with pytest.raises(ValueError, match=r'^Missing required environment variable "NONE"') as caught:
        target.from_json(path, envs_required=True)
    if strict:
        with pytest.raises(ValueError, match="Missing required"):
            target.from_json(path)
    target.from_json(path, envs_required=False)

    assert target() == {"a": ""}
    assert [f"in the configuration file {str(path)!r}"] == caught.value.__notes__


def test_envs_left(write: Write) -> None:
    """`envs_required=None` leaves the text of the file as it is."""
    config = Configuration(strict=True)

    config.from_json(write("a.json", '{"a": "${ONE}"}'), envs_required=None)

    assert config.a() == "${ONE}"


# files


@pytest.fixture(params=["ini", "json", "yaml"])
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name == "yaml":
        importlib.import_module("yaml")
    return name


TEXTS = {"ini": "[s]\nb = 2\nü = é\n", "json": '{"s": {"b": "2", "ü": "é"}}', "yaml": "s:\n  b: '2'\n  ü: é\n"}


@pytest.mark.parametrize("as_text", [False, True], ids=["path", "text"])
def test_file(write: Write, kind: str, as_text: bool) -> None:
    """A file is merged into the value; it is text in UTF-8."""
    path = write("file", TEXTS[kind])
    config = Configuration(default={"s": {"a": 1, "b": 1}})

    getattr(config, f"from_{kind}")(str(path) if as_text else path)

    assert config() == {"s": {"a": 1, "b": "2", "ü": "é"}}


def test_file_into_option(write: Write, kind: str) -> None:
    """A file is merged into an option."""
    config = Configuration(default={"x": {"a": 1}})

    getattr(config.x, f"from_{kind}")(write("file", TEXTS[kind]))

    assert config() == {"x": {"a": 1, "s": {"b": "2", "ü": "é"}}}


def test_file_into_strict_option(write: Write, kind: str) -> None:
    """The option may be undefined in a strict configuration."""
    config = Configuration(strict=True)

    getattr(config.x, f"from_{kind}")(write("file", TEXTS[kind]))

    assert config.x.s.b() == "2"


@pytest.mark.parametrize("whole", [False, True])
def test_missing(kind: str, whole: bool) -> None:
    """A file that is not there is as good as empty, unless it is required."""
    config = Configuration()
    load = getattr(config if whole else config.section, f"from_{kind}")

    load("no/such/file")
    assert config() == {}

    for required in ((True,), ()):
        with pytest.raises(FileNotFoundError, match=MISSING):
            load("no/such/file", *required, **({} if required else {"required": True}))


@pytest.mark.parametrize("whole", [False, True])
def test_missing_and_strict(kind: str, whole: bool) -> None:
    """In a strict configuration every file is required, unless it is said that it is not."""
    config = Configuration(strict=True)
    load = getattr(config if whole else config.section, f"from_{kind}")

    with pytest.raises(FileNotFoundError, match=MISSING):
        load("no/such/file")
    load("no/such/file", required=False)

    assert config() == {}


def test_directory(tmp_path: Path, kind: str) -> None:
    """A directory is no file."""
    load = getattr(Configuration(), f"from_{kind}")

    load(tmp_path)
    with pytest.raises(OSError, match="Unable to load configuration file"):
        load(tmp_path, required=True)


def test_unreadable(write: Write, kind: str) -> None:
    """A required file has to be readable, whatever keeps it from being so."""
    below_a_file = write("file", "") / "below"

    getattr(Configuration(), f"from_{kind}")(below_a_file)
    with pytest.raises(OSError, match="Unable to load configuration file"):
        getattr(Configuration(), f"from_{kind}")(below_a_file, required=True)


def test_no_path(kind: str) -> None:
    """What is no path is refused."""
    with pytest.raises(TypeError):
        getattr(Configuration(), f"from_{kind}")(None)


@pytest.mark.parametrize("text", ["[1, 2]", "5", '"text"'])
@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_no_options(write: Write, kind: str, text: str) -> None:
    """A file that holds something else than options is refused, and nothing is changed."""
    if kind == "yaml":
        importlib.import_module("yaml")
    config = Configuration(default={"a": 1})

    path = write("file", text)

    with pytest.raises(TypeError, match="where names of options and their values are expected") as caught:
        getattr(config, f"from_{kind}")(path)

    assert config() == {"a": 1}
    assert repr(str(path)) in str(caught.value)


def test_not_well_formed(write: Write, kind: str) -> None:
    """A file that is not well-formed raises what its parser raises, with the name of the file; nothing is changed."""
    config = Configuration(default={"a": 1})
    path = write("file", "{[: bad")

    with pytest.raises(Exception, match=r"\S") as caught:
        getattr(config, f"from_{kind}")(path)

    assert [f"in the configuration file {str(path)!r}"] == caught.value.__notes__
    assert config() == {"a": 1}


def test_ini(write: Write) -> None:
    """Sections of an INI file are options; defaults and references are filled in, and names are in lower case."""
    path = write("a.ini", "[DEFAULT]\nd = 1\n[s]\nName = x\nfull = %(name)s/${ONE}\nempty =\n[t.u]\nm = a\n  b\n")
    config = Configuration()

    config.from_ini(path)

    assert config() == {
        "s": {"d": "1", "name": "x", "full": "x/one", "empty": ""},
        "t.u": {"d": "1", "m": "a\nb"},
    }


@pytest.mark.parametrize("text", ["a = 1", "[s]\na=1\na=2", "[s]\n[s]", "[s]\na = 5%"])
def test_bad_ini(write: Write, text: str) -> None:
    """What the standard library's parser refuses is refused."""
    with pytest.raises(configparser.Error):
        Configuration().from_ini(write("a.ini", text))


def test_bad_json(write: Write) -> None:
    """An empty file is no JSON."""
    with pytest.raises(json.JSONDecodeError):
        Configuration().from_json(write("a.json", ""))


def test_yaml_is_safe(write: Write) -> None:
    """YAML makes plain data only, unless another loader is given."""
    yaml = importlib.import_module("yaml")
    path = write("a.yaml", "a: !!python/tuple [1, 2]\n")
    config = Configuration()

    with pytest.raises(yaml.YAMLError):
        config.from_yaml(path)
    config.from_yaml(path, loader=yaml.UnsafeLoader)
    config.b.from_yaml(path, loader=yaml.UnsafeLoader)

    assert config() == {"a": (1, 2), "b": {"a": (1, 2)}}


def test_yaml_says_nothing(write: Write) -> None:
    """A YAML file of comments says nothing."""
    importlib.import_module("yaml")
    config = Configuration(default={"a": 1})

    config.from_yaml(write("a.yaml", "# nothing\n"))

    assert config() == {"a": 1}


# listed files


def test_load(write: Write) -> None:
    """`load` merges INI, then YAML, then JSON; what comes later counts."""
    importlib.import_module("yaml")
    files = {
        "ini_files": [write("a.ini", "[s]\na=1\nb=1\nc=1")],
        "yaml_files": [str(write("a.yaml", "s: {b: 2, c: 2}"))],
        "json_files": [write("a.json", '{"s": {"c": 3}}')],
    }
    config = Configuration(**files)  # type: ignore[arg-type]
    assert config() == {}

    config.load()

    assert config() == {"s": {"a": "1", "b": 2, "c": 3}}
    assert list(files.values()) == [config.get_ini_files(), config.get_yaml_files(), config.get_json_files()]


def test_load_required(write: Write) -> None:
    """`load` passes on what is required; where it is not said, strictness decides."""
    missing = {"ini_files": ["no.ini"]}
    Configuration(**missing).load()  # type: ignore[arg-type]
    Configuration(**missing, strict=True).load(required=False)  # type: ignore[arg-type]
    for load in (
        lambda: Configuration(**missing).load(required=True),  # type: ignore[arg-type]
        lambda: Configuration(**missing, strict=True).load(),  # type: ignore[arg-type]
    ):
        with pytest.raises(FileNotFoundError):
            load()

    undefined = {"json_files": [write("a.json", '{"a": "${NONE}"}')]}
    Configuration(**undefined).load()  # type: ignore[arg-type]
    Configuration(**undefined, strict=True).load(envs_required=False)  # type: ignore[arg-type]
    for load in (
        lambda: Configuration(**undefined).load(envs_required=True),  # type: ignore[arg-type]
        lambda: Configuration(**undefined, strict=True).load(),  # type: ignore[arg-type]
    ):
        with pytest.raises(ValueError, match="Missing required"):
            load()


@pytest.mark.parametrize("kind", ["ini_files", "yaml_files", "json_files", "pydantic_settings"])
def test_listing(kind: str) -> None:
    """What is loaded can be listed and replaced later."""
    config = Configuration()
    assert getattr(config, f"get_{kind}")() == []

    assert config is getattr(config, f"set_{kind}")(("x", "y"))

    assert getattr(config, f"get_{kind}")() == ["x", "y"]
    with pytest.raises(TypeError):
        getattr(config, f"set_{kind}")(None)


def test_empty_dictionary() -> None:
    """A dictionary that is required has something in it."""
    for config in (Configuration(), Configuration(strict=True)):
        for target in (config, config.section):
            with pytest.raises(ValueError, match=r"^Can not use empty dictionary$"):
                target.from_dict({}, required=True)
            target.from_dict({}, required=False)
    with pytest.raises(ValueError, match="empty"):
        Configuration(strict=True).from_dict({})
    Configuration().from_dict({})


# packages that are not installed


@pytest.mark.parametrize(
    ("load", "text"),
    [
        (lambda config: config.from_yaml("a.yaml"), r"PyYAML, which is not installed.*pip install 'tenure\[yaml\]'"),
        (lambda config: config.x.from_pydantic(5), r"pydantic, which is not installed.*'tenure\[pydantic\]'"),
    ],
    ids=["yaml", "pydantic"],
)
@pytest.mark.parametrize("kind", [Error, ImportError])
def test_not_installed(monkeypatch: pytest.MonkeyPatch, load: Any, text: str, kind: type[Exception]) -> None:
    """A package that is not installed is told with the extra that installs it."""

    def refuse(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(extras, "import_module", refuse)

    with pytest.raises(kind, match=text) as caught:
        load(Configuration())

    assert isinstance(caught.value, MissingExtraError)


def test_imported_when_needed() -> None:
    """Nothing of them is imported before it is needed."""
    program = (
        "import sys, tenure.providers.configuration as c; c.Configuration().load(); "
        "print(sorted({'yaml', 'pydantic', 'pydantic_settings'} & set(sys.modules)))"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
