"""
A function whose module was not wired is not called with markers.

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
def greet(name=Provide[App.name]):
    print("body got a", "marker" if isinstance(name, Provide) else "value")


app = App()
try:
    greet()
except errors.Error:
    print("refused")
