"""A bound method keeps its object."""

from dependency_injector import providers


class Counter:
    def __init__(self):
        self.total = 0

    def add(self, amount=1):
        self.total += amount
        return self.total


counter = Counter()
add = providers.Callable(counter.add)
add()
add(5)
print(counter.total, add(amount=4))
