"""After unwiring, what the caller gives still works, and wiring again injects again."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    name = providers.Object("ann")


@inject
def greet(name=Provide[App.name]):
    return f"hello {name}"


app = App()
app.wire([__name__])
print(greet())
app.unwire()
print(greet("given"))
other = App(name="other")
other.wire([__name__])
print(greet())
app.wire([__name__])
print(greet())
app.unwire()
