"""A strict configuration requires its files, values and variables."""

import os

from dependency_injector import providers

os.environ.pop("SHOP_ABSENT", None)
config = providers.Configuration(strict=True)
for read, name in (
    (config.from_yaml, "absent.yml"),
    (config.from_ini, "absent.ini"),
    (config.from_json, "absent.json"),
):
    try:
        read(name)
    except FileNotFoundError:
        print("missing", name)
    read(name, required=False)
try:
    config.from_dict({})
except ValueError:
    print("empty")
try:
    config.user.from_env("SHOP_ABSENT")
except ValueError:
    print("undefined")
print(config.get_strict())
