"""Pydantic settings bring their own reading of the environment."""

import os

from dependency_injector import containers, providers
from pydantic_settings import BaseSettings, SettingsConfigDict

os.environ["SHOP_USER"] = "ann"
os.environ["SHOP_AGE"] = "30"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    user: str = "nobody"
    age: int = 0


class App(containers.DeclarativeContainer):
    config = providers.Configuration(pydantic_settings=[Settings()])


print(App().config())
