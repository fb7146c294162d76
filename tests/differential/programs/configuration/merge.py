"""What is read later is merged over what was read before."""

from dependency_injector import providers

config = providers.Configuration()
config.from_dict({"db": {"host": "a", "port": 1}, "tags": [1, 2]})
config.from_dict({"db": {"host": "b"}, "tags": [3], "new": True})
print(config())
config.db.from_dict({"port": 2, "name": "x"})
print(config.db())
