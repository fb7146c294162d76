"""A wired generator function gets its arguments when it starts."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class App(containers.DeclarativeContainer):
    words = providers.List("a", "b")


@inject
def each(prefix, words=Provide[App.words]):
    for word in words:
        yield prefix + word


app = App()
app.wire([__name__])
print(list(each("-")), list(each("+", words=["c"])))
app.unwire()
