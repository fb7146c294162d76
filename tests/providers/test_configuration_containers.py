"""Configurations in containers: each container has its own, and hands parts of it to those inside."""

import json
from pathlib import Path
from typing import Any

import pytest

from tenure import containers, providers


class Core(containers.DeclarativeContainer):
    config = providers.Configuration()
    service = providers.Factory(dict, v=config.v, number=config.v.as_int())


class App(containers.DeclarativeContainer):
    config = providers.Configuration("app")
    core: Any = providers.Container(Core, config=config.core)


@pytest.fixture
def app() -> Any:
    app = App()
    app.config.from_dict({"core": {"v": "1"}})
    return app


def test_part_for_a_container_inside(app: Any) -> None:
    """A container inside has the part that it was given, at any time."""
    assert app.core.config() == {"v": "1"}
    assert app.core.service() == {"v": "1", "number": 1}

    app.config.core.v.from_value("5")

    assert app.core.service() == {"v": "5", "number": 5}
    with app.config.core.v.override("6"):
        assert app.core.service() == {"v": "6", "number": 6}
    assert app.core.service() == {"v": "5", "number": 5}


def test_undefined_part() -> None:
    """The part may be undefined at first."""
    app: Any = App()

    assert app.core.config() is None
    assert app.core.config.v() is None


def test_own_configuration(app: Any) -> None:
    """Every container has a configuration of its own, with options of its own; the class keeps its own as well."""
    other: Any = App()
    other.config.set("core.v", "2")

    assert app.core.config.v() == "1"
    assert other.core.config.v() == "2"
    assert App.config() == {}
    assert app.config.core is not App.config.core
    assert app.core.config.v is not Core.config.v


def test_names(app: Any) -> None:
    """Options keep their names: that of the configuration first, which is not that of the attribute."""
    assert app.config.core.v.get_name() == "app.core.v"
    assert app.core.config.v.get_name() == "config.v"


def test_options_of_dependants(app: Any) -> None:
    """What depends on options is copied with them."""
    inner = app.core()

    assert inner.service.kwargs["v"] is inner.config.v
    assert inner.service.kwargs["number"].option is inner.config.v


@pytest.mark.parametrize(
    "config", [lambda: {"v": "3"}, lambda: providers.Configuration(default={"v": "3"})], ids=["values", "configuration"]
)
def test_given(config: Any) -> None:
    """A container takes a configuration, or its values, when it is made."""
    assert Core(config=config()).service() == {"v": "3", "number": 3}


def test_values_of_the_class() -> None:
    """A container begins with what the configuration of its class has then."""

    class Own(containers.DeclarativeContainer):
        config = providers.Configuration(default={"a": 1})

    Own.config.set("b", 2)
    before = Own()
    Own.config.set("b", 3)

    assert before.config() == {"a": 1, "b": 2}
    assert Own().config() == {"a": 1, "b": 3}


def test_replaced_for_a_while(app: Any) -> None:
    """Another configuration may replace it for a while."""
    with app.override_providers(config=providers.Configuration(default={"core": {"v": "7"}})):
        assert app.core.service() == {"v": "7", "number": 7}

    assert app.core.service() == {"v": "1", "number": 1}


def test_load(tmp_path: Path) -> None:
    """Files that a configuration lists are loaded when a container is made, unless its class says otherwise."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"a": 1}))

    class Loading(containers.DeclarativeContainer):
        config = providers.Configuration(json_files=[path])

    class Waiting(containers.DeclarativeContainer):
        auto_load_config = False
        config = providers.Configuration(json_files=[path])

    assert Loading.config() == {}
    assert Loading().config() == {"a": 1}
    waiting = Waiting()
    assert waiting.config() == {}
    waiting.load_config()
    assert waiting.config() == {"a": 1}


def test_through_dependencies() -> None:
    """A part of a configuration may be handed on as any dependency."""

    class Inner(containers.DeclarativeContainer):
        section = providers.Dependency(instance_of=dict)
        option = providers.Dependency()
        made = providers.Factory(dict, a=section.provided["a"], b=option)

    class Outer(containers.DeclarativeContainer):
        config = providers.Configuration(default={"section": {"a": 1, "b": 2}})
        inner: Any = providers.Container(Inner, section=config.section, option=config.section.b)

    outer = Outer()
    assert outer.inner.made() == {"a": 1, "b": 2}

    outer.config.set("section.b", 3)
    assert outer.inner.made() == {"a": 1, "b": 3}


def test_selector() -> None:
    """An option may select among providers."""
    config = providers.Configuration()
    selector: Any = providers.Selector(config.mode, one=providers.Object(1), two=providers.Object(2))

    config.set("mode", "one")
    assert selector() == 1
    config.set("mode", "two")
    assert selector() == 2


def test_singletons_stay() -> None:
    """What was made once is not made anew because a value changes."""
    config = providers.Configuration(default={"a": 1})
    single = providers.Singleton(dict, a=config.a)
    made = single()

    with config.a.override(2), config.override(providers.Callable(dict, a=3)):
        assert single() is made

    assert single() is made
    assert made == {"a": 1}


def test_provided() -> None:
    """Attributes, items and methods of a value are to be had by `provided`."""
    config = providers.Configuration(default={"section": {"a": [1, 2]}, "text": "x"})

    assert config.section.provided["a"][1]() == 2
    assert config.text.provided.upper.call()() == "X"
