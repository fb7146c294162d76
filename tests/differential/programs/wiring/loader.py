"""Modules imported later are wired by the loader."""

import sys
from pathlib import Path

from dependency_injector import containers, providers, wiring

Path("late_views.py").write_text(
    """
from dependency_injector.wiring import Provide, inject

@inject
def view(name=Provide["name"]):
    return f"late {name}"
"""
)
sys.path.insert(0, str(Path.cwd()))


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


app = App()
wiring.register_loader_containers(app)
print(wiring.is_loader_installed())
import late_views  # noqa: E402

print(late_views.view())
wiring.unregister_loader_containers(app)
print(wiring.is_loader_installed())
