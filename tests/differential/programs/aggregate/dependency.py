"""An aggregate is injected as itself, as a table of providers."""

from dependency_injector import providers

choice = providers.Aggregate(a=providers.Object(1))
owner = providers.Factory(dict, choose=choice.provider)
print(owner()["choose"]("a"))
print(providers.Factory(dict, table=choice)()["table"] is choice)
