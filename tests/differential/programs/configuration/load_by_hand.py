"""Loading of files can be left for later."""

from pathlib import Path

from dependency_injector import containers, providers

Path("a.yml").write_text("name: yaml\n")


class App(containers.DeclarativeContainer):
    auto_load_config = False
    config = providers.Configuration(yaml_files=["a.yml"])


app = App()
print(app.config())
app.load_config()
print(app.config())
Path("a.yml").write_text("name: changed\n")
app.config.load()
print(app.config.name())
app.config.set_yaml_files(["absent.yml"])
try:
    app.config.load(required=True)
except FileNotFoundError:
    print("missing")
