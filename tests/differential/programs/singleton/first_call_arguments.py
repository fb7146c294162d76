"""The arguments of the first call count, those of later calls do not."""

from dependency_injector import providers


def record(*args, **kwargs):
    return args, kwargs


settings = providers.Singleton(record, "a", x=1)
print(settings("b", y=2))
print(settings("c"))
settings.reset()
print(settings())
