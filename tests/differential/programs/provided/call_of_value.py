"""What is provided may itself be called."""

from dependency_injector import providers

double = providers.Object(lambda number: number * 2)
print(double.provided.call(21)())
maker = providers.Singleton(dict, make=list)
print(maker.provided["make"].call("xy")())
