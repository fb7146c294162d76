"""Options are read from ini files, and later files are merged."""

from pathlib import Path

from dependency_injector import providers

Path("one.ini").write_text("[db]\nhost = localhost\nport = 5432\n[log]\nlevel = info\n")
Path("two.ini").write_text("[db]\nhost = remote\n")
config = providers.Configuration()
config.from_ini("one.ini")
print(config())
config.from_ini(Path("two.ini"))
print(config.db(), config.log.level(), config.db.port.as_int()())
