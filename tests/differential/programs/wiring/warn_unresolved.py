"""Names that cannot be resolved are warned of on request."""

import warnings

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, UnresolvedMarkerWarning, inject


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


@inject
def greet(name=Provide["name"], other=Provide["absent"]):
    return f"hello {name}"


app = App()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    app.wire([__name__], warn_unresolved=True)
print(bool(caught), all(issubclass(each.category, UnresolvedMarkerWarning) for each in caught))
print("other" in str(caught[0].message), greet(other=1))
app.unwire()
