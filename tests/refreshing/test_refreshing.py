"""A value that is renewed in time: on threads, asyncio, uvloop and trio, by a clock that the test moves."""

import threading

import anyio
import pytest
from anyio.lowlevel import checkpoint

from tenure import Container, Refreshing
from tenure.errors import BindingError, LeaseTimeoutError


class Token:
    def __init__(self, number):
        self.number, self.is_open = number, True


class Issuer:
    """Issues tokens, and knows which are open."""

    def __init__(self):
        self.now, self.n, self.log, self.failing = 0.0, 0, [], []
        self.told = []

    def clock(self):
        return self.now

    def _next(self):
        if self.failing:
            raise self.failing.pop()
        self.n += 1
        self.log.append(f"+{self.n}")
        return Token(self.n)

    def _end(self, token):
        assert token.is_open
        token.is_open = False
        self.log.append(f"-{token.number}")

    def token(self):
        token = self._next()
        yield token
        self._end(token)

    async def atoken(self):
        token = self._next()
        yield token
        self._end(token)

    def refreshing(self, factory, **options):
        said = {"lifetime_s": 100, "clock": self.clock, "background": False, "on_failure": self.told.append}
        return Refreshing(factory, **(said | options))


@pytest.fixture
def issuer():
    return Issuer()


async def settle():
    for _ in range(20):
        await checkpoint()


# on threads


def test_it_is_made_when_it_is_first_needed(issuer):
    """And is the same until it is time for the next one."""
    with issuer.refreshing(issuer.token) as tokens:
        assert issuer.log == []
        issuer.now = 50.0
        first = tokens.get()
        issuer.now = 139.9
        assert tokens.get() is first
        issuer.now = 140.0
        assert tokens.get() is first  # who asks makes the next one, where nobody does in the background
        assert tokens.get().number == 2

    assert issuer.log == ["+1", "+2", "-1", "-2"]


def test_an_old_lease_keeps_its_value(issuer):
    """It is closed when the lease is left, not before."""
    with issuer.refreshing(issuer.token) as tokens:
        with tokens.lease() as old:
            issuer.now = 95.0
            tokens.get()
            assert tokens.get().number == 2
            assert old.is_open
        assert not old.is_open


def test_a_renewal_that_fails_keeps_the_old_value(issuer):
    """While it is valid; the error is told, and the next attempt comes after a while."""
    with issuer.refreshing(issuer.token) as tokens:
        tokens.get()
        issuer.failing = [OSError("down")]
        issuer.now = 90.0
        assert tokens.get().number == 1
        assert tokens.get().number == 1
        issuer.now = 99.0
        tokens.get()
        assert tokens.get().number == 2

    assert [str(error) for error in issuer.told] == ["down"]
    assert issuer.log == ["+1", "+2", "-1", "-2"]


def test_once_it_has_expired_the_error_leaves(issuer):
    """Nobody gets what is good no longer; the next one tries again."""
    with issuer.refreshing(issuer.token) as tokens:
        tokens.get()
        issuer.failing = [OSError("down")]
        issuer.now = 100.0
        with pytest.raises(OSError, match="down"):
            tokens.get()
        assert tokens.get().number == 2

    assert issuer.told == []


def test_the_lifetime_is_what_the_value_says(issuer):
    """A function of the value gives it; None: it is good for ever."""
    lifetimes = [10.0, None]
    with issuer.refreshing(issuer.token, lifetime_s=lambda _: lifetimes.pop(0)) as tokens:
        assert tokens.get().number == 1
        issuer.now = 10.0
        assert tokens.get().number == 2
        issuer.now = 1e9
        assert tokens.get().number == 2


@pytest.mark.parametrize("lifetime", [0, -1.0])
def test_a_value_that_is_over_already(lifetime, issuer):
    """It is closed and refused."""
    with issuer.refreshing(issuer.token, lifetime_s=lambda _: lifetime) as tokens:
        with pytest.raises(ValueError, match=r"lifetime of .* which is over"):
            tokens.get()

    assert issuer.log == ["+1", "-1"]


def test_renewing_before_it_is_time(issuer):
    """For one that was found not to be accepted any more."""
    with issuer.refreshing(issuer.token) as tokens:
        tokens.get()
        tokens.renew()
        assert tokens.get().number == 2


def test_a_thread_renews_in_time():
    """Ahead of anybody who asks."""
    renewed, numbers = threading.Event(), []

    def token():
        numbers.append(len(numbers) + 1)
        if len(numbers) == 2:
            renewed.set()
        yield numbers[-1]

    with Refreshing(token, lifetime_s=60, renew_before_s=59.99) as tokens:
        assert tokens.get() == 1
        assert renewed.wait(30)


def test_a_token_for_a_scope(issuer):
    """A scope has one and the same for as long as it lasts."""
    container = Container()
    container.bind(Token, issuer.refreshing(issuer.token))
    with container:
        with container.resource_scope() as scope:
            first = scope.get(Token)
            issuer.now = 95.0
            container.get(Refreshing[Token]).get()  # has the next one made
            assert scope.get(Token) is first
            assert first.is_open
        with container.resource_scope() as scope:
            assert scope.get(Token).number == 2

    assert issuer.log == ["+1", "+2", "-1", "-2"]


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda: Refreshing(Token, lifetime_s=None), "lifetime_s"),
        (lambda: Refreshing(Token, lifetime_s=0), "lifetime_s"),
        (lambda: Refreshing(Token, lifetime_s=1, renew_before_s=0), "renew_before_s"),
        (lambda: Refreshing(5, lifetime_s=1), "takes what makes its items"),
        (lambda: Container().bind(Token, Refreshing(Token, lifetime_s=1), scope="singleton"), "belongs to a scope"),
    ],
)
def test_what_cannot_be(wrong, text):
    """It is refused at once."""
    with pytest.raises(BindingError, match=text):
        wrong()


# on event loops


@pytest.mark.anyio
async def test_nobody_waits_for_a_renewal(issuer):
    """It is made aside; who asks meanwhile gets the old one."""
    may_issue = anyio.Event()
    may_issue.set()

    async def token():
        await may_issue.wait()
        async for each in issuer.atoken():
            yield each

    async with issuer.refreshing(token) as tokens:
        assert (await tokens.aget()).number == 1
        may_issue = anyio.Event()
        issuer.now = 95.0
        for _ in range(3):
            assert (await tokens.aget()).number == 1
        await settle()
        may_issue.set()
        await settle()
        assert (await tokens.aget()).number == 2
        await settle()
        assert issuer.log == ["+1", "+2", "-1"]

    assert issuer.log == ["+1", "+2", "-1", "-2"]


@pytest.mark.anyio
async def test_old_leases_drain_on_a_loop(issuer):
    """The old value is open as long as somebody uses it."""
    async with issuer.refreshing(issuer.atoken) as tokens:
        async with tokens.lease() as old:
            issuer.now = 95.0
            await tokens.aget()
            await settle()
            assert (await tokens.aget()).number == 2
            assert old.is_open
        await settle()
        assert not old.is_open


@pytest.mark.anyio
async def test_a_failed_renewal_on_a_loop(issuer):
    """The old value stays."""
    async with issuer.refreshing(issuer.atoken) as tokens:
        await tokens.aget()
        issuer.failing = [OSError("down")]
        issuer.now = 95.0
        await tokens.aget()
        await settle()
        assert (await tokens.aget()).number == 1
        assert [str(error) for error in issuer.told] == ["down"]
        issuer.now = 100.0
        assert (await tokens.aget()).number == 2


@pytest.mark.anyio
async def test_waiting_for_the_first_one_too_long(issuer):
    """It is still being made."""

    async def token():
        await anyio.sleep_forever()
        yield None

    async with Refreshing(token, lifetime_s=1, timeout_s=0.01) as tokens:
        with pytest.raises(LeaseTimeoutError, match="still being made"):
            await tokens.aget()


@pytest.mark.anyio
async def test_a_task_renews_in_time(issuer):
    """Ahead of anybody who asks."""
    async with Refreshing(issuer.atoken, lifetime_s=60, renew_before_s=59.99) as tokens:
        assert (await tokens.aget()).number == 1
        with anyio.fail_after(20):
            while issuer.n < 2:
                await anyio.sleep(0.001)


@pytest.mark.anyio
async def test_a_token_for_a_scope_on_a_loop(issuer):
    """Bound in a container it opens and closes with that."""
    container = Container()
    container.bind(Token, issuer.refreshing(issuer.atoken))
    async with container:
        async with container.resource_scope() as scope:
            assert (await scope.aget(Token)).number == 1
        assert await container.aget(Refreshing[Token]) is not None

    assert issuer.log == ["+1", "-1"]
