"""Several resources of one call are each opened and closed."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject

log = []


def session(name):
    log.append(f"open {name}")
    yield name
    log.append(f"close {name}")


class App(containers.DeclarativeContainer):
    one = providers.Resource(session, "one")
    two = providers.Resource(session, "two")


@inject
def work(one=Closing[Provide[App.one]], two=Closing[Provide[App.two]]):
    log.append(f"work {one} {two}")


app = App()
app.wire([__name__])
work()
print(sorted(log[:2]), log[2], sorted(log[3:]))
app.unwire()
