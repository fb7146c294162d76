"""Time limits and retries, on a virtual clock where the library has one (L60-L62, L65)."""

import asyncio
import contextlib
import itertools
import threading

import pytest
import trio
import trio.testing

from tenure import Container, Retry, resource
from tenure.errors import BindingError, CloseError, ResourceTimeoutError, closing_errors
from tests.engine.support import AsyncioWorld, Fault, TrioWorld

ASYNC = pytest.mark.worlds("asyncio", "trio")


def virtual(function):
    """Run an asynchronous test on trio's virtual clock, which jumps to the next deadline when everybody waits."""

    def test(story):
        clock = trio.testing.MockClock(autojump_threshold=0)
        TrioWorld().run(lambda: function(story), clock=clock)

    test.__name__, test.__doc__ = function.__name__, function.__doc__
    return test


def slow_to_open(seconds, log, name="slow"):
    async def slow():
        try:
            await trio.sleep(seconds)
        except trio.Cancelled:
            log.append(f"cancelled {name}")
            raise
        log.append(f"open {name}")
        try:
            yield name
        finally:
            log.append(f"close {name}")

    return slow


def slow_to_close(seconds, log, name="slow"):
    async def slow():
        log.append(f"open {name}")
        try:
            yield name
        finally:
            log.append(f"close {name}")
            try:
                await trio.sleep(seconds)
            except trio.Cancelled:
                log.append(f"cancelled {name}")
                raise
            log.append(f"closed {name}")

    return slow


@virtual
async def test_open_timeout(story):
    """L60: an opening is cancelled at its limit; the error names the culprit and the limit; nothing is owed."""
    container = Container()
    a = story.add(container, "A", scope="singleton")

    async def slow(need: a):
        await trio.sleep(100)
        yield "slow"

    container.bind("slow", resource(scope="singleton", open_timeout=5)(slow))
    began = trio.current_time()
    with pytest.raises(ResourceTimeoutError, match="slow") as caught:
        await container.start()
    elapsed = trio.current_time() - began
    await container.aclose()

    assert elapsed == pytest.approx(5)
    assert (caught.value.phase, caught.value.limit_s) == ("open", 5)
    assert isinstance(caught.value, TimeoutError)
    assert story.log == ["open A", "close A"]


@virtual
async def test_open_timeout_inline(story):
    """L60: the limit holds as well for what opens in the task of a request."""
    container = Container()
    container.bind("slow", resource(open_timeout=5)(slow_to_open(100, story.log)))

    async with container.resource_scope():
        with pytest.raises(ResourceTimeoutError):
            await container.aget("slow")

    assert story.log == ["cancelled slow"]


@virtual
async def test_in_time(story):
    """L60: an opening just within its limit is none of its business."""
    container = Container()
    container.bind("slow", resource(open_timeout=5, close_timeout=5)(slow_to_open(4.9, story.log)))

    async with container.resource_scope():
        assert await container.aget("slow") == "slow"

    assert story.log == ["open slow", "close slow"]


@virtual
async def test_the_limit_is_of_one_opening(story):
    """L60: waiting for what a resource needs does not count for its own limit."""
    container = Container()
    first = type("First", (), {})

    async def opened():
        await trio.sleep(8)
        yield first()

    async def second(need: first):
        await trio.sleep(3)
        yield "second"

    container.bind(first, resource(scope="singleton")(opened))
    container.bind("second", resource(scope="singleton", open_timeout=5)(second))
    async with container:
        assert await container.aget("second") == "second"


@virtual
async def test_close_timeout_at_shutdown(story):
    """L61: a hung closing is abandoned at its limit and reported; the others close, with budgets of their own."""
    container = Container(close_timeout=10)
    a = story.add(container, "A", kind="async generator", scope="singleton")
    container.bind("hung", resource(scope="singleton")(slow_to_close(1000, story.log, "hung")))
    container.bind("slow", resource(scope="singleton")(slow_to_close(9, story.log, "slow")))
    container.bind("own", resource(scope="singleton", close_timeout=2)(slow_to_close(1000, story.log, "own")))
    await container.aget(a)
    for name in ("hung", "slow", "own"):
        await container.aget(name)

    began = trio.current_time()
    with pytest.raises(CloseError) as caught:
        await container.aclose()
    elapsed = trio.current_time() - began
    await trio.sleep(0)

    assert elapsed == pytest.approx(2 + 9 + 10)
    assert [(error.label, error.limit_s) for error in caught.value.exceptions] == [("'own'", 2), ("'hung'", 10)]
    assert "closed slow" in story.log
    assert story.closes[-1] == "A"
    assert story.finished == ["A"]


@virtual
async def test_no_close_timeout(story):
    """Section 9: close_timeout=None sets no limit."""
    container = Container(close_timeout=None)
    container.bind("slow", resource(scope="singleton")(slow_to_close(1e5, story.log)))
    await container.aget("slow")
    await container.aclose()

    assert story.log == ["open slow", "close slow", "closed slow"]


@virtual
async def test_a_request_has_no_default_limit(story):
    """Section 9: the container's default is for what the root owns; a request's resource has the limit it declares."""
    container = Container(close_timeout=10)
    container.bind("slow", resource(slow_to_close(1000, story.log)))
    container.bind("own", resource(close_timeout=3)(slow_to_close(1000, story.log, "own")))
    began = trio.current_time()

    with pytest.raises(CloseError) as caught:
        async with container.resource_scope():
            await container.aget("slow")
            await container.aget("own")
    elapsed = trio.current_time() - began

    assert elapsed == pytest.approx(1003)
    assert [error.label for error in caught.value.exceptions] == ["'own'"]
    assert story.log[2] == "close own"
    assert sorted(story.log[3:]) == ["cancelled own", "close slow", "closed slow"]


@virtual
async def test_what_is_cut_off_keeps_to_the_limit_of_the_container(story):
    """L62: a closing that hangs in a scope that the container cuts off is given up; everything else closes."""
    container = Container(close_timeout=10)
    container.bind("hung", resource(slow_to_close(1e5, story.log, "hung")))
    a = story.add(container, "A", kind="async generator", scope="singleton")
    are_in, told = trio.Event(), []

    async def request():
        try:
            async with container.resource_scope() as scope:
                await scope.aget(a)
                await scope.aget("hung")
                are_in.set()
                await trio.sleep_forever()
        except BaseException as error:
            told.append(type(error))
            raise

    async with trio.open_nursery() as nursery:
        nursery.start_soon(request)
        await are_in.wait()
        began = trio.current_time()
        with pytest.raises(CloseError) as caught:
            await container.aclose()
        elapsed = trio.current_time() - began
        nursery.cancel_scope.cancel()

    assert elapsed == pytest.approx(10)
    assert [error.label for error in caught.value.exceptions] == ["'hung'"]
    assert story.finished == ["A"]
    assert told == [trio.Cancelled]


@virtual
async def test_an_abandoned_closing_and_its_needs(story):
    """L61: what an abandoned resource needs is closed all the same, after it."""
    container = Container()
    a = story.add(container, "A", kind="async generator", scope="singleton")

    async def hung(need: a):
        yield "hung"
        await trio.sleep_forever()

    events = []
    container.observe(lambda event: events.append((type(event).__name__, getattr(event, "label", None))))
    container.bind("hung", resource(scope="singleton", close_timeout=1)(hung))
    await container.aget("hung")
    with pytest.raises(CloseError):
        await container.aclose()

    assert story.finished == ["A"]
    assert ("Abandoned", "'hung'") in events


@virtual
async def test_the_body_error_and_a_hung_closing(story):
    """L25, L61: the body's error leaves as itself, the abandoned closing travels with it."""
    container = Container()
    container.bind("hung", resource(scope="singleton", close_timeout=1)(slow_to_close(100, story.log)))
    error = Fault("body")

    with pytest.raises(Fault) as caught:
        async with container:
            raise error

    assert caught.value is error
    assert [type(each) for each in closing_errors(error)] == [ResourceTimeoutError]


@ASYNC
@pytest.mark.parametrize("where", ["root", "scope"])
async def test_limits_on_both_libraries(world, story, where):
    """L60, L61: asyncio keeps the limits as trio does."""
    container = Container()
    lifetime = "singleton" if where == "root" else "request"

    @resource(scope=lifetime, open_timeout=0.001)
    async def never_open():
        await world.forever()
        yield

    @resource(scope=lifetime, close_timeout=0.001)
    async def never_closed():
        yield "value"
        await world.forever()

    container.bind("never open", never_open)
    container.bind("never closed", never_closed)
    a = story.add(container, "A", kind="async generator", scope=lifetime)

    with pytest.raises(CloseError) as caught:
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(container.resource_scope())
            stack.push_async_callback(container.aclose) if where == "root" else None
            await container.aget(a)
            await container.aget("never closed")
            with pytest.raises(ResourceTimeoutError):
                await container.aget("never open")

    assert [error.label for error in caught.value.exceptions] == ["'never closed'"]
    assert story.log == ["open A", "close A"]
    if world.name == "asyncio":
        assert asyncio.current_task().cancelling() == 0


@ASYNC
async def test_a_timeout_error_of_the_users_is_the_users(world):
    """L60: a TimeoutError that the opening code raises itself is not taken for the limit."""
    container = Container()
    error = TimeoutError("mine")

    @resource(open_timeout=5)
    async def opened():
        await world.checkpoint()
        raise error
        yield

    container.bind("r", opened)
    async with container.resource_scope():
        with pytest.raises(TimeoutError) as caught:
            await container.aget("r")

    assert caught.value is error


async def test_a_hung_plain_closing(world, story):
    """L62: a synchronous closing with a limit of its own is abandoned on a daemon thread; the others close."""
    container = Container()
    gate = threading.Event()
    a = story.add(container, "A", scope="singleton")

    @resource(scope="singleton", close_timeout=0.01)
    def hung():
        yield "hung"
        gate.wait(5)

    container.bind("hung", hung)
    await world.get(container, a)
    await world.get(container, "hung")
    with pytest.raises(CloseError) as caught:
        await world.close(container)
    thread = next(thread for thread in threading.enumerate() if thread.name == "tenure close")
    is_daemon = thread.daemon
    gate.set()
    thread.join(5)

    assert is_daemon
    assert isinstance(caught.value.exceptions[0], ResourceTimeoutError)
    assert story.log == ["open A", "close A"]


async def test_a_plain_closing_stays_on_its_thread(world, story):
    """L44: without a limit of its own a synchronous closing runs where its scope is left, whatever the default."""
    container = Container(close_timeout=5)
    threads = []

    @resource(scope="singleton")
    def bound():
        threads.append(threading.get_ident())
        yield "value"
        threads.append(threading.get_ident())

    container.bind("bound", bound)
    async with world.inside(container):
        await world.get(container, "bound")

    assert set(threads) == {threading.get_ident()}


@pytest.mark.parametrize("options", [{"open_timeout": 0}, {"close_timeout": -1}])
def test_limits_are_checked(options):
    """Section 4: limits are seconds > 0."""
    with pytest.raises(BindingError, match="> 0"):
        resource(**options)
    with pytest.raises(BindingError):
        Container(close_timeout=0)


# retry


def failing_first(n_failures, log, error=None):
    error = error or Fault("not yet")
    state = {"attempt": 0}

    def target():
        state["attempt"] += 1
        log.append(f"attempt {state['attempt']}")
        if state["attempt"] <= n_failures:
            raise error
        try:
            yield "value"
        finally:
            log.append("close")

    async def atarget():
        await asyncio.sleep(0) if not trio.lowlevel.in_trio_run() else await trio.sleep(0)
        for each in target():
            yield each

    return target, atarget


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("scope", ["singleton", None])
async def test_retry(world, is_async, scope):
    """L65: an opening that fails is tried again up to its number of attempts; each is told."""
    if is_async and not world.is_async:
        pytest.skip("needs a loop")
    log, events = [], []
    container = Container(observers=[lambda event: events.append(event)])
    target = failing_first(2, log)[is_async]
    container.bind("r", resource(scope=scope, retry=Retry(attempts=3, backoff=0, jitter=0))(target))

    async with world.inside(container), world.inside(container.resource_scope()):
        assert await world.get(container, "r") == "value"

    retried = [event for event in events if type(event).__name__ == "OpenRetried"]
    assert log == ["attempt 1", "attempt 2", "attempt 3", "close"]
    assert [event.attempt for event in retried] == [1, 2]
    assert [type(event).__name__ for event in events].count("Opening") == 1


@pytest.mark.parametrize("is_async", [False, True])
async def test_retry_gives_up(world, is_async):
    """L65: after the last attempt its error leaves as itself."""
    if is_async and not world.is_async:
        pytest.skip("needs a loop")
    log, error = [], Fault("always")
    container = Container()
    target = failing_first(9, log, error)[is_async]
    container.bind("r", resource(retry=Retry(attempts=3, backoff=0))(target))

    async with world.inside(container.resource_scope()):
        with pytest.raises(Fault) as caught:
            await world.get(container, "r")

    assert caught.value is error
    assert log == ["attempt 1", "attempt 2", "attempt 3"]


async def test_retry_only_on(world):
    """L65: an error that is not worth another attempt leaves at once."""
    log = []
    container = Container()
    target = failing_first(1, log, Fault("no"))[0]
    container.bind("r", resource(retry=Retry(attempts=3, backoff=0, on=OSError))(target))

    async with world.inside(container.resource_scope()):
        with pytest.raises(Fault):
            await world.get(container, "r")

    assert log == ["attempt 1"]


async def test_what_it_needs_is_opened_once(world, story):
    """L65: attempts share what the resource needs; it is not opened again for each."""
    container = Container()
    a = story.add(container, "A", scope="transient")
    attempts = []

    def opened(need: a):
        attempts.append(need)
        if len(attempts) < 3:
            raise Fault("not yet")
        yield need

    container.bind("r", resource(retry=Retry(attempts=3, backoff=0))(opened))
    async with world.inside(container.resource_scope()):
        await world.get(container, "r")

    assert len({id(each) for each in attempts}) == 1
    assert story.log == ["open A", "close A"]


@virtual
async def test_back_off(story):
    """L65: delays grow by the factor, up to the bound."""
    log, times = [], []
    container = Container()

    async def opened():
        times.append(trio.current_time())
        raise Fault("always")
        yield

    retry = Retry(attempts=5, backoff=1, growth=3, max_delay=5, jitter=0)
    container.bind("r", resource(retry=retry)(opened))
    async with container.resource_scope():
        with pytest.raises(Fault):
            await container.aget("r")

    assert [round(b - a, 6) for a, b in itertools.pairwise(times)] == [1, 3, 5, 5]
    assert log == []


@virtual
async def test_a_cancel_during_back_off(story):
    """L65: a cancel stops the retries at once, also between two attempts."""
    attempts = []
    container = Container()

    async def opened():
        attempts.append(trio.current_time())
        raise Fault("always")
        yield

    container.bind("r", resource(retry=Retry(attempts=5, backoff=10, jitter=0))(opened))
    async with container.resource_scope():
        with trio.move_on_after(15) as scope:
            await container.aget("r")

    assert scope.cancelled_caught
    assert len(attempts) == 2
    assert trio.current_time() - attempts[0] == pytest.approx(15)


@virtual
async def test_each_attempt_has_its_own_limit(story):
    """Section 4: open_timeout is for one attempt."""
    container = Container()
    times = []

    async def opened():
        times.append(trio.current_time())
        if len(times) < 3:
            await trio.sleep(100)
        yield "value"

    options = {"open_timeout": 2, "retry": Retry(attempts=3, backoff=1, growth=1, jitter=0)}
    container.bind("r", resource(scope="singleton", **options)(opened))
    async with container:
        assert await container.aget("r") == "value"

    assert [round(time - times[0], 6) for time in times] == [0, 3, 6]


@virtual
async def test_retry_and_the_start_of_others(story):
    """L63, L65: a resource that backs off does not hold up the others."""
    container = Container()
    attempts = []

    async def opened():
        attempts.append(1)
        if len(attempts) < 3:
            raise Fault("not yet")
        yield "value"

    container.bind("r", resource(scope="singleton", retry=Retry(attempts=3, backoff=5, growth=1, jitter=0))(opened))
    container.bind("slow", resource(scope="singleton")(slow_to_open(10, story.log)))
    began = trio.current_time()
    async with container:
        assert trio.current_time() - began == pytest.approx(10)


@pytest.mark.parametrize(
    "options",
    [{"attempts": 0}, {"backoff": -1}, {"growth": 0.5}, {"jitter": 2}, {"total": 0}, {"max_delay": -1}],
)
def test_retry_is_checked(options):
    """Section 4: what a Retry is given is checked when it is made."""
    with pytest.raises(BindingError, match="must"):
        Retry(**options)


def test_worlds_are_there():
    """The worlds of these tests are those of the library."""
    assert (AsyncioWorld.name, TrioWorld.name) == ("asyncio", "trio")


@virtual
async def test_a_limit_on_what_holds_a_nursery(story):
    """L52, L60: a resource with a limit may hold a nursery across its `yield`, as one without may."""
    for lifetime in ("singleton", "request"):
        container = Container()

        async def holder():
            async with trio.open_nursery() as nursery:
                nursery.start_soon(worker)
                yield nursery
                nursery.cancel_scope.cancel()
            story.log.append("close")

        async def worker():
            await trio.sleep(50)  # longer than the limit, which is that of the opening alone
            story.log.append("worked")
            await trio.sleep_forever()

        container.bind("holder", resource(scope=lifetime, open_timeout=5)(holder))
        async with container, container.resource_scope() as inner:
            assert isinstance(await inner.aget("holder"), trio.Nursery)
            await trio.sleep(60)

    assert story.log == ["worked", "close"] * 2


@virtual
async def test_a_limit_with_a_nursery_passes(story):
    """L60: the opening that holds one ends at its limit all the same."""
    container = Container()

    async def holder():
        async with trio.open_nursery():
            await trio.sleep_forever()
        yield "never"

    container.bind("holder", resource(scope="singleton", open_timeout=5)(holder))
    began = trio.current_time()
    with pytest.raises(ResourceTimeoutError):
        await container.aget("holder")

    assert trio.current_time() - began == pytest.approx(5)
    await container.aclose()
