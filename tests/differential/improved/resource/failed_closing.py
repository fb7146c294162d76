"""
An error while closing one resource does not keep the others open.

theirs:
    closing top
    failed BrokenPipeError
    base is open: True
ours:
    closing top
    closing base
    failed BrokenPipeError
    base is open: False
"""

from dependency_injector import containers, providers


def base():
    yield "base"
    print("closing base")


def top(below):
    yield "top"
    print("closing top")
    raise BrokenPipeError("cut")


class App(containers.DeclarativeContainer):
    base = providers.Resource(base)
    top = providers.Resource(top, base)


app = App()
app.init_resources()
try:
    app.shutdown_resources()
except* BrokenPipeError:
    print("failed BrokenPipeError")
print("base is open:", app.base.initialized)
