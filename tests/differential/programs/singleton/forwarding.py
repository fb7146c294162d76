"""Keywords for dependencies count when the object is made."""

from dependency_injector import providers


class Engine:
    def __init__(self, power=1):
        self.power = power


class Car:
    def __init__(self, engine):
        self.engine = engine


car = providers.Singleton(Car, engine=providers.Factory(Engine))
print(car(engine__power=90).engine.power)
print(car(engine__power=120).engine.power)
