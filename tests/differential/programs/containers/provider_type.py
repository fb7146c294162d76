"""A container can restrict the type of its providers."""

from dependency_injector import containers, errors, providers


class Factories(containers.DeclarativeContainer):
    provider_type = providers.Factory

    numbers = providers.Factory(list)


print(Factories().numbers())
try:

    class Wrong(containers.DeclarativeContainer):
        provider_type = providers.Factory
        single = providers.Singleton(list)

except errors.Error:
    print("refused in class")
app = Factories()
try:
    app.single = providers.Singleton(list)
except errors.Error:
    print("refused in instance")
try:
    Factories.single = providers.Singleton(list)
except errors.Error:
    print("refused later")
