"""
When opening all resources fails, those that were opened are closed again.

theirs:
    open base
    failed: no top
    base is open: True
    close base
ours:
    open base
    close base
    failed: no top
    base is open: False
"""

from dependency_injector import containers, providers


def base():
    print("open base")
    try:
        yield "base"
    finally:
        print("close base")


def top(below):
    raise ConnectionError("no top")


class App(containers.DeclarativeContainer):
    base = providers.Resource(base)
    top = providers.Resource(top, base)


app = App()
try:
    app.init_resources()
except ConnectionError as error:
    print("failed:", error)
print("base is open:", app.base.initialized)
app.shutdown_resources()
