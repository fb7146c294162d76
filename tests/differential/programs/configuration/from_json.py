"""Options are read from json files."""

import json
from pathlib import Path

from dependency_injector import providers

Path("one.json").write_text(json.dumps({"api": {"url": "x", "retries": 3}, "list": [1, {"a": None}]}))
config = providers.Configuration()
config.from_json("one.json")
print(config.api.url(), config.api.retries(), config.list())
config.copy.from_json(Path("one.json"))
print(config.copy.api())
