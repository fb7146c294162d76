"""
A resource of a nested container closes before the outer one that it was made from.

theirs:
    not dependents first
ours:
    dependents first
"""

from dependency_injector import containers, providers

closed = []


def open_one(number, below=None):
    yield number
    closed.append(number)


class Floor(containers.DeclarativeContainer):
    number = providers.Dependency()
    below = providers.Dependency()
    room = providers.Resource(open_one, number, below)


app = containers.DynamicContainer()
below = providers.Object(None)
for number in range(12):
    app.set_provider(f"floor{number}", floor := providers.Container(Floor, number=number, below=below))
    below = floor.room
app.init_resources()
app.shutdown_resources()
print("dependents first" if closed == sorted(closed, reverse=True) else "not dependents first")
