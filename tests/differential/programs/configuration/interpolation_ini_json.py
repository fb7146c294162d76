"""Ini and json text may name environment variables too."""

import os
from pathlib import Path

from dependency_injector import providers

os.environ["SHOP_HOST"] = "example.org"
os.environ.pop("SHOP_NONE", None)
Path("app.ini").write_text("[web]\nhost = ${SHOP_HOST}\nport = ${SHOP_NONE:80}\n")
Path("app.json").write_text('{"host": "${SHOP_HOST}", "name": "${SHOP_NONE:shop}", "empty": "${SHOP_NONE}"}')
config = providers.Configuration()
config.from_ini("app.ini")
config.from_json("app.json")
print(config())
