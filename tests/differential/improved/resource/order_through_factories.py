"""
A resource closes before one that it was made from through a factory, a singleton, a list or a call.

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


app = containers.DynamicContainer()
below = None
for number in range(24):
    app.set_provider(f"resource{number}", resource := providers.Resource(open_one, number, below))
    below = (providers.Factory, providers.Singleton, providers.List, providers.Callable)[number % 4]
    below = below(resource) if below is providers.List else below(dict, one=resource)
app.init_resources()
app.shutdown_resources()
print("dependents first" if closed == sorted(closed, reverse=True) else "not dependents first")
