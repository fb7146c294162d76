"""A provider of one's own says in `_provide` what it provides."""

from dependency_injector import providers


class Percentage(providers.Provider):
    def __init__(self, whole):
        self.whole = whole
        super().__init__()

    def _provide(self, args, kwargs):
        return sum(args) * 100 / kwargs.get("of", self.whole)


share = Percentage(50)
print(share(5, 20), share(1, of=10))
with share.override(providers.Object("none")):
    print(share(5))
print(share(25))
