"""Nothing need be returned or yielded."""

from dependency_injector import containers, providers

calls = []


def configure():
    calls.append("configured")


def guard():
    calls.append("guard up")
    yield
    calls.append("guard down")


class App(containers.DeclarativeContainer):
    configured = providers.Resource(configure)
    guarded = providers.Resource(guard)


app = App()
app.configured()
print(app.configured(), app.guarded(), calls, app.configured.initialized)
app.shutdown_resources()
print(calls)
