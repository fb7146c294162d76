"""After a reset the next call makes a new object."""

from dependency_injector import providers

session = providers.Singleton(object)
first = session()
print(session.reset() is not None)
second = session()
print(first is second, second is session())
session.reset()
session.reset()
print(session() is second)
