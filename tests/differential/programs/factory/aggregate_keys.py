"""Keys of an aggregate may be anything that can be hashed."""

from dependency_injector import providers


class Png:
    pass


class Jpeg:
    pass


encoders = providers.FactoryAggregate(
    {Png: providers.Factory(list, "png"), "image/jpeg": providers.Factory(list, "jpg")}
)

print(encoders(Png))
print(encoders("image/jpeg"))
encoders.set_factories({1: providers.Factory(int)}, two=providers.Factory(str))
print(encoders(1), repr(encoders("two")), len(encoders.factories))
