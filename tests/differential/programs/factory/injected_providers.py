"""Providers among the arguments are replaced by what they provide."""

from dependency_injector import providers


class Engine:
    def __init__(self, cylinders):
        self.cylinders = cylinders


class Car:
    def __init__(self, engine, wheels, spare=None):
        self.engine = engine
        self.wheels = wheels
        self.spare = spare


engine = providers.Factory(Engine, providers.Object(6))
car = providers.Factory(Car, engine, 4, spare=providers.Callable(int, "1"))

first, second = car(), car()
print(first.engine.cylinders, first.wheels, first.spare)
print(first.engine is second.engine)
