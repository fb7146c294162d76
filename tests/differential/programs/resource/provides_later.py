"""A resource may be declared without what opens it, and is then not open."""

from dependency_injector import providers

empty = providers.Resource()
print(empty.provides, empty.initialized)
print(empty.set_provides(list)(), empty.initialized)
empty.shutdown()
