"""A container's own provider may go by other names too."""

from dependency_injector import containers, providers


class Shop(containers.DeclarativeContainer):
    this = providers.Self()
    again = this
    owner = providers.Factory(dict, shop=this)


shop = Shop()
print(shop.this() is shop, shop.again() is shop, shop.__self__() is shop)
print(sorted(shop.__self__.alt_names))
print(shop.owner()["shop"] is shop)
print(sorted(shop.providers))
