"""Resolvers are refused when the graph is another than the one they were compiled from, and only then."""

import sys
import types

import pytest

from tenure.errors import StaleResolversError
from tests.ahead.support import text_of

PROGRAM = """
from collections.abc import Iterator
from typing import Annotated
from tenure import Container, resource, singleton

class Config:
    def __init__(self, url: str = "here") -> None:
        self.url = url

class Database:
    def __init__(self, config: Config) -> None:
        self.config = config

class Helper:
    def __init__(self, database: Database) -> None:
        self.database = database

class Users:
    def __init__(self, database: Database, helper: Helper, size: int = 3) -> None:
        self.database, self.helper, self.size = database, helper, size

def open_log(config: Config) -> Iterator[list[str]]:
    yield []

def make_container(compiled=None, scopes=("request",)):
    container = Container(compiled=compiled, scopes=scopes)
    container.bind(Config, arguments={"url": "there"})
    container.bind(Database, scope="singleton")
    container.bind(Users)
    container.bind(list, open_log)
    container.bind("limit", 3)
    return container
"""


def loaded(text):
    """Return the module *text*, always under the same name."""
    module = types.ModuleType("front")
    exec(compile(text, "front.py", "exec"), module.__dict__)
    return module


@pytest.fixture
def compiled(compiler):
    return compiler.keep(text_of(loaded(PROGRAM).make_container(), source="front:make_container"))


def changed(old, new):
    assert PROGRAM.count(old) == 1
    return loaded(PROGRAM.replace(old, new))


BIND_USERS = "    container.bind(Users)\n"
BIND_LIST = "    container.bind(list, open_log)\n"
AN_INT = "'limit': was singleton, an object of builtins.int"
LOG = "def open_log(config: Config) -> Iterator[list[str]]:\n    yield []"
SCOPES = "scopes: were ('request', 'call'), are ('session', 'request', 'call')"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("helper: Helper, size", "helper: Helper, config: Config, size", "front.Users: was "),
        ("helper: Helper, size", "friend: Helper, size", "front.Users: was "),
        ("helper: Helper, size", "helper: Config, size", "front.Users: was "),
        ("helper: Helper, size", "helper: Helper | None, size", "front.Users: was "),
        ("helper: Helper, size", "helper: list[Helper], size", "front.Users: was "),
        ("helper: Helper, size", "helper: Helper, *, size", "front.Users: was "),
        ("size: int = 3", "size: int", "front.Users: was "),
        ("__init__(self, database: Database) ->", "__init__(self, config: Config) ->", "front.Helper: was "),
        ('Database, scope="singleton"', 'Database, scope="request"', "front.Database: was singleton, "),
        (BIND_USERS, "", "front.Users: is bound no more"),
        (BIND_USERS, f"{BIND_USERS}    container.bind(Users, name='big')\n", "Annotated[front.Users, 'big']: is new: "),
        (f"{BIND_USERS}{BIND_LIST}", f"{BIND_LIST}{BIND_USERS}", "the order of the bindings is another"),
        ('"limit", 3', '"limit", "three"', f"{AN_INT}; is singleton, an object of builtins.str"),
        ("def open_log", "@resource(optional=True)\ndef open_log", "builtins.list: was "),
        (LOG, "def open_log(config: Config) -> list[str]: ...", "builtins.list: was "),
        ('scopes=("request",)', 'scopes=("session", "request")', SCOPES),
        (BIND_USERS, f"{BIND_USERS}    container.bind(Helper)\n", "front.Helper: was bound by itself"),
        ("class Helper:", "@singleton\nclass Helper:", "front.Helper: was transient, "),
    ],
)
def test_a_changed_graph_is_refused(compiled, old, new, told):
    """The error says what is another, and nothing is made."""
    container = changed(old, new).make_container(compiled)

    with pytest.raises(StaleResolversError) as raised:
        container.get("limit")
    assert [change[: len(told)] for change in raised.value.changes] == [told]


def test_the_error_shows_before_and_after(compiled):
    """And how to renew what was compiled."""
    container = changed("helper: Helper, size", "size").make_container(compiled)

    with pytest.raises(StaleResolversError) as raised:
        container.get("limit")
    assert str(raised.value) == (
        f"the resolvers in {compiled} were compiled from another graph than that of this container:\n"
        "  front.Users: was transient, front.Users(database: front.Database, helper: front.Helper, "
        "size: builtins.int = ...); is transient, front.Users(database: front.Database, size: builtins.int = ...)\n"
        f"  renew them: tenure compile front:make_container -o {compiled}.py"
    )


def test_another_way_to_close_is_another_graph(compiled):
    """What is a resource is opened and closed by generated code of another kind."""
    text = PROGRAM.replace("class Helper:", "    def close(self): ...\n\nclass Helper:")
    text = text.replace('Database, scope="singleton"', 'Database, scope="singleton", close="close"')

    with pytest.raises(StaleResolversError, match=r"is singleton, front.Database\(config: front.Config\), methods"):
        loaded(text).make_container(compiled).get("limit")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("self.config = config", "self.config = [config]\n        later = 1"),
        ('"url": "there"', '"url": "elsewhere"'),
        ("size: int = 3", "size: int = 4"),
        ('"limit", 3', '"limit", 4'),
        ("class Helper:", "class Unbound: ...\n\nclass Helper:"),
    ],
)
def test_what_does_not_concern_resolvers_may_change(compiled, old, new):
    """Bodies, constants and defaults are those of the program that runs."""
    module = changed(old, new)
    with module.make_container(compiled) as container:
        users = container.get(module.Users)
        assert users.database is container.get(module.Database)
        assert container.get("limit") == (4 if '"limit", 4' in new else 3)
        assert users.size == (4 if "int = 4" in new else 3)
        url = getattr(users.database.config, "url", None) or users.database.config[0].url
        assert url == ("elsewhere" if "elsewhere" in new else "there")


def test_a_start_refuses_as_well(compiled):
    """Nothing has to be asked for."""
    with (
        pytest.raises(StaleResolversError),
        changed("    container.bind(Users)\n", "").make_container(compiled),
    ):
        raise AssertionError("the container was entered")


def test_a_refused_container_can_be_mended(compiled):
    """A binding that was missing may still be made."""
    module = changed(f'{BIND_USERS}{BIND_LIST}    container.bind("limit", 3)\n', "")
    container = module.make_container(compiled)
    with pytest.raises(StaleResolversError):
        container.get(module.Users)
    container.bind(module.Users)
    container.bind(list, module.open_log)
    container.bind("limit", 3)

    assert container.get(module.Users).size == 3


def test_another_version_is_refused(compiler):
    """Generated code belongs to the version that wrote it."""
    text = text_of(loaded(PROGRAM).make_container(), source="front:make_container")
    name = compiler.keep(text.replace('made_by=("', 'made_by=("1.'))

    with pytest.raises(StaleResolversError, match=r"Tenure 1\..* wrote it, and this is Tenure"):
        loaded(PROGRAM).make_container(name)


def test_a_missing_module_says_how_it_is_made():
    """The error of the import carries the command."""
    with pytest.raises(ModuleNotFoundError) as raised:
        loaded(PROGRAM).make_container("front_without.wiring")

    assert raised.value.__notes__ == ["it is made by `tenure compile <module>:<container> -o front_without/wiring.py`"]


def test_another_module_is_refused():
    """A module that was not written for it."""
    with pytest.raises(TypeError, match="json is no module of resolvers"):
        loaded(PROGRAM).make_container("json")
    assert "json" in sys.modules
