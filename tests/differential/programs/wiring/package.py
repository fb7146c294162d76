"""A package is wired with all its modules."""

import sys
from pathlib import Path

from dependency_injector import containers, providers

package = Path("shop_a")
(package / "views").mkdir(parents=True)
(package / "__init__.py").write_text("")
(package / "views" / "__init__.py").write_text("")
source = """
from dependency_injector.wiring import Provide, inject

@inject
def view(name=Provide["name"]):
    return f"{__name__} {name}"
"""
for path in (package / "orders.py", package / "views" / "users.py"):
    path.write_text(source)
sys.path.insert(0, str(Path.cwd()))

import shop_a  # noqa: E402


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


app = App()
app.wire(packages=[shop_a])
from shop_a.orders import view  # noqa: E402
from shop_a.views import users  # noqa: E402

print(view(), "|", users.view())
app.unwire()
