"""Yaml text may name environment variables, with defaults."""

import os
from pathlib import Path

from dependency_injector import providers

os.environ["SHOP_HOST"] = "example.org"
os.environ["SHOP_PORT"] = "81"
os.environ.pop("SHOP_NONE", None)
Path("app.yml").write_text(
    "url: http://${SHOP_HOST}:${SHOP_PORT}/x\nport: ${SHOP_PORT}\n"
    "level: ${SHOP_NONE:info}\nempty: ${SHOP_NONE}\ntext: '${SHOP_NONE:a:b}'\n"
)
config = providers.Configuration()
config.from_yaml("app.yml")
print(config())
