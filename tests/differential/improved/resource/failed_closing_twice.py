"""
When several resources fail to close, all the errors are told.

theirs:
    failed: top
ours:
    failed: base top
"""

from dependency_injector import containers, providers


def open_one(name, below=None):
    yield name
    raise BrokenPipeError(name)


class App(containers.DeclarativeContainer):
    base = providers.Resource(open_one, "base")
    top = providers.Resource(open_one, "top", base)


app = App()
app.init_resources()
try:
    app.shutdown_resources()
except* BrokenPipeError as group:
    print("failed:", *sorted(str(error) for error in group.exceptions))
