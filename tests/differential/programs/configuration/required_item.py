"""A required option may be chosen by a provider."""

from dependency_injector import errors, providers

config = providers.Configuration()
config.from_dict({"mode": "fast", "modes": {"slow": {"n": 1}}})
size = config.modes[config.mode].n.required()
try:
    size()
except errors.Error:
    print("undefined")
config.mode.override("slow")
print(size())
