"""`explain` says what was chosen and why, and a strict container takes nothing that was guessed."""

import functools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenure import Container, Pool, containers, providers, resource
from tenure.cli import main
from tenure.errors import GuessError, MissingBindingError

HERE = Path(__file__).name
SOURCE = str(Path(__file__).parents[2] / "src")


class Settings: ...


class Closing:
    def __init__(self, settings: Settings) -> None: ...

    async def close(self): ...


class AClosing:
    async def aclose(self): ...


class StartStop:
    def start(self): ...

    def stop(self): ...


class Managed:
    def initialize(self): ...

    async def dispose(self): ...


class Entered:
    def __enter__(self): ...

    def __exit__(self, *outcome): ...


class AEntered:
    async def __aenter__(self): ...

    async def __aexit__(self, *outcome): ...


def generator() -> Iterator[Settings]:
    yield Settings()


def explained(target, **options):
    container = Container()
    container.bind("key", target, **options)
    return container.explain("key")


@pytest.mark.parametrize(
    ("target", "rule", "opens", "closes", "is_guess"),
    [
        (Closing, "it has a method `close`", None, "await close()", True),
        (AClosing, "it has a method `aclose`", None, "await aclose()", True),
        (StartStop, "it has a method `start` and a method `stop`", "start()", "stop()", True),
        (Managed, "it has initialize and dispose", "initialize()", "await dispose()", False),
        (Entered, "a context manager", "__enter__()", "__exit__()", False),
        (AEntered, "an asynchronous context manager", "await __aenter__()", "await __aexit__()", False),
        (generator, "a generator function", "next(generator)", "the rest of the generator", False),
        (Settings, "it has nothing that is known to open or close it", None, None, False),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_was_chosen_and_why(target, rule, opens, closes, is_guess):
    """Each rule shows its name and its calls."""
    found = explained(target, resource=True)

    assert (found.rule, found.opens, found.closes, found.is_guess) == (rule, opens, closes, is_guess)
    assert found.is_resource


def test_the_text_of_an_explanation():
    """Key, maker and place first, then a line for each thing."""
    container = Container()
    container.bind(Closing, resource=True, scope="request")

    assert str(container.explain(Closing)).replace(str(Path(__file__)), HERE) == (
        f"Closing: a resource, made by Closing ({HERE}:{Closing.__init__.__code__.co_firstlineno})\n"
        "  scope    request\n"
        "  because  it has a method `close` (a guess)\n"
        "  opens    nothing to call: it is open once it is made\n"
        "  closes   await close()\n"
        "  needs    settings: Settings"
    )


@pytest.mark.parametrize("is_async", [False, True])
def test_a_pool_opens_and_closes_itself(is_async):
    """Nothing that only Tenure calls is named."""
    container = Container()
    container.bind(Pool(generator, is_async=is_async))

    found = container.explain(Pool[Settings])

    assert (found.rule, found.opens) == ("it opens and closes itself", None)
    assert found.closes == ("await aclose()" if is_async else "close()")


def test_a_client_that_is_recognised():
    """The adapter is named, and what guessing would have got wrong."""
    import sqlite3

    found = explained(lambda: sqlite3.connect(":memory:"), resource=True)
    by_key = Container()
    by_key.bind(sqlite3.Connection, lambda: sqlite3.connect(":memory:"), resource=True)
    of_key = by_key.explain(sqlite3.Connection)

    assert found.adapter is None  # nothing says what the function gives
    assert (of_key.adapter, of_key.closes) == ("sqlite3.Connection", "close()")
    assert of_key.note == "its `with` commits, and closes nothing"


def test_a_client_that_nobody_declared():
    """It stays a plain value, and the explanation says what that means."""
    import sqlite3

    container = Container()
    container.bind(sqlite3.Connection, lambda: sqlite3.connect(":memory:"))
    found = container.explain(sqlite3.Connection)

    assert (found.is_resource, found.closes) == (False, None)
    assert "nothing closes it" in found.note


def test_calls_that_the_declaration_names():
    """A method by its name, a function by its own."""

    def shut(store): ...

    assert explained(Closing, close="close").closes == "await close()"
    assert explained(Settings, close=shut).closes == "shut(it)"
    assert not explained(Closing, close="close").is_guess


def test_what_only_shows_when_it_is_made():
    """The initializer of a provider is explained by what it gave, once it is open."""

    class App(containers.DeclarativeContainer):
        entered = providers.Resource(lambda: Entered())

    app, container = App(), Container()
    container.include(app)
    before = container.explain(app.entered)
    app.entered()
    after = container.explain(app.entered)
    container.close()

    assert (before.style, before.closes) == ("found", "as that tells")
    assert (after.style, after.closes) == ("context manager", "__exit__()")


def test_a_need_that_nothing_serves_is_told():
    """It does not keep the rest from being explained."""

    class Needy:
        def __init__(self, path: str) -> None: ...

    assert explained(Needy, resource=True).needs == (("path", "str, which nothing makes"),)


def test_a_key_that_is_not_bound():
    """There is nothing to explain."""
    with pytest.raises(MissingBindingError):
        Container().explain("nowhere")


def test_explaining_makes_nothing():
    """No code of the user's runs."""

    def fail() -> Settings:
        raise AssertionError("it was called")

    assert explained(fail, resource=True).made_by.startswith("made by ")


@pytest.mark.parametrize("target", [Closing, AClosing, StartStop])
def test_a_strict_container_refuses_a_guess(target):
    """The error names the key, what the guess rests on and what was guessed; nothing is bound."""
    container = Container(strict=True)
    with pytest.raises(GuessError) as caught:
        container.bind(target, resource=True)

    assert caught.value.key is target
    assert caught.value.rule.startswith("it has a method `")
    assert all(call.endswith("()") for call in caught.value.calls)
    assert HERE in caught.value.where
    assert target not in container


def test_a_strict_container_refuses_what_is_bound_by_itself():
    """Also where the guess is on a decorated class that nobody has bound."""

    @resource
    class Decorated:
        def close(self): ...

    with pytest.raises(GuessError):
        Container(strict=True).get(Decorated)


@pytest.mark.parametrize("target", [Managed, Entered, AEntered, generator, Settings])
def test_a_strict_container_takes_what_says_it(target):
    """Generators, context managers, `initialize` and `dispose`; what owes nothing is no guess."""
    container = Container(strict=True)
    container.bind("key", target, resource=True)

    assert not container.explain("key").is_guess


def test_a_strict_container_takes_clients_and_explicit_calls():
    """Both are known."""
    import sqlite3

    container = Container(strict=True)
    container.bind(sqlite3.Connection, lambda: sqlite3.connect(":memory:"), resource=True)
    container.bind(Closing, close="close")

    assert {container.explain(key).is_guess for key in (sqlite3.Connection, Closing)} == {False}


# the command

APP = """
from tenure import Container

class Settings: ...

class Store:
    def __init__(self, settings: Settings) -> None: ...
    def close(self) -> None: ...

def make() -> Store:
    return Store(Settings())

container = Container()
container.bind(Store, scope="request", close="close")
container.bind(Settings)
"""


@pytest.fixture
def app(tmp_path, monkeypatch):
    (tmp_path / "shop_of_explain.py").write_text(APP, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "shop_of_explain", raising=False)
    return "shop_of_explain"


@pytest.mark.parametrize("name", ["Store", "make"])
def test_the_command_explains_a_class_or_a_function(name, app, capsys):
    """As one that is bound to itself."""
    assert main(["explain", f"{app}:{name}"]) == 0

    shown = capsys.readouterr().out
    assert "because  it has a method `close` (a guess)" in shown
    assert f"made by {name} (" in shown


def test_the_command_explains_what_is_no_resource(app, capsys):
    """A class that has nothing to open or close is called none, though it is asked for by itself."""
    assert main(["explain", f"{app}:Settings"]) == 0

    assert capsys.readouterr().out.startswith("Settings: no resource, made by Settings")


def test_the_command_explains_a_key_of_a_container(app, capsys):
    """As it is bound there."""
    assert main(["explain", f"{app}:Store", "--in", f"{app}:container", "--json"]) == 0

    [found] = json.loads(capsys.readouterr().out)
    assert (found["label"], found["scope"], found["is_guess"]) == ("Store", "request", False)
    assert found["needs"] == {"settings": "Settings"}


def test_the_command_explains_a_whole_container(app, capsys):
    """Every binding of it, in order of binding."""
    assert main(["explain", f"{app}:container", "--json"]) == 0

    assert [each["label"] for each in json.loads(capsys.readouterr().out)] == ["Store", "Settings"]


@pytest.mark.parametrize(
    ("name", "labels"), [("App", ["App.store", "App.users"]), ("App.store", ["App.store"]), ("app", None)]
)
def test_the_command_explains_providers(name, labels, tmp_path, monkeypatch, capsys):
    """One, or all of a declarative container."""
    program = """
from tenure import containers, providers

class Store:
    def __enter__(self): ...
    def __exit__(self, *outcome): ...

class App(containers.DeclarativeContainer):
    store = providers.Resource(Store)
    users = providers.Factory(dict, store=store)

app = App()
"""
    (tmp_path / "declared_of_explain.py").write_text(program, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "declared_of_explain", raising=False)
    assert main(["explain", f"declared_of_explain:{name}", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert labels is None or labels == [each["label"] for each in found]
    assert (found[0]["rule"], found[0]["closes"]) == ("a context manager", "__exit__()")


def test_the_command_tells_of_a_guess(app, capsys):
    """With --strict by its exit status."""
    assert main(["explain", f"{app}:Store", "--strict"]) == 1
    assert main(["explain", f"{app}:container", "--strict"]) == 0


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (
            "Store",
            (
                "there is no module 'Store', and no such error: a key is explained as MODULE:CONTAINER KEY; "
                "`tenure explain TenureError` lists the errors"
            ),
        ),
        ("store", "there is no module 'store'"),
        ("Store:", "'Store:' does not say where the key is; say it as module:key"),
        ("no_such_module_here:Store", "there is no module 'no_such_module_here'"),
        ("shop_of_explain:Stoer", "'shop_of_explain:Stoer': 'Stoer' is not there; did you mean 'Store'?"),
    ],
)
def test_the_command_refuses_what_is_not_there(target, text, app, capsys):
    """It says what is wrong, and exits with status 2."""
    assert main(["explain", target]) == 2
    assert capsys.readouterr().err == f"tenure explain: {text}\n"


def test_the_command_runs_as_a_program(tmp_path):
    """`python -m tenure explain` looks where it is run."""
    (tmp_path / "shop.py").write_text(APP, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tenure", "explain", "shop:Store"],
        capture_output=True, text=True, check=True, cwd=tmp_path, env={"PYTHONPATH": SOURCE},
    )  # fmt: skip

    assert done.stdout.startswith("Store: a resource, made by Store (")


def test_what_a_partial_was_given_is_not_shown():
    """The function inside is named; its arguments may be passwords."""

    def connect(password):
        yield Closing(Settings())

    container = Container()
    close = functools.partial(print, "hunter2")
    container.bind(Closing, functools.partial(connect, password="hunter2"), close=close)
    told = str(container.explain(Closing))

    assert "hunter2" not in told
    assert "connect" in told
    assert "print(it)" in told
