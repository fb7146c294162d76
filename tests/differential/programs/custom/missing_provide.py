"""A provider that says nothing about what it provides cannot be called."""

from dependency_injector import providers


class Empty(providers.Provider):
    pass


empty = Empty()
print(empty.overridden, empty.last_overriding, list(empty.related))
with empty.override(1):
    print(empty())
empty()
