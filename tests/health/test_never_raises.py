"""Laws of reports: nothing that a check raises leaves, nothing is opened, root causes are those of the graph."""

import asyncio
import concurrent.futures

import anyio
import pytest
from health_support import bound, of, short, singleton
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure import Container, resource
from tenure.health import Health, report_sync


class Odd(BaseException):
    pass


class Unshowable(Exception):
    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


class Deep(Exception):
    def __str__(self):
        raise RecursionError


ERRORS = [
    OSError("no route"),
    ValueError(),
    TimeoutError("their own"),
    RecursionError(),
    MemoryError(),
    asyncio.CancelledError(),
    concurrent.futures.CancelledError(),
    SystemExit(3),
    GeneratorExit(),
    StopIteration(1),
    StopAsyncIteration(),
    Odd(),
    Unshowable(),
    Deep(),
    ExceptionGroup("two", [OSError(), ValueError()]),
    BaseExceptionGroup("two", [SystemExit(), asyncio.CancelledError()]),
]


def of_async(error):
    async def check(_):
        raise error

    return check


def of_sync(error):
    def check(_):
        raise error

    return check


def of_late(error):
    async def check(_):
        await anyio.sleep(0)
        raise error

    return check


def of_mixed(error):
    def check(_):
        async def later():
            raise error

        return later()

    return check


class Hostile(dict):
    """An answer that raises when it is looked at."""

    def __init__(self, error):
        super().__init__(status="ok")
        self.error = error

    def __iter__(self):
        raise self.error


def of_hostile(error):
    return lambda _: Hostile(error)


KINDS = [of_async, of_sync, of_late, of_mixed, of_hostile]


@pytest.mark.anyio
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_nothing_that_a_check_raises_leaves(kind, error):
    """Whatever kind of exception: it is how the object is."""
    Bad, Good = singleton("Bad", health=kind(error)), singleton("Good", ask=lambda self: True)
    async with bound(Bad, Good) as container:
        report = await container.health()

    assert of(report) == {"Bad": "unhealthy", "Good": "healthy"}
    assert report[Bad].error
    assert report.liveness.ok


@pytest.mark.parametrize("kind", [of_sync, of_hostile])
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_nothing_leaves_health_sync(kind, error):
    """Likewise."""
    with bound(singleton("Bad", health=kind(error))) as container:
        assert of(container.health_sync()) == {"Bad": "unhealthy"}


@pytest.mark.anyio
@pytest.mark.parametrize("kind", KINDS)
async def test_ctrl_c_passes(kind):
    """Once: who asked gets it, and it is nobody's health."""
    asked = []

    def check(obj):
        asked.append(obj)
        return kind(KeyboardInterrupt())(obj) if len(asked) == 1 else True

    Bad = singleton("Bad", health=kind(KeyboardInterrupt()))
    async with bound(Bad, singleton("Once", health=check)) as container:
        with pytest.raises(KeyboardInterrupt):
            await container.health()
    async with bound(singleton("Once", health=check)) as container:
        report = await container.health()

    assert report.status == "healthy"


def test_ctrl_c_passes_health_sync():
    """Likewise."""
    with bound(singleton("Bad", health=of_sync(KeyboardInterrupt()))) as container, pytest.raises(KeyboardInterrupt):
        container.health_sync()


@pytest.mark.anyio
async def test_a_check_whose_own_task_was_cancelled():
    """Only a cancellation of who asks leaves."""

    async def check(_):
        async with anyio.create_task_group() as tasks:
            tasks.cancel_scope.cancel()
            await anyio.sleep_forever()
        raise OSError("after it")

    async with bound(singleton("Bad", health=check)) as container:
        assert (await container.health()).resources[0].error == "after it"


@pytest.mark.anyio
async def test_annotations_that_cannot_be_read():
    """The graph is not whole, and yet the report is."""

    class Broken:
        def __init__(self, other: "Nowhere"):  # noqa: F821
            pass

    async with bound(singleton("Db", health=of_sync(OSError()))) as container:
        container.bind(Broken)
        assert of(await container.health()) == {"Db": "unhealthy"}


@pytest.mark.anyio
async def test_the_error_of_a_check_keeps_nothing_alive():
    """Its frames would keep the resource, and everything it was called with."""
    import gc
    import weakref

    class Token:
        pass

    tokens = []

    async def check(_):
        token = Token()
        tokens.append(weakref.ref(token))
        raise OSError(token)

    async with bound(singleton("Bad", health=check)) as container:
        report = await container.health()
        await anyio.sleep(0)
        gc.collect()
        assert [token() for token in tokens] == [None]
    assert report.status == "unhealthy"


# Random graphs.


@st.composite
def graphs(draw):
    """Give for each node the earlier nodes that it needs, and its health."""
    n = draw(st.integers(1, 8))
    needs = [draw(st.sets(st.integers(0, i - 1), max_size=3)) if i else set() for i in range(n)]
    said = [draw(st.sampled_from(["ok", "down", "degraded", None])) for _ in range(n)]
    critical = [draw(st.booleans()) for _ in range(n)]
    opened = [draw(st.booleans()) for _ in range(n)]
    return needs, said, critical, opened


def below(needs, i):
    """Return everything that node *i* needs, directly or not."""
    return set().union(*({j} | below(needs, j) for j in needs[i])) if needs[i] else set()


@settings(max_examples=30)
@given(graphs())
def test_random_graphs(graph):
    """Statuses, root causes, readiness and what is open are what the definition says."""
    needs, said, critical, opened = graph
    classes = []
    for i, need in enumerate(needs):
        ask = None if said[i] is None else Health(lambda _, word=said[i]: word, critical=critical[i])
        classes.append(singleton(f"N{i}", *(classes[j] for j in sorted(need)), health=ask))
    container = bound(*classes)
    container.start_sync(*(cls for cls, is_wanted in zip(classes, opened, strict=True) if is_wanted))
    n_opened = [cls.n_opened for cls in classes]
    report = report_sync(container)
    assert n_opened == [cls.n_opened for cls in classes]

    words = {"ok": "healthy", "down": "unhealthy", "degraded": "degraded", None: "unknown"}
    status = [words[word] if is_open else "not open" for word, is_open in zip(said, n_opened, strict=True)]
    failing = {i for i, word in enumerate(status) if word in ("unhealthy", "degraded")}
    roots = {i for i in failing if not below(needs, i) & failing}
    for i, each in enumerate(report.resources):
        causes = {f"N{j}" for j in below(needs, i) & roots} if status[i] != "healthy" else set()
        assert (each.status, set(map(short, each.root_causes))) == (status[i], causes)
    is_down = any(status[i] == "unhealthy" and critical[i] for i in failing)
    assert report.readiness.ok is not is_down
    assert report.status == ("unhealthy" if is_down else "degraded" if failing else "healthy")
    container.close()


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_thousand_resources():
    """A long chain needs no deep recursion; the last one is explained by the first."""
    classes = [singleton("N0", health=of_sync(OSError()))]
    for i in range(1, 1200):
        classes.append(singleton(f"N{i}", classes[-1], health=False))
    container = bound(*classes)
    container.start_sync()
    report = await container.health()
    container.close()

    assert report.resources[-1].root_causes == ("N0",)


def test_a_resource_function():
    """What a generator yields is what is asked."""

    @resource(scope="singleton", health=lambda value: value == 3)
    def open_it() -> int:
        yield 4

    container = Container()
    container.bind(int, open_it)
    with container:
        assert of(container.health_sync()) == {"int": "unhealthy"}
