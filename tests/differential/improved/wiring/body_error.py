"""
A resource of a call is shown the error that the call ended with.

theirs:
    begin
    commit
ours:
    begin
    rollback
"""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject


def transaction():
    print("begin")
    try:
        yield "transaction"
    except LookupError:
        print("rollback")
        raise
    print("commit")


class App(containers.DeclarativeContainer):
    transaction = providers.Resource(transaction)


@inject
def work(transaction=Closing[Provide[App.transaction]]):
    raise LookupError("no such row")


app = App()
app.wire([__name__])
try:
    work()
except LookupError:
    app.unwire()
