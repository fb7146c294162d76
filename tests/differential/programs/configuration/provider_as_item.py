"""An option may be chosen by what a provider provides."""

from dependency_injector import providers

config = providers.Configuration()
config.from_dict({"env": "test", "hosts": {"test": {"url": "t"}, "prod": {"url": "p"}}})
url = config.hosts[config.env].url
print(url())
config.env.override("prod")
print(url())
print(config.hosts[providers.Object("prod")]())
