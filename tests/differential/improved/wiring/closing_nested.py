"""
A call within a call leaves the outer one's resource open.

theirs:
    open
    close
    inner done
ours:
    open
    inner done
    close
"""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject


def session():
    print("open")
    yield "session"
    print("close")


class App(containers.DeclarativeContainer):
    session = providers.Resource(session)


@inject
def inner(session=Closing[Provide[App.session]]):
    pass


@inject
def outer(session=Closing[Provide[App.session]]):
    inner()
    print("inner done")


app = App()
app.wire([__name__])
outer()
app.unwire()
