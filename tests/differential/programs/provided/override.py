"""A chain follows the override of what it starts from, and can be overridden itself."""

from dependency_injector import providers


class User:
    def __init__(self, name):
        self.name = name


user = providers.Factory(User, "ann")
name = user.provided.name
page = providers.Factory(dict, name=name)

with user.override(providers.Factory(User, "bob")):
    print(page())
with name.override("nobody"):
    print(page())
print(page())
