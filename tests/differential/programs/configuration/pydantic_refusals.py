"""Settings are given as an instance or as a class; anything else is refused."""

from dependency_injector import errors, providers
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    debug: bool = True


config = providers.Configuration()
config.from_pydantic(Settings)
print(config())
for wrong in ({"debug": True}, 1, int):
    try:
        config.from_pydantic(wrong)
    except errors.Error:
        print("refused")
