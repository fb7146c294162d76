"""Options are read from yaml files, in whole or below an option."""

from pathlib import Path

from dependency_injector import providers

Path("one.yml").write_text("db:\n  host: localhost\n  ports: [1, 2]\ndebug: true\n")
Path("two.yml").write_text("db:\n  host: remote\n")
config = providers.Configuration()
config.from_yaml("one.yml")
config.from_yaml(Path("two.yml"))
print(config())
config.extra.from_yaml("two.yml")
print(config.extra.db.host(), config.debug())
