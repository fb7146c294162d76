"""`provided` takes an attribute of what is provided, when it is provided."""

from dependency_injector import providers


class Settings:
    def __init__(self):
        self.name = "prod"
        self.limits = {"users": [1, 2, 3]}


settings = providers.Singleton(Settings)
page = providers.Factory(dict, name=settings.provided.name, third=settings.provided.limits["users"][2])

print(page())
settings().name = "test"
print(page()["name"], settings.provided.name())
print(settings.provided() is settings())
