"""Items and attributes lead to the same options."""

from dependency_injector import providers

config = providers.Configuration()
config.from_dict({"services": {"user-api": {"url": "u"}, "404": "missing"}})
print(config.services["user-api"].url(), config["services"]["404"]())
print(config.services is config["services"], config.services["user-api"] is config["services"]["user-api"])
print(config.get_name(), config.services["user-api"].url.get_name())
