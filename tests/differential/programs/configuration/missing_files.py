"""A missing file is passed over, unless it is required."""

from dependency_injector import providers

config = providers.Configuration()
for read in (config.from_ini, config.from_yaml, config.from_json, config.part.from_yaml):
    read("no-such-file")
    try:
        read("no-such-file", required=True)
    except FileNotFoundError:
        print("missing")
print(config())
