"""
A container can be made although a resource of its class is open; it has one of its own.

theirs:
    refused
ours:
    made, another resource: True
"""

from dependency_injector import containers, errors, providers


class App(containers.DeclarativeContainer):
    link = providers.Resource(object)


App.link()
try:
    app = App()
except errors.Error:
    print("refused")
else:
    print("made, another resource:", app.link() is not App.link())
    app.shutdown_resources()
App.link.shutdown()
