"""Standard streams among the arguments are not copied."""

import sys

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    handler = providers.Factory(dict, stream=sys.stdout, errors=sys.stderr)


app = App()
print(app.handler()["stream"] is sys.stdout, app.handler()["errors"] is sys.stderr)
