"""A singleton's attributes are set once, with providers resolved."""

from dependency_injector import providers


class Player:
    pass


player = providers.Singleton(Player)
player.add_attributes(name="ann", inventory=providers.Factory(list, "ab"))
made = player()
made.name = "bob"
print(player().name, player().inventory)
player.clear_attributes()
player.reset()
print(hasattr(player(), "name"))
