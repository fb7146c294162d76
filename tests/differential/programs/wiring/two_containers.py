"""Two containers may each inject a part of one function's arguments."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Provide, inject


class Users(containers.DeclarativeContainer):
    name = providers.Object("ann")


class Orders(containers.DeclarativeContainer):
    item = providers.Object("lamp")


@inject
def order(name=Provide[Users.name], item=Provide[Orders.item]):
    return f"{name} buys {item}"


users, orders = Users(), Orders()
users.wire([__name__])
orders.wire([__name__])
print(order())
users.unwire()
orders.unwire()
