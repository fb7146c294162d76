"""Resources of a call close after what was made from them."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject


def open_one(name, below=None):
    print("open", name)
    yield name
    print("close", name)


class App(containers.DeclarativeContainer):
    base = providers.Resource(open_one, "base")
    top = providers.Resource(open_one, "top", base)


@inject
def work(top=Closing[Provide[App.top]]):
    print("work", top)


app = App()
app.wire([__name__])
work()
print(app.base.initialized, app.top.initialized)
app.unwire()
