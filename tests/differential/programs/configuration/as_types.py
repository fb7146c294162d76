"""Options may be converted when they are provided."""

from decimal import Decimal

from dependency_injector import providers

config = providers.Configuration()
config.from_dict({"port": "80", "ratio": "0.5", "price": "9.90", "names": "a,b"})
print(config.port.as_int()(), config.ratio.as_float()(), config.price.as_(Decimal)())
print(config.names.as_(lambda text, separator: text.split(separator), separator=",")())
made = providers.Factory(dict, port=config.port.as_int(), ratio=config.ratio.as_float())
print(made())
print(config.port.as_int().option is config.port, isinstance(config.port.as_int(), providers.Callable))
