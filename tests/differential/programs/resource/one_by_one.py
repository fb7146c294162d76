"""Each resource can be opened and closed by itself, again and again."""

from dependency_injector import containers, providers

numbers = iter(range(10))


def ticket():
    number = next(numbers)
    yield number
    print("closed", number)


class App(containers.DeclarativeContainer):
    first = providers.Resource(ticket)
    second = providers.Resource(ticket)


app = App()
print(app.first.init(), app.second.init(), app.first.init())
app.first.shutdown()
print(app.first.initialized, app.second.initialized)
print(app.first.init())
app.first.shutdown()
app.first.shutdown()
app.second.shutdown()
