"""Files named in the declaration are read when the container is made."""

import json
from pathlib import Path

from dependency_injector import containers, providers

Path("a.yml").write_text("name: yaml\nport: 1\n")
Path("b.ini").write_text("[db]\nhost = ini\n")
Path("c.json").write_text(json.dumps({"port": 3}))


class App(containers.DeclarativeContainer):
    config = providers.Configuration(
        yaml_files=["a.yml", Path("absent.yml")], ini_files=["b.ini"], json_files=["c.json"]
    )


app = App()
print(sorted(app.config().items()))
print(App.config())
print(app.config.get_yaml_files()[0], app.config.get_ini_files(), app.config.get_json_files())
