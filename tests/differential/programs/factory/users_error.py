"""An exception in the constructor reaches the caller as it is."""

from dependency_injector import providers


class OutOfStockError(Exception):
    pass


def reserve(item):
    raise OutOfStockError(item)


order = providers.Factory(dict, item=providers.Factory(reserve, "lamp"))
order()
