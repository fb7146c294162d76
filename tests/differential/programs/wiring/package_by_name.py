"""Packages and modules may be wired by their names, and relative to a package."""

import sys
from pathlib import Path

from dependency_injector import containers, providers

for name in ("shop_b", "shop_b/handlers"):
    Path(name).mkdir()
    Path(name, "__init__.py").write_text("")
source = """
from dependency_injector.wiring import Provide, inject

@inject
def view(name=Provide["name"]):
    return f"{__name__} {name}"
"""
Path("shop_b/one.py").write_text(source)
Path("shop_b/handlers/two.py").write_text(source)
sys.path.insert(0, str(Path.cwd()))

import shop_b.handlers.two  # noqa: E402
import shop_b.one  # noqa: E402


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


app = App()
app.wire(modules=["shop_b.one"], packages=["shop_b.handlers"])
print(shop_b.one.view(), shop_b.handlers.two.view())
app.unwire()
other = App(name="bob")
other.wire(modules=[".one"], packages=[".handlers"], from_package="shop_b")
print(shop_b.one.view(), shop_b.handlers.two.view())
other.unwire()
