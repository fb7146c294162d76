"""Keys of a dict provider may be anything; a provider among them stays one."""

from dependency_injector import providers


class Event:
    pass


routes = providers.Dict({Event: providers.Object("handler"), 1: "one", "dotted.name": 2}, plain=3)
made = routes()
print(made[Event], made[1], made["dotted.name"], made["plain"])
name = providers.Object("key")
print(providers.Dict({name: providers.Object("value")})() == {name: "value"})
print(len(routes.add_kwargs({2: "two"}, three=3)()))
