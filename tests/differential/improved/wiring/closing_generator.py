"""
A generator function's resource is open as long as the generator runs.

theirs:
    open
    close
    body
    body ends
ours:
    open
    body
    body ends
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
def rows(session=Closing[Provide[App.session]]):
    print("body")
    yield session
    print("body ends")


app = App()
app.wire([__name__])
for _ in rows():
    pass
app.unwire()
