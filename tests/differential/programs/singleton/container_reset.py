"""A container resets all its singletons, also in nested containers, and in a `with` statement."""

from dependency_injector import containers, providers


class Inner(containers.DeclarativeContainer):
    cache = providers.Singleton(object)


class Outer(containers.DeclarativeContainer):
    inner = providers.Container(Inner)
    client = providers.ThreadSafeSingleton(object)
    factory = providers.Factory(object)


outer = Outer()


def current():
    return outer.client(), outer.inner.cache()


before = current()
outer.reset_singletons()
after = current()
print([old is new for old, new in zip(before, after, strict=True)])
with outer.reset_singletons() as same:
    print(same is outer, [old is new for old, new in zip(after, current(), strict=True)])
    inside = current()
print([old is new for old, new in zip(inside, current(), strict=True)])
