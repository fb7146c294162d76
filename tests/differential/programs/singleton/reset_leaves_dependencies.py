"""A plain reset leaves the dependencies' objects, a full reset makes all anew."""

from dependency_injector import providers


class Service:
    def __init__(self, client, pool):
        self.client = client
        self.pool = pool


client = providers.Singleton(object)
pool = providers.Singleton(list)
service = providers.Singleton(Service, client, pool=pool)

first = service()
service.reset()
second = service()
print(first is second, first.client is second.client, first.pool is second.pool)
service.full_reset()
third = service()
print(third is second, third.client is second.client, third.pool is second.pool)
