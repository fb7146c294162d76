"""
A resource that came by an override is closed, also when the override ended before.

theirs:
    open other
ours:
    open other
    close other
"""

from dependency_injector import containers, providers


def open_one(name):
    print("open", name)
    yield name
    print("close", name)


class App(containers.DeclarativeContainer):
    link = providers.Resource(open_one, "link")


app = App()
app.link.override(providers.Resource(open_one, "other"))
app.init_resources()
app.link.reset_override()
app.shutdown_resources()
