"""Eager start: parallel, all or nothing, and only its own (L4, L63, L64)."""

import pytest
import trio
import trio.testing

from tenure import Container, resource
from tenure.errors import ContainerClosedError
from tests.engine.support import ASYNC_KINDS, Fault, TrioWorld

ASYNC = pytest.mark.worlds("asyncio", "trio")


def timed(container, log, name, *needs, opens=1.0, closes=0.0):
    """Bind a singleton that takes virtual time to open and to close; return its key."""
    key = type(name, (), {})
    names = ", ".join(f"n{number}: T{number}" for number in range(len(needs)))
    space = {f"T{number}": need for number, need in enumerate(needs)}
    space |= {"trio": trio, "log": log, "name": name, "key": key, "opens": opens, "closes": closes}
    exec(
        f"async def target({names}):\n"
        "    log.append(('begin', name, trio.current_time()))\n"
        "    await trio.sleep(opens)\n"
        "    log.append(('open', name, trio.current_time()))\n"
        "    try:\n"
        "        yield key()\n"
        "    finally:\n"
        "        log.append(('close', name, trio.current_time()))\n"
        "        await trio.sleep(closes)\n"
        "        log.append(('closed', name, trio.current_time()))\n",
        space,
    )
    container.bind(key, resource(scope="singleton")(space["target"]))
    return key


def virtually(main):
    TrioWorld().run(main, clock=trio.testing.MockClock(autojump_threshold=0))


def at(log, act, name):
    return next(time for what, who, time in log if (what, who) == (act, name)) - log[0][2]


class LastFirst:
    """Stands for trio's dice: of the tasks that are ready, the youngest runs first."""

    def shuffle(self, batch):
        pass

    def uniform(self, low, high):
        return low


def test_a_chain_longer_than_the_stack_starts_whoever_runs_first(monkeypatch):
    """What is below is waited for, not opened one inside the other (L63)."""
    monkeypatch.setattr(trio._core._run, "_ALLOW_DETERMINISTIC_SCHEDULING", True)
    monkeypatch.setattr(trio._core._run, "_r", LastFirst())
    container, log, below = Container(), [], None
    for number in range(400):
        key = type(f"N{number}", (), {"initialize": lambda self: log.append(type(self).__name__)})
        if below is not None:
            exec("def __init__(self, below: Below): pass", space := {"Below": below})
            key.__init__ = space["__init__"]
        container.bind(resource(scope="singleton")(key))
        below = key

    async def main():
        async with container:
            assert log == [f"N{number}" for number in range(400)]

    trio.run(main)


def test_the_makespan_is_that_of_the_critical_path():
    """L63: independent openings overlap: a start takes as long as its longest chain."""
    log = []

    async def main():
        container = Container()
        a = timed(container, log, "A", opens=1)
        b = timed(container, log, "B", opens=5)
        c = timed(container, log, "C", a, opens=2)
        timed(container, log, "D", b, c, opens=1)
        timed(container, log, "E", opens=4)
        async with container:
            log.append(("started", "", trio.current_time()))

    virtually(main)

    assert at(log, "started", "") == pytest.approx(6)
    assert at(log, "begin", "C") == pytest.approx(1)
    assert at(log, "begin", "D") == pytest.approx(5)


@pytest.mark.parametrize(("limit", "expected"), [(1, 12), (2, 6), (3, 4), (None, 1)])
def test_at_most_max_parallel(limit, expected):
    """L63: at most max_parallel openings run their code at a time."""
    log = []

    async def main():
        container = Container(max_parallel=limit)
        for number in range(12):
            timed(container, log, f"R{number}")
        async with container:
            log.append(("started", "", trio.current_time()))

    virtually(main)

    running = most = 0
    for act, _, _ in log:
        running += (act == "begin") - (act == "open")
        most = max(most, running)
    assert most == (limit or 12)
    assert at(log, "started", "") == pytest.approx(expected)


@ASYNC
@pytest.mark.timeout(40)
@pytest.mark.parametrize("limit", [1, 2])
async def test_a_limited_start_and_gets_at_run_time(world, limit):
    """L63, L38: an opening that asks for another resource at run time does not wait for a turn that it holds itself."""
    container = Container()

    def opened(name, wanted):
        async def open_():
            if wanted:
                await container.aget(wanted)
            yield name

        return resource(scope="singleton")(open_)

    for name, wanted in (("a", "b"), ("b", "c"), ("c", None), ("d", "a")):
        container.bind(name, opened(name, wanted))

    await container.start(max_parallel=limit)
    await container.aclose()


def test_the_first_failure_stops_the_rest():
    """L64: after the first failure nothing new starts, and what was under way is awaited and closed."""
    log = []

    async def main():
        container = Container()
        a = timed(container, log, "A", opens=3)

        async def failing():
            await trio.sleep(1)
            raise Fault("failing")
            yield

        container.bind("failing", resource(scope="singleton")(failing))
        timed(container, log, "B", a)
        with pytest.raises(Fault, match="failing"):
            await container.start()
        log.append(("failed", "", trio.current_time()))
        await container.aclose()

    virtually(main)

    assert [(act, name) for act, name, _ in log] == [
        ("begin", "A"), ("open", "A"), ("close", "A"), ("closed", "A"), ("failed", ""),
    ]  # fmt: skip


@ASYNC
async def test_two_failures(world):
    """L64: the first error leaves as itself, the others are told with it."""
    container = Container()
    gate = world.event()
    first, second = Fault("first"), Fault("second")

    @resource(scope="singleton")
    async def one():
        await world.checkpoint()
        gate.set()
        raise first
        yield

    @resource(scope="singleton")
    async def two():
        await gate.wait()
        raise second
        yield

    container.bind("one", one)
    container.bind("two", two)
    with pytest.raises(Fault) as caught:
        await container.start()

    assert caught.value is first
    assert "second" in "".join(first.__notes__)


@ASYNC
async def test_a_failed_start_closes_only_its_own(world, story):
    """L4, L11: what another task opened meanwhile, or was open before, stays open when a start is rolled back."""
    container = Container()
    gate, begun = world.event(), world.event()
    before = story.add(container, "before", kind="async generator")
    meanwhile = story.add(container, "meanwhile", kind="async generator")

    @resource(scope="singleton")
    async def failing():
        begun.set()
        await gate.wait()
        raise Fault("failing")
        yield

    container.bind("failing", failing)
    mine = story.add(container, "mine", kind="async generator", scope="singleton")
    first = await container.aget(before)
    async with world.tasks() as tasks:
        job = tasks.start(container.start)
        await begun.wait()
        other = await container.aget(meanwhile)
        gate.set()

    assert isinstance(job.error, Fault)
    assert story.live == ["before", "meanwhile"]
    assert await container.aget(before) is first
    assert await container.aget(meanwhile) is other
    await container.aclose()
    assert mine


async def test_starting_some_in_a_scope(world, story):
    """Section 5: `scope.start` opens what is named, with what it needs, in that scope."""
    container = Container()
    a = story.add(container, "A")
    b = story.add(container, "B", a, scope="request")
    c = story.add(container, "C")

    async with world.inside(container.resource_scope()) as scope:
        if world.is_async:
            await scope.start(b, c)
        else:
            scope.start_sync(b, c)
        assert sorted(story.opens) == ["A", "B", "C"]
        assert (await world.get(scope, b)).needs[0] is await world.get(scope, a)

    assert sorted(story.closes) == ["A", "B", "C"]


@pytest.mark.parametrize("kind", ["generator", "methods class", "async generator", "async methods class"])
async def test_starting_what_an_outer_scope_holds(world, story, kind):
    """Lifetimes: starting an ambient resource that an outer scope holds uses that one."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", kind=kind)

    async with world.inside(container.resource_scope()):
        outer = await world.get(container, a)
        async with world.inside(container.resource_scope()) as scope:
            await world.start(scope, a)
            inner = await world.get(scope, a)

    assert outer is inner
    assert story.log == ["open A", "close A"]


@pytest.mark.parametrize("kind", ["generator", "methods class", "async generator", "async methods class"])
async def test_starting_a_singleton_in_a_scope(world, story, kind):
    """Lifetimes: a singleton that is started in a scope is the root's, with what it needs."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", kind=kind)
    s = story.add(container, "S", a, kind=kind, scope="singleton")
    story.needs["S"] = []  # so that the failure shows in the log

    async with world.inside(container.resource_scope()) as scope:
        await world.start(scope, s)
        opened = list(story.log)
    after_scope = list(story.log)
    await world.close(container)

    assert opened == after_scope == ["open A", "open S"]
    assert story.closes == ["S", "A"]


async def test_only_singletons_start_with_the_container(world, story):
    """Section 5: entering a container opens its singleton resources with what they need, nothing else."""
    container = Container()
    a = story.add(container, "A")
    story.add(container, "unused")
    story.add(container, "R", scope="request")
    story.add(container, "T", scope="transient")
    story.add(container, "S", a, scope="singleton")
    container.bind("plain", lambda: story.log.append("plain"), scope="singleton")

    async with world.inside(container):
        inside = list(story.log)

    assert inside == ["open A", "open S"]


@ASYNC
async def test_start_beside_a_get(world, story):
    """L2: a start and a get at the same time open once."""
    container = Container()
    keys = [story.add(container, f"R{n}", kind=kind, scope="singleton") for n, kind in enumerate(ASYNC_KINDS)]

    async with world.tasks() as tasks:
        jobs = [tasks.start(container.start)]
        jobs += [tasks.start(container.aget, key) for key in keys]
        jobs += [tasks.start(container.start)]
    await container.aclose()

    assert [job.error for job in jobs] == [None] * len(jobs)
    assert sorted(story.opens) == sorted(story.closes) == ["R0", "R1", "R2", "R3"]


@ASYNC
async def test_close_races_a_start(world, story):
    """L37: a close during a start leaves nothing open, and the start ends."""
    for steps in range(1, 8):
        container = Container()
        for number, kind in enumerate(ASYNC_KINDS):
            story.add(container, f"R{number}", kind=kind, scope="singleton")
        async with world.tasks() as tasks:
            job = tasks.start(container.start)
            for _ in range(steps):
                await world.checkpoint()
            await container.aclose()
            at_close = list(story.live)
        assert at_close == []
        assert job.error is None or isinstance(job.error, ContainerClosedError)
        await container.aclose()  # the start may have come after the close, and begun another life
        assert story.live == []


async def test_a_start_that_is_refused_touches_nothing(world, story):
    """L4: a start that meets a gap in the graph opens nothing."""
    container = Container()
    story.add(container, "A", scope="singleton")

    def needs_missing(value: "Missing"):  # noqa: F821 - nobody binds it
        yield value

    container.bind("b", resource(scope="singleton")(needs_missing))

    with pytest.raises(LookupError):
        await world.start(container)
    await world.close(container)

    assert story.log == []
