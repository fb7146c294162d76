"""Options are read from pydantic settings, by instance or by class."""

from dependency_injector import providers
from pydantic import BaseModel
from pydantic_settings import BaseSettings


class Database(BaseModel):
    host: str = "localhost"
    port: int = 5432


class Settings(BaseSettings):
    debug: bool = True
    name: str = "shop"
    db: Database = Database(port=1)


config = providers.Configuration()
config.from_pydantic(Settings())
print(config())
config.other.from_pydantic(Settings(name="two"), exclude={"debug", "db"})
print(config.other())
