"""Options may be set and got by dotted names."""

from dependency_injector import providers

config = providers.Configuration()
config.from_dict({"a": {"b": 1}})
config.set("a.c", 2)
print(config.get("a.b"), config.get("a.c"), config.get("a"), config.get("x.y"))
with config.set("a.b", 10):
    print(config.a.b())
print(config.a.b())
