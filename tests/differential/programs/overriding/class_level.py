"""Overriding in a class counts for the instances that are made later."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    name = providers.Object("real")
    title = providers.Callable(str.upper, name)


before = App()
App.name.override("class")
after = App()
print(before.title(), after.title(), App.title())
App.name.reset_override()
print(after.title(), App().title())
