"""
A marker that nobody resolved never reaches the function's body.

theirs:
    body got a marker
ours:
    refused
"""

from dependency_injector import containers, errors, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


@inject
def greet(name=Provide["nmae"]):
    print("body got a", "marker" if isinstance(name, Provide) else "value")


app = App()
app.wire([__name__])
try:
    greet()
except errors.Error:
    print("refused")
app.unwire()
