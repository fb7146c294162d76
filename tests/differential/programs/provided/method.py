"""`call` calls a method with arguments, providers among them."""

from dependency_injector import providers


class Calculator:
    def __init__(self, start):
        self.start = start

    def plus(self, number, *, times=1):
        return self.start + number * times


calculator = providers.Factory(Calculator, 10)
total = calculator.provided.plus.call(providers.Object(2), times=providers.Callable(int, "3"))
print(total())
print(calculator.provided.plus.call(1)(times=5))
print(calculator.provided.plus.call()(4))
