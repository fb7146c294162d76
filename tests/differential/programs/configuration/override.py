"""A configuration and its options can be overridden and released."""

from dependency_injector import providers

config = providers.Configuration()
config.from_dict({"db": {"host": "a", "port": 1}})
config.override({"db": {"host": "b"}})
print(config.db.host(), config.db.port(), config())
config.reset_override()
print(config.db.host(), config())
with config.db.host.override("c"):
    print(config.db())
print(config.db())
