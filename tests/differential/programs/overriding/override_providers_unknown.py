"""Names that a container does not have cannot be overridden."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    host = providers.Object("host")


try:
    App().override_providers(unknown=1)
except AttributeError:
    print("unknown")
App(unknown=1)
