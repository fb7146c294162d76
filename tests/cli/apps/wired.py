"""A declarative container that is wired to functions, two of them of a class."""

from tenure import containers, providers
from tenure.wiring import Closing, Provide, inject


class Database:
    def __init__(self) -> None: ...


class Service:
    def __init__(self, database: Database) -> None: ...


class App(containers.DeclarativeContainer):
    database = providers.Singleton(Database)
    service = providers.Factory(Service, database)


class Handler:
    @inject
    def handle(self, service: Service = Provide[App.service]) -> None: ...

    @inject
    async def drain(self, service: Service = Closing[Provide["service"]]) -> None: ...


@inject
def ping(name: str = Provide[App.database.provided.name]) -> None: ...


container = App()
other = App()
container.wire(modules=[__name__])
