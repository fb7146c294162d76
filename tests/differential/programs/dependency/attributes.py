"""A dependency passes attributes on to the provider behind it."""

from dependency_injector import containers, providers


class Gateways(containers.DeclarativeContainer):
    mail = providers.Object("smtp")


gateways = providers.Dependency()
try:
    print(gateways.mail)
except AttributeError:
    print("nothing behind it")
gateways.override(providers.Container(Gateways))
print(gateways.mail())
