"""Containers in a container, each with the configuration of the whole, as in programs for dependency-injector."""

from tenure import containers, providers
from tenure.wiring import Provide, inject


class Users:
    def __init__(self, url: str): ...


class Mailer:
    def __init__(self, sender: str): ...


class Gateways(containers.DeclarativeContainer):
    config = providers.Configuration()
    users = providers.Singleton(Users, config.database.url)


class Services(containers.DeclarativeContainer):
    config = providers.Configuration()
    gateways = providers.DependenciesContainer()
    mailer = providers.Selector(
        config.mail.kind,
        smtp=providers.Factory(Mailer, config.mail.sender),
        fake=providers.Factory(Mailer, providers.Object("hunter2")),
    )
    service = providers.Factory(dict, users=gateways.users, mailer=mailer)
    forgotten = providers.Factory(list, providers.List("hunter2", gateways.users))


class App(containers.DeclarativeContainer):
    config = providers.Configuration(default={"database": {"url": "hunter2"}, "mail": {"kind": "fake"}})
    gateways = providers.Container(Gateways, config=config)
    services = providers.Container(Services, config=config, gateways=gateways)


@inject
def serve(service: dict = Provide[App.services.service]): ...
