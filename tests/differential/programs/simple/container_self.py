"""A container's own provider gives the container it belongs to."""

from dependency_injector import containers, providers


class Shop(containers.DeclarativeContainer):
    __self__ = providers.Self()

    name = providers.Object("corner")
    describe = providers.Callable(lambda shop: shop.name(), __self__)
    hold = providers.Singleton(dict, shop=__self__)


shop, other = Shop(), Shop()
other.name.override("market")
print(shop.describe(), other.describe())
print(shop.hold()["shop"] is shop, other.__self__() is other, Shop.__self__() is Shop)
