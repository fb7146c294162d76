"""A yaml loader may be given, which then is not helped with variables."""

from pathlib import Path

import yaml
from dependency_injector import providers

Path("tuple.yml").write_text("point: !!python/tuple [1, 2]\n")
config = providers.Configuration()
config.from_yaml("tuple.yml", loader=yaml.FullLoader)
print(config.point())
