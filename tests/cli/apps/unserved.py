"""Applications that ask for what is not there: found where they are served, not where they are imported."""

from typing import Annotated

from tenure import Container, Inject, inject
from tenure.ext import asgi, wsgi


class Shelf:
    """Cannot be made: nobody says how long it is."""

    def __init__(self, length: int): ...


class Stock:
    """Has to be awaited."""


async def count() -> Stock:
    """Make it."""
    return Stock()


@inject
async def show(shelf: Annotated[Shelf, Inject()]) -> None:
    """Ask for what cannot be made."""


async def forgotten(stock: Stock = Inject[Stock]) -> None:
    """Be marked, and not under `@inject`."""


async def app(scope, receive, send) -> None:
    """Serve nothing."""


def plain(environ, start_response):
    """Serve nothing, without an event loop."""


@inject
def take(stock: Annotated[Stock, Inject()]) -> None:
    """Ask, without an event loop, for what has to be awaited."""


container = Container()
container.bind(count, scope="request")
served = asgi.setup(app, container, handlers=[show, forgotten])


def wired():
    """Make a container that its application refuses."""
    made = Container()
    made.bind(count, scope="request")
    wsgi.setup(plain, made, handlers=[take])
    return made
