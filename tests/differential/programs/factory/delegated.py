"""A delegated factory is injected as itself, to be called later."""

from dependency_injector import providers


class Ticket:
    pass


class Desk:
    def __init__(self, new_ticket):
        self.new_ticket = new_ticket


ticket = providers.DelegatedFactory(Ticket)
desk = providers.Factory(Desk, new_ticket=ticket)

made = desk()
print(made.new_ticket is ticket)
print(isinstance(made.new_ticket(), Ticket), made.new_ticket() is made.new_ticket())
print(isinstance(ticket(), Ticket), providers.is_delegated(ticket))
