"""A schema may be read from yaml, nested containers, provided chains and configuration included."""

from pathlib import Path

from dependency_injector import containers

Path("schema.yml").write_text(
    """
version: "1"
container:
  config:
    provider: Configuration
  core:
    level:
      provider: Callable
      provides: int
      args: [container.config.level]
  users:
    list:
      provider: List
      args: [container.core.level, 2]
"""
)
app = containers.DynamicContainer()
app.from_yaml_schema("schema.yml")
app.config.from_dict({"level": "7"})
print(app.core.level(), app.users.list(), sorted(app.providers))
