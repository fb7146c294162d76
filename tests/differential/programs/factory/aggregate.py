"""A factory aggregate chooses a factory by the first argument of the call."""

from dependency_injector import errors, providers


class Game:
    def __init__(self, player, level=1):
        self.player = player
        self.level = level


class Chess(Game):
    pass


class Draughts(Game):
    pass


games = providers.FactoryAggregate(chess=providers.Factory(Chess), draughts=providers.Factory(Draughts, level=2))

made = games("chess", "ann")
print(type(made).__name__, made.player, made.level)
made = games("draughts", "bob", level=5)
print(type(made).__name__, made.player, made.level)
print(type(games.chess("eve")).__name__, sorted(games.factories))
try:
    games("poker")
except errors.NoSuchProviderError:
    print("no such provider")
print(hasattr(games, "poker"))
