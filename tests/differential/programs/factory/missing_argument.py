"""A missing argument is the constructor's own TypeError."""

from dependency_injector import providers


class Address:
    def __init__(self, street, town):
        self.town = town


address = providers.Factory(Address, "Main Street")
print(address("Ghent").town)
address()
