"""Values are kept as they are, also when the whole is asked for."""

from dependency_injector import providers

config = providers.Configuration()
handlers = {"print": print}
config.from_dict({"handlers": handlers, "items": (1, 2)})
print(config.handlers.print() is print, config.items(), type(config()["items"]).__name__)
print(config.handlers() == handlers)
