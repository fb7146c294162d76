"""With the closing marker a resource lives for one call."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject

numbers = iter(range(10))


def session():
    number = next(numbers)
    print("open", number)
    yield number
    print("close", number)


class App(containers.DeclarativeContainer):
    session = providers.Resource(session)


@inject
def work(session=Closing[Provide[App.session]]):
    print("work with", session)
    return session


app = App()
app.wire([__name__])
work()
work()
print(app.session.initialized)
app.unwire()
