"""A container of dependencies is filled by another container."""

from dependency_injector import containers, providers


class Gateways(containers.DeclarativeContainer):
    database = providers.Singleton(dict, name="db")
    mail = providers.Singleton(dict, name="mail")


class Services(containers.DeclarativeContainer):
    gateways = providers.DependenciesContainer()
    users = providers.Factory(dict, db=gateways.database, mail=gateways.mail)


services = Services(gateways=Gateways())
made = services.users()
print(made["db"]["name"], made["mail"]["name"])
print(made["db"] is services.users()["db"])
