"""A variable that is required must be there, unless a default is given."""

import os

from dependency_injector import providers

os.environ.pop("SHOP_TOKEN", None)
config = providers.Configuration()
try:
    config.token.from_env("SHOP_TOKEN", required=True)
except ValueError:
    print("undefined")
config.token.from_env("SHOP_TOKEN", "none", required=True)
print(config.token())
os.environ["SHOP_TOKEN"] = "secret"
config.token.from_env("SHOP_TOKEN", required=True)
print(config.token())
config.from_env("SHOP_TOKEN")
print(config())
