"""Ten thousand resources: everything that is opened is closed, once, in order."""

import asyncio

import pytest
import trio

from tenure import containers, providers
from tests.providers.support import Thing
from tests.scale.support import SHAPES

N = 10_000


class Ordered:
    """
    Checks the order as it happens.

    Attributes:
        open: numbers of what is open.
        n_above: how many open ones need each.
    """

    def __init__(self, shape):
        self.needs = SHAPES[shape]
        self.open = set()
        self.n_opened = 0
        self.n_above = [0] * N

    def opens(self, number):
        for need in self.needs(number):
            assert need in self.open
            self.n_above[need] += 1
        assert number not in self.open
        self.open.add(number)
        self.n_opened += 1

    def closes(self, number):
        assert self.n_above[number] == 0
        self.open.remove(number)
        for need in self.needs(number):
            self.n_above[need] -= 1

    def app(self, initializer):
        made = []
        for i in range(N):
            made.append(providers.Resource(initializer, i, *[made[each] for each in self.needs(i)]))
        fields = {f"p{i}": provider for i, provider in enumerate(made)}
        return type(containers.DeclarativeContainer)("App", (containers.DeclarativeContainer,), fields)()

    def plain(self):
        def opening(number, *needs):
            self.opens(number)
            yield Thing(*needs)
            self.closes(number)

        return self.app(opening)

    def late(self):
        async def opening(number, *needs):
            self.opens(number)
            yield Thing(*needs)
            self.closes(number)

        return self.app(opening)


@pytest.fixture(params=list(SHAPES))
def ordered(request):
    return Ordered(request.param)


@pytest.mark.slow
def test_at_once(ordered):
    """Opened by `init_resources`, closed by `shutdown_resources`."""
    app = ordered.plain()

    app.init_resources()
    assert ordered.n_opened == N
    app.shutdown_resources()

    assert ordered.open == set()


@pytest.mark.slow
@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_with_a_loop(ordered, library):
    """Opened and closed by `async with`."""
    app = ordered.late()

    async def live():
        async with app:
            assert ordered.n_opened == N

    if library == "trio":
        trio.run(live)
    else:
        asyncio.run(live())

    assert ordered.open == set()


@pytest.mark.slow
def test_the_first_one_is_shut_down(ordered):
    """And what depends on it before it; then the rest."""
    app = ordered.plain()
    app.init_resources()

    app.p0.shutdown()
    assert 0 not in ordered.open
    app.shutdown_resources()

    assert ordered.open == set()


@pytest.mark.slow
def test_the_first_one_is_replaced(ordered):
    """What was made of it is set aside, made anew, closed, and back."""
    app = ordered.plain()
    app.init_resources()
    before = app.p9999()
    needs = ordered.needs
    ordered.needs = lambda number: []  # two of a number are open meanwhile
    ordered.opens = ordered.closes = lambda number: None

    with app.p0.override(providers.Object(Thing())):
        app.p9999()

    assert app.p9999() is before
    ordered.needs = needs
    app.shutdown_resources()
