"""Positional arguments of a call follow the declared ones, keywords of a call replace them."""

from dependency_injector import providers


def record(*args, **kwargs):
    return args, sorted(kwargs.items())


line = providers.Factory(record, "a", "b", colour="red", size=1)

print(line())
print(line("c"))
print(line(size=2))
print(line("c", "d", colour="blue", weight=3))
print(line())
