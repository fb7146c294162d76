"""Options are injected late, so that objects see the values of their time."""

from dependency_injector import containers, providers


class Client:
    def __init__(self, url, timeout):
        self.url = url
        self.timeout = timeout


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    client = providers.Factory(Client, config.api.url, timeout=config.api.timeout)


app = App()
print(app.client().url, app.client().timeout)
app.config.from_dict({"api": {"url": "http://one", "timeout": 5}})
print(app.client().url, app.client().timeout)
app.config.api.url.from_value("http://two")
print(app.client().url, app.client().timeout)
