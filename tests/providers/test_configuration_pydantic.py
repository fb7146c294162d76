"""Settings objects of pydantic."""

import importlib

# ruff: noqa: E402 - the packages may be missing
from pathlib import Path
from typing import Any

import pytest

pydantic: Any = importlib.import_module("pydantic")
pydantic_settings: Any = importlib.import_module("pydantic_settings")

from tenure.errors import Error
from tenure.providers.configuration import Configuration


class Inner(pydantic.BaseModel):
    a: int = 1
    b: str | None = None


class Settings(pydantic_settings.BaseSettings):
    inner: Inner = Inner()
    name: str = pydantic.Field("n", alias="settings_test_name")


class Model(pydantic.BaseModel):
    inner: Inner = Inner(a=5)


class Empty(pydantic_settings.BaseSettings):
    pass


VALUES = {"inner": {"a": 1, "b": None}, "name": "n"}


@pytest.mark.parametrize("settings", [Settings(), Settings], ids=["object", "class"])
def test_settings(settings: Any) -> None:
    """Settings, or a class of them, are merged into the value; models inside are sections."""
    config = Configuration(default={"inner": {"z": 0}})

    config.from_pydantic(settings)

    assert config() == {"inner": {"z": 0, "a": 1, "b": None}, "name": "n"}


@pytest.mark.parametrize("settings", [Settings(), Settings], ids=["object", "class"])
def test_settings_into_option(settings: Any) -> None:
    """They are merged into an option."""
    config = Configuration()

    config.section.from_pydantic(settings)

    assert config() == {"section": VALUES}


def test_settings_from_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class is called when it is loaded: settings take what the environment has then."""
    config = Configuration(pydantic_settings=[Settings])
    monkeypatch.setenv("SETTINGS_TEST_NAME", "other")

    config.load()

    assert config.name() == "other"


@pytest.mark.parametrize("model", [Model(), Model], ids=["object", "class"])
def test_models(model: Any) -> None:
    """Any model will do."""
    config = Configuration()

    config.from_pydantic(model)

    assert config() == {"inner": {"a": 5, "b": None}}


def test_how() -> None:
    """What follows is for pydantic."""
    config = Configuration()

    config.from_pydantic(Settings(), exclude={"inner"}, by_alias=True)
    config.section.from_pydantic(Settings(), exclude_unset=True)

    assert config() == {"settings_test_name": "n", "section": {}}
    with pytest.raises(TypeError):
        config.from_pydantic(Settings(), no_such_thing=1)


def test_load(tmp_path: Path) -> None:
    """`load` takes settings after files."""
    (tmp_path / "a.json").write_text('{"name": "file", "other": 1}')
    config = Configuration(pydantic_settings=[Settings(), Empty], json_files=[tmp_path / "a.json"])

    config.load()

    assert config.name() == "n"
    assert config.other() == 1


def test_empty() -> None:
    """Where something is required, settings have to have fields."""
    Configuration().from_pydantic(Empty())
    Configuration(strict=True).from_pydantic(Empty(), required=False)
    with pytest.raises(ValueError, match="Can not use empty dictionary"):
        Configuration().from_pydantic(Empty(), required=True)
    with pytest.raises(ValueError, match="Can not use empty dictionary"):
        Configuration(strict=True).from_pydantic(Empty())


@pytest.mark.parametrize("other", [{}, None, int, 5], ids=repr)
def test_something_else(other: Any) -> None:
    """Anything else is refused."""
    config = Configuration(pydantic_settings=[other])

    for load in (config.load, lambda: config.from_pydantic(other), lambda: config.section.from_pydantic(other)):
        with pytest.raises(Error, match=r"^Unable to recognize settings instance, expect .*BaseSettings\", got "):
            load()
