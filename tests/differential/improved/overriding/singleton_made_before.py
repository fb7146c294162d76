"""
What was made from a provider is made anew while that is overridden, and is back afterwards.

theirs:
    real
    real
    real
ours:
    real
    fake
    real
"""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    name = providers.Factory(str, "real")
    service = providers.Singleton(dict, name=name)


app = App()
print(app.service()["name"])
with app.name.override("fake"):
    print(app.service()["name"])
print(app.service()["name"])
