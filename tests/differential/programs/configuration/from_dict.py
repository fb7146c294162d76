"""Options read from a dict are providers of their values."""

from dependency_injector import providers

config = providers.Configuration()
config.from_dict({"db": {"host": "localhost", "port": 5432}, "tags": ["a", "b"], "debug": False})

print(config.db.host(), config.db.port(), config.debug(), config.tags())
print(config.db())
print(sorted(config()))
print(config.absent(), config.absent.deeper())
