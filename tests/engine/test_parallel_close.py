"""What was opened at the same time is closed at the same time, dependents first (L18, L22)."""

import pytest
import trio

from tenure import Container, resource
from tenure.errors import CloseError
from tests.engine.support import Fault
from tests.engine.test_start import at, timed, virtually


def life(container, log, starts=True):
    async def main():
        if starts:
            await container.start()
        else:
            for key in [binding.key for binding in container.engine.graph][1:]:
                await container.aget(key)
        log.append(("began", "", trio.current_time()))
        await container.aclose()
        log.append(("ended", "", trio.current_time()))

    return main


def took(log):
    return at(log, "ended", "") - at(log, "began", "")


def order(log):
    return [name for act, name, _ in log if act == "close"]


def test_the_makespan_is_that_of_the_critical_path():
    """L22: independent closings overlap: it takes as long as the longest chain, and no dependency closes early."""
    log, container = [], Container()
    a = timed(container, log, "A", closes=1)
    b = timed(container, log, "B", closes=2)
    c = timed(container, log, "C", a, closes=5)
    timed(container, log, "D", b, c, closes=1)
    timed(container, log, "E", closes=4)

    virtually(life(container, log))

    assert took(log) == pytest.approx(1 + 5 + 1)
    assert at(log, "close", "E") == at(log, "close", "D") == at(log, "began", "")
    assert at(log, "close", "B") == at(log, "close", "C") == at(log, "closed", "D")
    assert at(log, "close", "A") == at(log, "closed", "C")


def test_objects_with_methods_close_at_the_same_time():
    """L22: so it is with objects that have initialize and dispose, which several scopes may hold."""
    log, container = [], Container()

    def declared(name):
        @resource(scope="singleton")
        class Client:
            async def initialize(self):
                log.append(("open", name, trio.current_time()))

            async def dispose(self):
                log.append(("close", name, trio.current_time()))
                await trio.sleep(3)

        return Client

    for name in "ABC":
        container.bind(declared(name))

    virtually(life(container, log))

    assert took(log) == pytest.approx(3)
    assert sorted(order(log)) == ["A", "B", "C"]


@pytest.mark.parametrize(("limit", "expected"), [(1, 12), (2, 6), (5, 3), (None, 1)])
def test_at_most_max_parallel(limit, expected):
    """L22: at most max_parallel close at a time."""
    log, container = [], Container(max_parallel=limit)
    for number in range(12):
        timed(container, log, f"R{number}", opens=0, closes=1)

    virtually(life(container, log))

    running = most = 0
    for act, _, _ in log:
        running += (act == "close") - (act == "closed")
        most = max(most, running)
    assert most == (limit or 12)
    assert took(log) == pytest.approx(expected)


def test_what_was_opened_one_by_one_closes_one_by_one():
    """L19: what is opened later may use what is there already without saying so, and is closed first."""
    log, container = [], Container()
    for name in "ABC":
        timed(container, log, name, closes=2)

    virtually(life(container, log, starts=False))

    assert order(log) == ["C", "B", "A"]
    assert took(log) == pytest.approx(6)


def test_a_start_between_two_gets():
    """L19, L22: before, at the same time, after: the closing mirrors the opening."""
    log, container = [], Container()
    first = timed(container, log, "first", closes=1)
    some = [timed(container, log, name, closes=1) for name in "ABC"]
    last = timed(container, log, "last", closes=1)

    async def main():
        await container.aget(first)
        await container.start(*some)
        await container.aget(last)
        await container.aclose()
        log.append(("ended", "", trio.current_time()))

    virtually(main)

    assert order(log)[0] == "last"
    assert order(log)[-1] == "first"
    assert at(log, "ended", "") - at(log, "close", "last") == pytest.approx(3)


@pytest.mark.parametrize("limit", [None, 2, 1])
def test_hung_ones_share_their_waiting(limit):
    """L61: limits count from when a closing begins; hung ones keep nobody from closing, however few may close."""
    log, container = [], Container(close_timeout=10, max_parallel=limit)
    for number in range(4):
        timed(container, log, f"hung{number}", opens=0, closes=1000)
    below = timed(container, log, "below", opens=0, closes=1)
    timed(container, log, "above", below, opens=0, closes=1000)

    with pytest.raises(CloseError) as caught:
        virtually(life(container, log))

    assert len(caught.value.exceptions) == 5
    assert ("closed", "below") in [(act, name) for act, name, _ in log]
    assert sorted(order(log)) == ["above", "below", "hung0", "hung1", "hung2", "hung3"]


def test_errors_stand_in_order():
    """L23, L24: every error is told, whichever came first."""
    container = Container()
    errors = {name: Fault(name) for name in "ABC"}

    def failing(name, seconds):
        @resource(scope="singleton")
        async def open_():
            yield name
            await trio.sleep(seconds)
            raise errors[name]

        return open_

    for name, seconds in (("A", 3), ("B", 1), ("C", 2)):
        container.bind(name, failing(name, seconds))

    with pytest.raises(CloseError) as caught:
        virtually(life(container, []))

    assert set(caught.value.exceptions) == set(errors.values())


@pytest.mark.worlds("asyncio", "trio")
async def test_a_scope_that_was_started(world):
    """L22: a scope closes what its own start opened at the same time, at the same time."""
    container, log = Container(), []
    gates = {name: world.event() for name in "AB"}

    def waiting(name):
        @resource(scope="request", shield=True)
        async def open_():
            yield name
            log.append(f"close {name}")
            gates[name].set()
            await gates["B" if name == "A" else "A"].wait()
            log.append(f"closed {name}")

        return open_

    for name in "AB":
        container.bind(name, waiting(name))

    async with container.resource_scope() as scope:
        await scope.start("A", "B")

    assert sorted(log[:2]) == ["close A", "close B"]
    assert len(log) == 4
