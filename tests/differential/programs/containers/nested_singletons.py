"""Each instance of the outer container has nested instances of its own."""

from dependency_injector import containers, providers


class Inner(containers.DeclarativeContainer):
    single = providers.Singleton(object)


class App(containers.DeclarativeContainer):
    left = providers.Container(Inner)
    right = providers.Container(Inner)


one, two = App(), App()
made = [one.left.single(), one.right.single(), two.left.single(), App.left.single(), Inner.single()]
print(len(set(map(id, made))), one.left.single() is made[0])
