"""An application on a container, of no framework: what it is given, and what asks for it."""

from collections.abc import Iterator
from typing import Annotated

from tenure import Container, Inject, inject, worker
from tenure.ext.asgi import Connection, setup


class Accounts:
    def __init__(self): ...


class Audit: ...


class Orders: ...


class Reports: ...


class Cart: ...


class Ledger: ...


class Clock: ...


class Mail: ...


class Nobody: ...


class Receipt: ...


class Annotation: ...


def open_ledger(clock: Clock) -> Iterator[Ledger]:
    """Make by hand what nobody asks for."""
    print(Receipt())
    try:
        yield Ledger()
    finally:
        pass


@worker
async def deliver(mail: Mail) -> None:
    """Run by itself."""


@inject
async def handler(request: Annotated[Connection, Inject()], accounts: Annotated[Accounts, Inject()]) -> None:
    """Be called for a request."""


class Views:
    """Methods ask as well."""

    @inject
    def get(self, orders: Annotated[Orders, Inject()]) -> None:
        """Be called by somebody who is not known."""

    def count(self, annotation: Annotation) -> None:
        """Ask for nothing: it is no injected function, and no main."""


async def app(scope, receive, send) -> None:
    """Ask the container itself."""
    async with container.resource_scope() as within:
        for key in (Reports,):
            await within.aget(key)
        await within.aget("cart")


def main(ledger: "Ledger") -> None:
    """Be run by `tenure run`."""


def make_app():
    """Make an application, for a server that calls this."""
    return served


def make_task():
    """Make an injected function that no module has."""

    @inject
    def task(audit: Audit = Inject[Audit]) -> None: ...

    return task


task = [make_task()]
container = Container()
for each in (Accounts, Audit, Orders, Clock, Mail):
    container.bind(each, scope="singleton")
container.bind(open_ledger, scope="singleton")
container.bind(deliver)
container.bind(Reports, scope="request")
container.bind("cart", Cart, scope="request")
container.bind(Nobody, scope="request")
container.bind(Receipt)
container.bind(Annotation)
served = setup(app, container, handlers=[handler])
