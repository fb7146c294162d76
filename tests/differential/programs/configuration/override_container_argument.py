"""A container's configuration may be given as an argument."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    address = providers.Factory("{}:{}".format, config.host, config.port)


print(App(config={"host": "h", "port": 1}).address())
print(App(config={"host": "h"}).address())
first, second = App(config={"host": "1"}), App()
print(first.config(), second.config(), App.config())
