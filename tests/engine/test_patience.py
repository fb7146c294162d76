"""Openings that hang while their scope is closed, or their start is over: cut off at a limit, and named (L37, L60)."""

import contextlib
import threading

import pytest

from tenure import Container, containers, providers, resource
from tenure.errors import CloseError, ContainerClosedError, ResourceTimeoutError, closing_errors
from tenure.lifecycle.backends import current
from tenure.lifecycle.latch import Latch
from tenure.testing import VirtualClock

LIMIT_S = 5


@pytest.fixture(params=["asyncio", "trio"])
def clock(request):
    """A clock that jumps; `clock.go(main)` runs *main* on asyncio, and in another test on trio."""
    with VirtualClock() as standing:
        standing.go = lambda main: standing.run(main, loop=request.param)
        yield standing


class Tasks:
    """Tasks of a test on either loop, which keep their errors."""

    def __init__(self):
        self.errors = {}
        self.values = {}
        self._cancel = {}
        self._inner = None

    async def __aenter__(self):
        if current().name == "trio":
            import trio

            self._inner = trio.open_nursery()
        else:
            import asyncio

            self._inner = asyncio.TaskGroup()
        self._group = await self._inner.__aenter__()
        return self

    async def __aexit__(self, *outcome):
        return await self._inner.__aexit__(*outcome)

    def begin(self, name, function):
        async def run():
            try:
                self.values[name] = await function()
            except Exception as error:
                self.errors[name] = error

        if current().name == "trio":
            import trio

            scope = trio.CancelScope()

            async def within():
                with scope:
                    await run()

            self._group.start_soon(within)
            self._cancel[name] = scope.cancel
        else:
            self._cancel[name] = self._group.create_task(run()).cancel

    def cancel(self, name):
        self._cancel[name]()


async def settle():
    for _ in range(20):
        await current().sleep(0)


class Hanging:
    """
    The code of a resource that hangs while it opens.

    Args:
        log: gets what happens.
        undo_s: seconds that it takes to undo, once it is cancelled.
        ignores: how many cancellations it goes on after.
        opens_after_s: seconds after which it opens after all.
    """

    def __init__(self, log, name="hung", *, undo_s=0, ignores=0, opens_after_s=1e5):
        self.log, self.name = log, name
        self.undo_s, self.ignores, self.opens_after_s = undo_s, ignores, opens_after_s

    async def __call__(self):
        ends_at = current().now() + self.opens_after_s
        self.log.append(f"opening {self.name}")
        while True:
            try:
                with current().shield() if self.ignores else contextlib.nullcontext():
                    await current().sleep(max(0, ends_at - current().now()))
                break
            except BaseException as error:
                if not current().is_cancellation(error):
                    raise
                if self.ignores > 0:
                    self.ignores -= 1
                    continue
                with current().shield():
                    await current().sleep(self.undo_s)
                self.log.append(f"undone {self.name}")
                raise
        self.log.append(f"open {self.name}")
        try:
            yield self.name
        finally:
            self.log.append(f"close {self.name}")


def bind(container, name, code, needs=(), **options):
    """Bind *code*, an asynchronous generator function without parameters, as the singleton *name*; return its key."""
    kind = type(name, (), {})
    container.bind(kind, resource(scope="singleton", **options)(opened_by(code, kind, *needs)))
    return kind


def opened_by(code, kind, below=None):
    async def opened():
        generator = code()
        await anext(generator)
        try:
            yield kind()
        finally:
            await generator.aclose()

    return opened if below is None else above(below, opened)


def above(below, opened):
    async def opened_above(need: below):
        generator = opened()
        value = await anext(generator)
        try:
            yield value
        finally:
            await generator.aclose()

    return opened_above


def fine(log, name):
    async def code():
        log.append(f"open {name}")
        try:
            yield name
        finally:
            log.append(f"close {name}")

    return code


async def fails():
    """The code of a resource that fails after a second."""
    await current().sleep(1)
    raise ValueError("no database")
    yield


async def closed_after(clock, container):
    """Close *container*; return the seconds it took, and what it raised."""
    began = clock.now()
    try:
        await container.aclose()
    except Exception as error:
        return clock.now() - began, error
    return clock.now() - began, None


def named(error):
    """Return the names of what was given up, out of an error of a close."""
    assert isinstance(error, CloseError), error
    return [each.label for each in error.exceptions if isinstance(each, ResourceTimeoutError)]


def test_cut_off_by_a_close(clock):
    """A close waits for a hanging opening that nobody wants as long as for a hanging close, ends it and names it."""
    log = []

    async def main():
        container = Container(close_timeout=LIMIT_S)
        hung = bind(container, "Hung", Hanging(log))
        async with Tasks() as tasks:
            tasks.begin("asker", lambda: container.aget(hung))
            await settle()
            tasks.cancel("asker")
        seconds, error = await closed_after(clock, container)

        assert seconds == pytest.approx(LIMIT_S)
        assert log == ["opening hung", "undone hung"]
        assert named(error) == ["Hung"]
        told = str(error.exceptions[0])
        assert "was still opening 5 s after the close began, and was cut off" in told
        assert "test_patience.py" in told
        assert "open_timeout=" in told

    clock.go(main)


def test_who_waits_is_refused(clock):
    """Whoever still waits for what is cut off learns that the container is closing."""

    async def main():
        container = Container(close_timeout=LIMIT_S)
        hung = bind(container, "Hung", Hanging([]))
        async with Tasks() as tasks:
            tasks.begin("asker", lambda: container.aget(hung))
            await settle()
            await closed_after(clock, container)

        assert isinstance(tasks.errors["asker"], ContainerClosedError)

    clock.go(main)


def test_in_time(clock):
    """An opening that ends within the limit is owed, and nobody is told of it."""
    log = []

    async def main():
        container = Container(close_timeout=LIMIT_S)
        slow = bind(container, "Slow", Hanging(log, "slow", opens_after_s=LIMIT_S - 1))
        async with Tasks() as tasks:
            tasks.begin("asker", lambda: container.aget(slow))
            await settle()
            tasks.cancel("asker")
        seconds, error = await closed_after(clock, container)

        assert (seconds, error) == (pytest.approx(LIMIT_S - 1), None)
        assert log == ["opening slow", "open slow", "close slow"]

    clock.go(main)


def test_no_limit(clock):
    """Without a limit it is waited for as long as it takes."""
    log = []

    async def main():
        container = Container(close_timeout=None)
        slow = bind(container, "Slow", Hanging(log, "slow", opens_after_s=900))
        async with Tasks() as tasks:
            tasks.begin("asker", lambda: container.aget(slow))
            await settle()
            tasks.cancel("asker")
        seconds, error = await closed_after(clock, container)

        assert (seconds, error) == (pytest.approx(900), None)

    clock.go(main)


def test_own_limit_and_others(clock):
    """Each has its own limit; all of them run at the same time, and what is open closes after."""
    log = []

    async def main():
        container = Container(close_timeout=LIMIT_S)
        ready = bind(container, "Ready", fine(log, "ready"))
        await container.aget(ready)
        kinds = [bind(container, f"Hung{n}", Hanging(log, f"h{n}")) for n in range(3)]
        kinds.append(bind(container, "Quick", Hanging(log, "quick"), close_timeout=1))
        async with Tasks() as tasks:
            for kind in kinds:
                tasks.begin(kind, lambda kind=kind: container.aget(kind))
            await settle()
            for kind in kinds:
                tasks.cancel(kind)
        seconds, error = await closed_after(clock, container)

        assert seconds == pytest.approx(LIMIT_S)
        assert named(error)[0] == "Quick"
        assert sorted(named(error)[1:]) == ["Hung0", "Hung1", "Hung2"]  # trio begins tasks in any order
        assert log[5] == "undone quick"
        assert sorted(log[6:-1]) == ["undone h0", "undone h1", "undone h2"]
        assert log[-1] == "close ready"

    clock.go(main)


def test_the_culprit_is_named(clock):
    """What waits for what hangs is not at fault."""

    async def main():
        container = Container(close_timeout=LIMIT_S)
        hung = bind(container, "Hung", Hanging([]))
        above = bind(container, "Above", fine([], "above"), needs=[hung], close_timeout=1)
        async with Tasks() as tasks:
            tasks.begin("asker", lambda: container.aget(above))
            await settle()
            seconds, error = await closed_after(clock, container)

        assert seconds == pytest.approx(LIMIT_S)
        assert named(error) == ["Hung"]
        assert error.exceptions[0].needed_by == ("Above",)
        assert isinstance(tasks.errors["asker"], ContainerClosedError)

    clock.go(main)


def test_undoing_is_waited_for(clock):
    """What it needs is closed only after it has undone what it began (L18)."""
    log = []

    async def main():
        container = Container(close_timeout=LIMIT_S)
        below = bind(container, "Below", fine(log, "below"))
        hung = bind(container, "Hung", Hanging(log, undo_s=LIMIT_S - 1), needs=[below])
        async with Tasks() as tasks:
            tasks.begin("asker", lambda: container.aget(hung))
            await settle()
            tasks.cancel("asker")
        seconds, error = await closed_after(clock, container)

        assert seconds == pytest.approx(2 * LIMIT_S - 1)
        assert log == ["open below", "opening hung", "undone hung", "close below"]
        assert named(error) == ["Hung"]

    clock.go(main)


def test_it_opens_when_it_is_cancelled(clock):
    """What opens all the same, while it is given time to undo, is closed before the close returns."""
    log = []

    async def main():
        container = Container(close_timeout=LIMIT_S)
        stubborn = bind(container, "Stubborn", Hanging(log, ignores=1, opens_after_s=LIMIT_S + 2))
        async with Tasks() as tasks:
            tasks.begin("asker", lambda: container.aget(stubborn))
            await settle()
            seconds, error = await closed_after(clock, container)

        assert seconds == pytest.approx(LIMIT_S + 2)
        assert log == ["opening hung", "open hung", "close hung"]
        assert named(error) == ["Stubborn"]
        assert isinstance(tasks.errors["asker"], ContainerClosedError)

    clock.go(main)


def test_it_does_not_end(clock):
    """What does not end when it is cancelled holds nobody up; it is closed when it opens one day."""
    log = []

    async def main():
        container = Container(close_timeout=LIMIT_S)
        ready = bind(container, "Ready", fine(log, "ready"))
        await container.aget(ready)
        stubborn = bind(container, "Stubborn", Hanging(log, ignores=9, opens_after_s=100))
        async with Tasks() as tasks:
            tasks.begin("asker", lambda: container.aget(stubborn))
            await settle()
            seconds, error = await closed_after(clock, container)
        assert seconds == pytest.approx(2 * LIMIT_S)
        assert named(error) == ["Stubborn"]
        assert isinstance(tasks.errors["asker"], ContainerClosedError)
        assert log == ["open ready", "opening hung", "close ready"]
        await current().sleep(100)

        assert log[3:] == ["open hung", "close hung"]

    clock.go(main)


class Connection:
    """Opens itself, by the code that stands in its class."""

    code = None

    async def initialize(self):
        self.opened = type(self).code()
        await anext(self.opened)

    async def dispose(self):
        await self.opened.aclose()


@pytest.mark.parametrize("ignores", [0, 9])
def test_an_object_that_opens_itself(clock, ignores):
    """The same holds for an object that is entered."""
    log = []
    kind = type("Hung", (Connection,), {"code": staticmethod(Hanging(log, ignores=ignores, opens_after_s=100))})

    async def main():
        container = Container(close_timeout=LIMIT_S)
        container.bind(resource(scope="singleton")(kind))
        async with Tasks() as tasks:
            tasks.begin("asker", lambda: container.aget(kind))
            await settle()
            seconds, error = await closed_after(clock, container)
        assert seconds == pytest.approx(2 * LIMIT_S if ignores else LIMIT_S)
        assert named(error) == ["Hung"]
        assert isinstance(tasks.errors["asker"], ContainerClosedError)
        await current().sleep(100)

        assert log[1:] == (["open hung", "close hung"] if ignores else ["undone hung"])

    clock.go(main)


def test_an_opening_in_the_task_of_a_request(clock):
    """What a request opens in its own task cannot be ended for it: the container closes, and the request is refused."""
    log = []

    async def main():
        container = Container(close_timeout=LIMIT_S)

        async def opened():
            log.append("opening")
            await current().sleep(100)
            log.append("open")
            try:
                yield "value"
            finally:
                log.append("close")

        container.bind("hung", resource(opened))

        async def request():
            async with container.resource_scope() as scope:
                await scope.aget("hung")

        async with Tasks() as tasks:
            tasks.begin("request", request)
            await settle()
            seconds, error = await closed_after(clock, container)
            assert named(error) == ["'hung'"]
            assert seconds in (pytest.approx(LIMIT_S), pytest.approx(2 * LIMIT_S))

        assert isinstance(tasks.errors["request"], ContainerClosedError)
        assert log in (["opening"], ["opening", "open", "close"])

    clock.go(main)


def test_a_start_that_fails(clock):
    """A start that failed waits for what hangs as long as a close would; the first error leaves, the other with it."""
    log = []

    async def main():
        container = Container(close_timeout=LIMIT_S)
        ready = bind(container, "Ready", fine(log, "ready"))
        codes = [Hanging(log, undo_s=1), fine(log, "hung")]
        hung = bind(container, "Hung", lambda: codes.pop(0)(), needs=[ready])

        bind(container, "Failing", fails)
        began = clock.now()
        with pytest.raises(ValueError, match="no database") as caught:
            await container.start()
        assert clock.now() - began == pytest.approx(1 + LIMIT_S + 1)
        others = [each for each in closing_errors(caught.value) if isinstance(each, ResourceTimeoutError)]
        assert [each.label for each in others] == ["Hung"]
        assert "was still opening 5 s after its start was given up" in str(others[0])
        assert log == ["open ready", "opening hung", "undone hung", "close ready"]
        assert isinstance(await container.aget(hung), hung)
        await container.aclose()

        assert log[4:] == ["open ready", "open hung", "close hung", "close ready"]

    clock.go(main)


def test_a_start_that_is_cancelled(clock):
    """A start that is cancelled ends what hangs at the limit; who else wanted it tries again."""
    log = []

    async def main():
        container = Container(close_timeout=LIMIT_S)
        attempts = []

        async def code():
            attempts.append(1)
            if len(attempts) == 1:
                await current().sleep(1e5)
            log.append("open")
            try:
                yield
            finally:
                log.append("close")

        wanted = bind(container, "Wanted", code)
        began = clock.now()
        async with Tasks() as tasks:
            tasks.begin("start", container.start)
            await settle()
            tasks.begin("asker", lambda: container.aget(wanted))
            await settle()
            tasks.cancel("start")
        assert clock.now() - began == pytest.approx(LIMIT_S)
        assert isinstance(tasks.values["asker"], wanted)
        assert log == ["open"]
        await container.aclose()

        assert log == ["open", "close"]

    clock.go(main)


@pytest.mark.parametrize("is_object", [False, True])
def test_a_start_lets_go(clock, is_object):
    """What does not end when its start is over is let go of: who wants it gets another; it is closed if it opens."""
    log = []
    stubborn = Hanging(log, "first", ignores=9, opens_after_s=100)
    codes = [stubborn, fine(log, "second")]

    async def main():
        container = Container(close_timeout=LIMIT_S)
        if is_object:
            kind = type("Wanted", (Connection,), {"code": staticmethod(lambda: codes.pop(0)())})
            container.bind(resource(scope="singleton")(kind))
        else:
            kind = bind(container, "Wanted", lambda: codes.pop(0)())

        bind(container, "Failing", fails)
        began = clock.now()
        with pytest.raises(ValueError, match="no database"):
            await container.start()
        assert clock.now() - began == pytest.approx(1 + 2 * LIMIT_S)
        assert isinstance(await container.aget(kind), kind)
        await current().sleep(100)
        assert log == ["opening first", "open second", "open first", "close first"]
        await container.aclose()

        assert log[4:] == (["close second"])

    clock.go(main)


def test_a_start_leaves_what_others_open(clock):
    """A start that failed does not wait for long for what somebody else opens, and does not end it."""
    log = []

    async def main():
        container = Container(close_timeout=LIMIT_S)
        below = bind(container, "Below", fine(log, "below"))
        slow = bind(container, "Slow", Hanging(log, "slow", opens_after_s=60), needs=[below])

        bind(container, "Failing", fails)
        async with Tasks() as tasks:
            tasks.begin("asker", lambda: container.aget(slow))
            await settle()
            began = clock.now()
            with pytest.raises(ValueError, match="no database"):
                await container.start()
            assert clock.now() - began <= 1 + 2 * LIMIT_S + 0.1
        assert isinstance(tasks.values["asker"], slow)
        await container.aclose()

        assert log == ["open below", "opening slow", "open slow", "close slow", "close below"]

    clock.go(main)


def test_a_start_keeps_what_others_took(clock):
    """What somebody else's opening, which hangs, has taken from a start that failed stays open for it."""
    log = []

    async def main():
        container = Container(close_timeout=LIMIT_S)
        below = bind(container, "Below", fine(log, "below"))
        slow = bind(container, "Slow", Hanging(log, "slow", opens_after_s=60), needs=[below])

        failing = bind(container, "Failing", fails)

        async def start():
            await container.start(below, failing)

        async with Tasks() as tasks:
            tasks.begin("start", start)
            await settle()
            tasks.begin("asker", lambda: container.aget(slow))
            await settle()
        assert isinstance(tasks.errors["start"], ValueError)
        assert isinstance(tasks.values["asker"], slow)
        await container.aclose()

        assert log == ["open below", "opening slow", "open slow", "close slow", "close below"]

    clock.go(main)


def test_on_a_thread():
    """What hangs on another thread cannot be ended: it is named, the rest is closed, and it is when it opens."""
    log, is_opening, may_open = [], threading.Event(), threading.Event()
    container = Container()

    @resource(scope="singleton", close_timeout=0.05)
    def hung():
        is_opening.set()
        may_open.wait()
        log.append("open hung")
        yield "hung"
        log.append("close hung")

    @resource(scope="singleton")
    def ready():
        yield "ready"
        log.append("close ready")

    container.bind("hung", hung)
    container.bind("ready", ready)
    container.get("ready")
    refused = []

    def ask():
        try:
            container.get("hung")
        except ContainerClosedError as error:
            refused.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    is_opening.wait()
    with pytest.raises(CloseError) as caught:
        container.close()
    assert named(caught.value) == ["'hung'"]
    assert log == ["close ready"]
    may_open.set()
    thread.join()

    assert log == ["close ready", "open hung", "close hung"]
    assert len(refused) == 1


def test_one_of_them_comes_to_wait_for_the_close(clock):
    """L38: what begins to wait, meanwhile, for the opening that the close is part of is not waited for."""
    log = []

    async def main():
        container, first, second = Container(), Latch(), Latch()
        entered, box = Latch(), []

        async def closes_a_scope():
            async with container.resource_scope() as scope:
                box.append(scope)
                entered.set()
                await second.wait()
            log.append("left")
            yield "outer"

        async def slow():
            await first.wait()
            yield "slow"

        async def asks():
            second.set()
            for _ in range(50):  # until the scope waits for the one before
                await current().sleep(0)
            first_soon()
            await container.aget("outer")
            yield "asks"

        def first_soon():
            async def later():
                for _ in range(50):
                    await current().sleep(0)
                first.set()

            tasks.begin("later", later)

        container.bind("outer", resource(scope="singleton")(closes_a_scope))
        container.bind("slow", resource(scope="request", shield=True)(slow))
        container.bind("asks", resource(scope="request", shield=True)(asks))
        async with Tasks() as tasks:
            tasks.begin("outer", lambda: container.aget("outer"))
            await entered.wait()
            tasks.begin("slow", lambda: box[0].aget("slow"))
            await settle()
            tasks.begin("asks", lambda: box[0].aget("asks"))

        await container.aclose()

        assert tasks.values["outer"] == "outer"
        assert set(tasks.errors) <= {"slow", "asks"}
        assert log == ["left"]

    clock.go(main)


@pytest.mark.parametrize("ignores", [0, 9])
def test_a_shutdown_of_the_declarative_face(clock, ignores):
    """Shutting resources down, with the container in use after it, ends what hangs as well; the next one opens."""
    log = []
    codes = [Hanging(log, ignores=ignores, opens_after_s=100), fine(log, "next")]

    async def opened():
        generator = codes.pop(0)()
        value = await anext(generator)
        try:
            yield value
        finally:
            await generator.aclose()

    class App(containers.DeclarativeContainer):
        hung = providers.Resource(opened)

    async def main():
        app = App()
        async with Tasks() as tasks:
            tasks.begin("asker", app.hung.async_)
            await settle()
            began = clock.now()
            with pytest.raises(CloseError) as caught:
                await app.shutdown_resources()
            assert clock.now() - began == pytest.approx(20 if ignores else 10)
        assert named(caught.value) == ["App.hung"]
        assert "10 s after its shutdown began" in str(caught.value.exceptions[0])
        assert isinstance(tasks.errors["asker"], ContainerClosedError)
        assert await app.hung.async_() == "next"
        await current().sleep(100)
        await app.shutdown_resources()

        late = ["open next", "open hung", "close hung"] if ignores else ["undone hung", "open next"]
        assert log == ["opening hung", *late, "close next"]

    clock.go(main)


def test_the_end_of_an_override(clock):
    """Leaving an override ends what hangs and was made of the stand-in; who wanted it gets one made of the original."""
    log = []
    codes = [Hanging(log), fine(log, "second")]

    async def main():
        container = Container(close_timeout=LIMIT_S)
        below = bind(container, "Below", fine(log, "original"))
        above = bind(container, "Above", lambda: codes.pop(0)(), needs=[below])
        async with Tasks() as tasks:
            override = container.override(below, resource(scope="singleton")(opened_by(fine(log, "stand-in"), below)))
            with pytest.raises(CloseError) as caught:
                async with override:
                    tasks.begin("asker", lambda: container.aget(above))
                    await settle()
                    began = clock.now()
            assert clock.now() - began == pytest.approx(LIMIT_S)
        assert named(caught.value) == ["Above"]
        assert "5 s after something that it needs was replaced" in str(caught.value.exceptions[0])
        assert isinstance(tasks.values["asker"], above)
        await container.aclose()

        assert [each for each in log if "original" in each or "second" in each] == [
            "open original", "open second", "close second", "close original"
        ]  # fmt: skip
        assert "undone hung" in log
        assert log.index("undone hung") < log.index("close stand-in")

    clock.go(main)


def test_an_object_that_something_waits_for(clock):
    """L4: a start that is over ends what hangs also where another object of it waits for that."""
    log = []
    below = type("Below", (Connection,), {"code": staticmethod(Hanging(log))})

    class Above:
        def __init__(self, need: below):
            self.need = need

        async def initialize(self):
            log.append("open above")

    async def main():
        container = Container(close_timeout=LIMIT_S)
        container.bind(resource(scope="singleton")(below))
        container.bind(resource(scope="singleton")(Above))
        bind(container, "Failing", fails)
        with pytest.raises(ValueError, match="no database") as caught:
            await container.start()
        others = [each.label for each in closing_errors(caught.value) if isinstance(each, ResourceTimeoutError)]
        assert others == ["Below"]
        assert log == ["opening hung", "undone hung"]
        await container.aclose()

    clock.go(main)
