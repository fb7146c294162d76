"""What applications call, as checks see it before any of them has started."""

import gc
import weakref
from typing import Annotated

import pytest

from tenure import Container, Inject, inject
from tenure.ext import asgi, wsgi
from tenure.hosting.life import hosting
from tenure.hosting.looking import expect_applications


class Stock: ...


class Shelf:
    def __init__(self, length: int): ...


class Route:
    def __init__(self, endpoint):
        self.endpoint = endpoint


class App:
    """An application of ASGI that learns its routes late."""

    def __init__(self):
        self.routes = []

    async def __call__(self, scope, receive, send): ...


@pytest.fixture
def container():
    container = Container()
    container.bind(Stock)
    return container


def test_routes_that_are_added_after_setup(container):
    """They are asked for when it is looked, each function once."""
    app = App()
    served = asgi.setup(app, container)

    @inject
    async def route(stock: Annotated[Stock, Inject()]): ...

    app.routes.append(Route(route))
    before = container.findings()
    told = [expect_applications(container) for _ in range(2)]

    assert [each.key for each in before] == [Stock]
    assert told == [([], False), ([], False)]
    assert container.findings() == ()
    assert served is not None


def test_what_is_not_bound(container):
    """It is a finding of the container, at the function."""

    @inject
    async def route(shelf: Annotated[Shelf, Inject()]): ...

    served = asgi.setup(App(), container, handlers=[route])
    expect_applications(container)

    (finding, _) = container.findings()
    assert (finding.level, finding.kind, finding.key) == ("error", "uninjectable", Shelf)
    assert served is not None


def test_what_nothing_fills_in(container):
    """It is found, where the start would refuse it; those beside it are told all the same."""

    async def forgotten(stock: Stock = Inject[Stock]): ...

    @inject
    async def route(stock: Annotated[Stock, Inject()]): ...

    served = asgi.setup(App(), container, handlers=[forgotten, route])
    (finding,), _ = expect_applications(container)

    assert (finding.level, finding.kind) == ("error", "not-injected")
    assert "parameter 'stock'" in finding.text
    assert finding.where is not None
    assert finding.where.endswith(f"test_looking.py:{forgotten.__code__.co_firstlineno}")
    assert container.findings() == ()
    assert served is not None


def test_what_is_marked_by_its_annotation_alone(container):
    """A framework may take such a parameter for one of its own, so it is found as one with a default is."""

    async def forgotten(text: str, stock: Annotated[Stock, Inject()]): ...

    async def postponed(stock: "Annotated[Stock, Inject()]"): ...

    async def unknown(stock: "Annotated[Nowhere, 1]"): ...  # noqa: F821 - nobody knows what it is

    served = asgi.setup(App(), container, handlers=[forgotten, postponed, unknown])
    found, _ = expect_applications(container)

    way_out = "and nothing fills it in; put @inject under the decorator of the route"
    assert [each.kind for each in found] == ["not-injected"] * 2
    assert [each.text.partition(" of ")[0] for each in found] == ["parameter 'stock'"] * 2
    assert all(each.text.endswith(f" is Annotated[Stock, Inject()], {way_out}") for each in found)
    assert served is not None


def test_without_a_loop(container):
    """An application of WSGI says that nothing can be awaited."""
    served = wsgi.setup(lambda environ, start: [], container)

    assert expect_applications(container) == ([], True)
    assert served is not None


def test_no_application(container):
    """There is nothing to say; of what serves none neither."""
    assert expect_applications(container) == ([], False)
    assert expect_applications(object()) == ([], False)


def test_neither_is_kept(container):
    """An application goes when it is dropped, and so does its container: what is remembered holds neither."""
    app = App()
    served = asgi.setup(app, container)
    there = weakref.ref(app)
    assert len(hosting(container).calls()) == 1

    del app, served
    gc.collect()

    assert there() is None
    assert hosting(container).calls() == []


def test_the_container_is_not_kept():
    """Also where the application leads to it."""
    container, app = Container(), App()
    app.served = asgi.setup(app, container)
    there = weakref.ref(container)

    del container, app
    gc.collect()

    assert there() is None


def test_an_application_that_is_not_ready(container):
    """A refusal to say what is called, as of a server without services, is left to its start."""
    from tenure.errors import BindingError

    def handlers():
        raise BindingError("no services yet")

    hosting(container).know(handlers)

    assert expect_applications(container) == ([], False)
