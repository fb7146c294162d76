"""Wiring what cannot be imported fails."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


App().wire(modules=["no_such_module_anywhere"])
