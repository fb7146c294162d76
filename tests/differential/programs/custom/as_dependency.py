"""A provider of one's own is a dependency like any other."""

from dependency_injector import providers


class Sequence(providers.Provider):
    def __init__(self):
        self.last = 0
        super().__init__()

    def _provide(self, args, kwargs):
        self.last += 1
        return self.last


number = Sequence()
invoice = providers.Factory(dict, number=number)
single = providers.Singleton(dict, number=number)
print(invoice(), invoice(), single(), single(), number())
print(providers.is_provider(number), number.provided is not None, number.provider() is number)
