"""Relative names in a wiring configuration start from the container's package."""

import sys
from pathlib import Path

Path("shop_c").mkdir()
Path("shop_c/__init__.py").write_text("")
Path("shop_c/views.py").write_text(
    """
from dependency_injector.wiring import Provide, inject

@inject
def view(name=Provide["name"]):
    return f"{__name__} {name}"
"""
)
Path("shop_c/app.py").write_text(
    """
from dependency_injector import containers, providers

class App(containers.DeclarativeContainer):
    wiring_config = containers.WiringConfiguration(modules=[".views"])
    name = providers.Object("ann")
"""
)
sys.path.insert(0, str(Path.cwd()))

from shop_c.app import App  # noqa: E402
from shop_c.views import view  # noqa: E402

app = App()
print(view())
app.unwire()
