"""`ResourceHealthChecker` asks what is open whether it still answers; here the container is a dictionary."""

import asyncio
import sqlite3
import threading

import anyio
import anyio.to_thread
import pytest

from tenure.observe import ResourceHealthChecker

pytestmark = pytest.mark.anyio


class Holder:
    """Holds open resources by class."""

    def __init__(self, *resources):
        self.resources = {type(resource): resource for resource in resources}

    def get_all_resources(self):
        return self.resources


class Silent:
    """Has nothing to check it by."""


class Healthy:
    async def health_check(self):
        return {"status": "healthy", "load": 0.3}


class Pinged:
    def __init__(self):
        self.n_pings = 0

    async def ping(self):
        self.n_pings += 1


class Executing:
    def __init__(self, error=None):
        self.seen, self.error = [], error

    async def execute(self, query):
        self.seen.append(query)
        if self.error is not None:
            raise self.error


class Getting:
    def __init__(self, error=None):
        self.seen, self.error = [], error

    async def get(self, key):
        self.seen.append(key)
        if self.error is not None:
            raise self.error


class Hanging:
    async def ping(self):
        await anyio.sleep_forever()


async def check(resource, **options):
    return await ResourceHealthChecker(Holder(), **options).check_resource_health(resource)


# Which check.


async def test_a_health_check_speaks_for_itself():
    """What it returns is the status."""
    assert await check(Healthy()) == {"status": "healthy", "load": 0.3}


async def test_a_ping_that_returns_is_health():
    """It is made once."""
    resource = Pinged()

    assert await check(resource) == {"status": "healthy"}
    assert resource.n_pings == 1


async def test_execute_is_given_a_query():
    """`execute` gets "SELECT 1"."""
    resource = Executing()

    assert await check(resource) == {"status": "healthy"}
    assert resource.seen == ["SELECT 1"]


async def test_get_is_given_a_key():
    """`get` gets "health_check_key"."""
    resource = Getting()

    assert await check(resource) == {"status": "healthy"}
    assert resource.seen == ["health_check_key"]


async def test_nothing_to_check_by_is_unknown():
    """The words of the document."""
    assert await check(Silent()) == {"status": "unknown", "message": "No health check available"}


async def test_the_first_check_of_the_class_is_the_only_one():
    """health_check comes before ping, ping before execute, execute before get."""

    class Second(Executing, Getting):
        pass

    class Third(Second, Pinged):
        def __init__(self):
            self.seen, self.error, self.n_pings = [], None, 0

    class Fourth(Third, Healthy):
        pass

    second, third, fourth = Second(), Third(), Fourth()
    await check(second)
    await check(third)

    assert (second.seen, third.seen, third.n_pings) == (["SELECT 1"], [], 1)
    assert await check(fourth) == {"status": "healthy", "load": 0.3}
    assert (fourth.seen, fourth.n_pings) == ([], 0)


async def test_checks_are_looked_up_on_the_class():
    """A client that answers to any attribute is not taken to have them all."""

    class AnswersAnything:
        def __getattr__(self, name):
            raise AssertionError(name)

    assert (await check(AnswersAnything()))["status"] == "unknown"


async def test_the_metaclass_is_not_asked():
    """A method of the class object is no method of the resource."""

    class Meta(type):
        def ping(cls):
            raise AssertionError

    class Made(metaclass=Meta):
        pass

    assert (await check(Made()))["status"] == "unknown"


async def test_a_name_that_is_not_callable_is_no_check():
    """A property or an attribute called `ping` is passed over."""

    class Odd(Getting):
        ping = None
        health_check = property(lambda self: 1 / 0)

    assert await check(Odd()) == {"status": "healthy"}


async def test_a_static_or_class_method_will_do():
    """However the method is bound."""

    class Bound:
        @classmethod
        async def ping(cls):
            return None

    class Static:
        @staticmethod
        def health_check():
            return True

    assert await check(Bound()) == {"status": "healthy"}
    assert await check(Static()) == {"status": "healthy"}


async def test_plain_methods_will_do():
    """A sync resource is checked inline, on the thread of the checker."""
    connection = sqlite3.connect(":memory:")
    assert await check(connection) == {"status": "healthy"}

    connection.close()
    assert await check(connection) == {"status": "unhealthy", "error": "Cannot operate on a closed database."}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (None, {"status": "healthy"}),
        (True, {"status": "healthy"}),
        (False, {"status": "unhealthy", "error": "health_check answered False"}),
        ("degraded", {"status": "degraded"}),
        ({"status": "degraded", "lag": 3}, {"status": "degraded", "lag": 3}),
        ({"lag": 3}, {"status": "healthy", "lag": 3}),
        (17, {"status": "healthy", "answer": 17}),
    ],
)
async def test_whatever_a_health_check_answers_becomes_a_status(answer, status):
    """Every status has a "status"."""

    class Answering:
        async def health_check(self):
            return answer

    assert await check(Answering()) == status


# Bad health.


@pytest.mark.parametrize("name", ["health_check", "ping"])
async def test_a_check_that_raises_is_in_error(name):
    """As in the document: what is made for checking does not raise."""

    async def raises(self):
        raise OSError("no route")

    assert await check(type("Raising", (), {name: raises})()) == {"status": "error", "error": "no route"}


@pytest.mark.parametrize("kind", [Executing, Getting])
async def test_work_that_raises_is_bad_health(kind):
    """As in the document: the resource cannot do what it is for."""
    assert await check(kind(OSError("no route"))) == {"status": "unhealthy", "error": "no route"}


async def test_an_error_without_text_is_named():
    """An empty text would tell nothing."""
    assert await check(Executing(ValueError())) == {"status": "unhealthy", "error": "ValueError"}


async def test_a_late_check_is_bad_health():
    """Its limit is its own, and the text says how long it was."""
    assert await check(Hanging(), timeout_s=0.01) == {"status": "unhealthy", "error": "ping: no answer within 0.01 s"}


async def test_a_late_check_is_cancelled():
    """It is not left running."""
    ended = anyio.Event()

    class Ends:
        async def ping(self):
            try:
                await anyio.sleep_forever()
            finally:
                ended.set()

    await check(Ends(), timeout_s=0.01)

    with anyio.fail_after(5):
        await ended.wait()


async def test_a_check_that_does_not_stop_is_left_behind():
    """The limit holds for a thread that cannot be cancelled as well."""
    go_on = threading.Event()

    class Stubborn:
        async def ping(self):
            await anyio.to_thread.run_sync(go_on.wait)

    try:
        with anyio.fail_after(5):
            status = await check(Stubborn(), timeout_s=0.01)
    finally:
        go_on.set()

    assert status == {"status": "unhealthy", "error": "ping: no answer within 0.01 s"}


async def test_a_timeout_of_its_own_is_an_error_of_its_own():
    """It is not mistaken for the checker's limit."""

    class Impatient:
        async def ping(self):
            raise TimeoutError("server did not answer")

    assert await check(Impatient()) == {"status": "error", "error": "server did not answer"}


@pytest.mark.parametrize("anyio_backend", ["asyncio"])  # a task of trio's cannot be cancelled from elsewhere
async def test_a_check_whose_own_task_was_cancelled_is_in_error():
    """Only a cancellation of the checker itself leaves the checker."""

    class Broken:
        async def ping(self):
            task = asyncio.ensure_future(anyio.sleep_forever())
            task.cancel()
            await task

    assert await check(Broken()) == {"status": "error", "error": "cancelled from elsewhere"}


async def test_a_cancelled_checker_stops():
    """The check goes with it."""
    ended = anyio.Event()
    begun = anyio.Event()

    class Ends:
        async def ping(self):
            begun.set()
            try:
                await anyio.sleep_forever()
            finally:
                ended.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ResourceHealthChecker(Holder(Ends())).check_all_resources)
        await begun.wait()
        tasks.cancel_scope.cancel()

    with anyio.fail_after(5):
        await ended.wait()


async def test_keyboard_interrupt_is_no_status():
    """It leaves as itself."""

    class Interrupted:
        async def ping(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await check(Interrupted())


@pytest.mark.parametrize("timeout_s", [0, -1.0])
async def test_a_limit_of_nothing_is_refused(timeout_s):
    """None waits for ever."""
    with pytest.raises(ValueError, match=f"timeout_s is {timeout_s}, but no check can answer in no time"):
        ResourceHealthChecker(Holder(), timeout_s=timeout_s)


async def test_no_limit():
    """`timeout_s=None` waits for the answer."""
    assert await check(Pinged(), timeout_s=None) == {"status": "healthy"}


# All.


async def test_all_are_named_by_their_class():
    """As in the document."""
    checker = ResourceHealthChecker(Holder(Healthy(), Silent(), Executing(OSError("gone"))))

    assert await checker.check_all_resources() == {
        "Healthy": {"status": "healthy", "load": 0.3},
        "Silent": {"status": "unknown", "message": "No health check available"},
        "Executing": {"status": "unhealthy", "error": "gone"},
    }


async def test_nothing_open_nothing_to_say():
    """An empty answer."""
    assert await ResourceHealthChecker(Holder()).check_all_resources() == {}


async def test_two_classes_of_one_name_are_told_apart():
    """By module and qualified name; the others keep their short names."""
    Other = type("Pinged", (Pinged,), {"__module__": "other"})
    checker = ResourceHealthChecker(Holder(Pinged(), Other(), Silent()))

    names = set(await checker.check_all_resources())
    assert names == {f"{Pinged.__module__}.Pinged", "other.Pinged", "Silent"}


async def test_checks_run_at_the_same_time():
    """Two that wait for each other both answer."""
    first, second = anyio.Event(), anyio.Event()

    class First:
        async def ping(self):
            first.set()
            await second.wait()

    class Second:
        async def ping(self):
            second.set()
            await first.wait()

    statuses = await ResourceHealthChecker(Holder(First(), Second())).check_all_resources()
    assert [status["status"] for status in statuses.values()] == ["healthy", "healthy"]


async def test_a_late_one_keeps_nobody_waiting():
    """Each has a limit of its own."""
    checker = ResourceHealthChecker(Holder(Hanging(), Pinged()), timeout_s=0.01)

    assert [status["status"] for status in (await checker.check_all_resources()).values()] == ["unhealthy", "healthy"]
