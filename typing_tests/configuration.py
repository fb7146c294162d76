"""`providers.Configuration`: any option is there for checkers; what it is converted to tells its type."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type

from tenure.providers import (
    Configuration,
    ConfigurationOption,
    Factory,
    OverridingContext,
    Provider,
    TypedConfigurationOption,
)


class Service:
    def __init__(self, port: int) -> None: ...


def joined(names: list[str], by: str) -> str:
    return by.join(names)


def made() -> None:
    assert_type(Configuration(), Configuration)
    Configuration("settings", default={"port": 5}, strict=True)
    Configuration(ini_files=["x.ini"], yaml_files=[Path("x.yml")], json_files=["x.json"], pydantic_settings=[])
    Configuration().set_name("x").set_strict(strict=True).set_default({}).set_yaml_files(["x.yml"])


def options(config: Configuration) -> None:
    assert_type(config.section, ConfigurationOption)
    assert_type(config.section.port, ConfigurationOption)
    assert_type(config["section"]["port"], ConfigurationOption)
    assert_type(config.section[config.name], ConfigurationOption)
    assert_type(config.section.port(), Any)
    assert_type(config(), Any)
    assert_type(config.port.required(), ConfigurationOption)
    with config.section as section:
        assert_type(section, ConfigurationOption)


def converted(config: Configuration) -> None:
    assert_type(config.port.as_int(), TypedConfigurationOption[int])
    assert_type(config.port.as_int()(), int)
    assert_type(config.ratio.as_float()(), float)
    assert_type(config.price.as_(Decimal)(), Decimal)
    assert_type(config.price.as_(Decimal, config.context).option, ConfigurationOption)
    assert_type(config.port.required().as_int()(), int)
    assert_type(config.names.as_(joined, ",")(), str)
    Factory(Service, port=config.port.as_int())


async def awaited(config: Configuration) -> None:
    assert_type(await config.port.as_int().async_(), int)
    assert_type(await config.port.async_(), Any)


def loaded(config: Configuration) -> None:
    config.from_dict({"port": 5}, required=True)
    config.from_yaml("x.yml", required=True, envs_required=None)
    config.from_ini(Path("x.ini"))
    config.from_json(Path("x.json"))
    config.section.from_yaml("x.yml")
    config.section.port.from_env("PORT", 5, as_=int)
    config.section.port.from_value(5)
    config.from_pydantic(Service(5), exclude={"port"})
    config.load(required=False)
    config.update({"port": 5})
    config.set("section.port", 5)


def overridden(config: Configuration) -> None:
    config.override({"port": 5})
    with config.override({"port": 5}):
        pass
    with config.section.port.override(5):
        pass
    assert_type(config.section.override({}), OverridingContext[Any])
    config.reset_override()
    config.reset_last_overriding()


def as_providers(config: Configuration) -> tuple[Provider[int], Provider[Any], Provider[Any]]:
    return config.port.as_int(), config.port, config


def wrong(config: Configuration) -> None:
    Configuration(5)  # type: ignore[arg-type]
    Configuration(yaml_file="x.yml")  # type: ignore[call-arg]
    text: str = config.port.as_int()()  # type: ignore[assignment]
    option: ConfigurationOption = config.port.as_int()  # type: ignore[assignment]
    config.port.as_(5)  # type: ignore[arg-type]
    config.from_yaml(5)  # type: ignore[arg-type]
    config.from_dict(5)  # type: ignore[arg-type]
    config.port.as_int().missing  # type: ignore[attr-defined]
    for _ in config:  # type: ignore[misc]
        pass
    print(text, option)
