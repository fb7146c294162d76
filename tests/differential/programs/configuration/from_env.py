"""Options are read from environment variables."""

import os

from dependency_injector import providers

os.environ["SHOP_USER"] = "ann"
os.environ["SHOP_PORT"] = "8080"
config = providers.Configuration()
config.user.from_env("SHOP_USER")
config.port.from_env("SHOP_PORT", as_=int)
config.absent.from_env("SHOP_ABSENT")
config.given.from_env("SHOP_ABSENT", "default")
config.kept.from_env("SHOP_ABSENT", default=5, as_=str)
print(config())
