"""A factory passes its positional and keyword arguments each time it is called."""

from dependency_injector import providers


class Invoice:
    def __init__(self, number, currency="EUR", *, due_days):
        self.number = number
        self.currency = currency
        self.due_days = due_days

    def __repr__(self):
        return f"Invoice({self.number}, {self.currency}, {self.due_days})"


invoice = providers.Factory(Invoice, 7, due_days=14)

print(invoice())
print(invoice() is invoice())
print(type(invoice()) is Invoice)
