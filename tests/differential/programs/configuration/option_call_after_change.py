"""Options that were called once see later changes of the whole."""

from dependency_injector import providers

config = providers.Configuration()
port = config.web.port
print(port())
config.from_dict({"web": {"port": 1}})
print(port())
config.web.from_value({"port": 2})
print(port())
config.web.port.override(3)
print(port(), config.web())
config.reset_override()
print(port())
