"""A schema may be read from json."""

import json
from pathlib import Path

from dependency_injector import containers

schema = {
    "container": {
        "number": {"provider": "Factory", "provides": "int", "args": ["12"]},
        "text": {"provider": "Factory", "provides": "str", "args": ["container.number"]},
    }
}
Path("schema.json").write_text(json.dumps(schema))
app = containers.DynamicContainer()
app.from_json_schema(Path("schema.json"))
print(repr(app.text()), app.number())
