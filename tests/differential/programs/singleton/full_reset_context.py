"""A full reset in a `with` statement resets dependencies on both ends."""

from dependency_injector import providers

counter = iter(range(10))
part = providers.Singleton(lambda: next(counter))
whole = providers.Singleton(dict, part=part)

print(whole()["part"])
with whole.full_reset():
    print(whole()["part"], part())
print(whole()["part"])
with whole.reset():
    print(whole()["part"])
