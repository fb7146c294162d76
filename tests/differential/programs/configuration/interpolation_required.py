"""Variables in files may be required, and are when the configuration is strict."""

import os
from pathlib import Path

from dependency_injector import providers

os.environ.pop("SHOP_NONE", None)
Path("app.yml").write_text("token: ${SHOP_NONE}\n")
Path("default.yml").write_text("token: ${SHOP_NONE:any}\n")
config = providers.Configuration()
try:
    config.from_yaml("app.yml", envs_required=True)
except ValueError:
    print("undefined")
config.from_yaml("default.yml", envs_required=True)
print(config.token())
strict = providers.Configuration(strict=True)
try:
    strict.from_yaml("app.yml")
except ValueError:
    print("undefined")
strict.from_yaml("app.yml", envs_required=False)
print(strict())
