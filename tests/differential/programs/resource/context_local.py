"""A context-local resource has one value for each context."""

import contextvars

from dependency_injector import containers, providers

numbers = iter(range(10))


def session():
    number = next(numbers)
    yield number
    print("close", number)


class App(containers.DeclarativeContainer):
    session = providers.ContextLocalResource(session)


app = App()


def request():
    first = app.session()
    print(first, app.session() == first, app.session.initialized)
    app.session.shutdown()
    print(app.session.initialized)


contextvars.copy_context().run(request)
contextvars.copy_context().run(request)
print(isinstance(app.session, providers.Resource), isinstance(app.session, providers.BaseResource))
