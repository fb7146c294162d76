"""Order of closing: the reverse of dependency edges, declared or found at run time (L18-L22)."""

import os
import subprocess
import sys
import textwrap

import pytest

from tenure import Container, resource
from tests.engine.support import Fault

ASYNC = pytest.mark.worlds("asyncio", "trio")


@pytest.mark.parametrize("start", ["A", "C"])
async def test_reverse_of_opening(world, story, start):
    """L19: independent resources of one scope close in reverse of their opening."""
    container = Container()
    keys = [story.add(container, name) for name in "ABCDE"]
    if start == "C":
        keys.reverse()

    async with world.inside(container.resource_scope()):
        for key in keys:
            await world.get(container, key)

    assert story.closes == story.opens[::-1]


@pytest.mark.parametrize("via", ["class", "singleton", "list", "dict", "two plain", "optional"])
async def test_through_plain_values(world, story, via):
    """L18: a resource reached through plain values is closed after what was made from it."""
    container = Container(scopes=("request",))
    a = story.add(container, "A", scope="singleton")

    class Middle:
        def __init__(self, inner: a):
            self.inner = inner

    class Outer:
        def __init__(self, inner: Middle):
            self.inner = inner

    container.bind(Middle, scope="singleton" if via == "singleton" else None)
    wanted = {"list": list[a], "dict": dict[str, a], "two plain": Outer, "optional": a | None}.get(via, Middle)
    story.add(container, "B", wanted, scope="singleton")
    story.needs["B"] = ["A"]

    async with world.inside(container):
        pass

    assert story.log == ["open A", "open B", "close B", "close A"]


@pytest.mark.parametrize("hit", [False, True])
@pytest.mark.parametrize("scope", ["singleton", None])
async def test_edges_found_at_run_time(world, story, hit, scope):
    """L20: what an opening asks the container for at run time is closed after it, like a declared need."""
    container = Container()
    a = story.add(container, "A", scope=scope)

    def opened():
        container.get(a)
        story.log.append("open B")
        yield "B"
        story.log.append("close B")

    async def aopened():
        await container.aget(a)
        story.log.append("open B")
        yield "B"
        story.log.append("close B")

    container.bind("B", resource(scope=scope)(aopened if world.is_async else opened))
    async with world.inside(container), world.inside(container.resource_scope()):
        if hit:
            await world.get(container, a)
        await world.get(container, "B")

    assert story.log[-2:] == ["close B", "close A"]


async def test_a_resource_made_at_run_time_lives_as_long_as_its_maker(world, story):
    """Section 9, the current scope: what a factory asks for while it opens lives as long as what it makes."""
    container = Container()
    a = story.add(container, "A")

    def opened():
        container.get(a)
        yield "S"
        story.log.append("close S")

    container.bind("S", resource(scope="singleton")(opened))
    async with world.inside(container.resource_scope()):
        await world.get(container, "S")
    after_scope = list(story.log)
    await world.close(container)

    assert after_scope == ["open A"]
    assert story.log == ["open A", "close S", "close A"]


@ASYNC
async def test_opened_after_its_dependent(world, story):
    """L18: an object that is first used after its dependent was opened is closed after it all the same."""
    container = Container()
    a = story.add(container, "A", kind="async methods class")
    b = story.add(container, "B", a, kind="generator")
    story.needs["B"] = []

    async with container.resource_scope():
        value = container.get(b)
        await value.needs[0].work()

    assert story.log == ["open B", "open A", "close B", "close A"]


@ASYNC
async def test_opened_after_its_dependent_found_at_run_time(world, story):
    """L18, L20: the same where the dependent asked for the object at run time."""
    container = Container()
    a = story.add(container, "A", kind="async methods class")
    held = []

    def opened():
        held.append(container.get(a))
        story.log.append("open B")
        yield "B"
        story.log.append("close B")

    container.bind("B", resource(opened))
    async with container.resource_scope():
        container.get("B")
        await held[0].work()

    assert story.log == ["open B", "open A", "close B", "close A"]


@ASYNC
async def test_a_transient_opened_after_its_dependent(world, story):
    """L18: the same where the object is transient."""
    container = Container()
    a = story.add(container, "A", kind="async methods class", scope="transient")
    b = story.add(container, "B", a, kind="generator")
    story.needs["B"] = []

    async with container.resource_scope():
        value = container.get(b)
        await value.needs[0].work()

    assert story.log == ["open B", "open A", "close B", "close A"]


@ASYNC
async def test_a_lazy_object_opens_what_it_needs_first(world, story):
    """L18: the first method call opens what the object was made from before the object itself."""
    container = Container()
    a = story.add(container, "A", kind="async methods class")
    b = story.add(container, "B", a, kind="async methods class")
    c = story.add(container, "C", b, kind="async methods class")

    async with container.resource_scope():
        value = container.get(c)
        assert story.log == []
        await value.work()

    assert story.log == ["open A", "open B", "open C", "close C", "close B", "close A"]


@pytest.mark.parametrize("kind", ["generator", "methods class", "context class"])
async def test_transients_close_before_what_they_need(world, story, kind):
    """L18, L49: transient resources are owed by the scope that asked, and close before what they were made from."""
    container = Container()
    a = story.add(container, "A", kind=kind, scope="transient")
    b = story.add(container, "B", a, kind=kind, scope="transient")
    story.needs["B"] = []

    async with world.inside(container.resource_scope()):
        first = await world.get(container, b)
        second = await world.get(container, b)

    assert first is not second
    assert first.needs[0] is not second.needs[0]
    assert story.log == ["open A", "open B", "open A", "open B", "close B", "close A", "close B", "close A"]


@ASYNC
async def test_parallel_start_closes_in_order(world, story):
    """L18: what was opened in parallel closes dependents first, whichever was ready first."""
    container = Container()
    gate = world.event()

    @resource(scope="singleton")
    async def slow():
        await gate.wait()
        story.log.append("open slow")
        yield "slow"
        story.log.append("close slow")

    container.bind("slow", slow)
    a = story.add(container, "A", kind="async generator", scope="singleton")
    b = story.add(container, "B", a, kind="async generator", scope="singleton")
    assert b

    async with world.tasks() as tasks:
        job = tasks.start(container.start)
        await world.settle()
        opened_first = list(story.log)
        gate.set()
    await container.aclose()

    assert job.error is None
    assert opened_first == ["open A", "open B"]
    closed = [entry for entry in story.log[3:] if entry != "close slow"]  # which needs neither and may close meanwhile
    assert story.log[2] == "open slow"
    assert closed == ["close B", "close A"]
    assert len(story.log) == 6


async def test_a_needed_resource_of_an_outer_scope_outlives(world, story):
    """L18, L46: inner scopes close before outer ones, each in its order."""
    container = Container(scopes=("session", "request"))
    root = story.add(container, "root", scope="singleton")
    session = story.add(container, "session", root, scope="session")
    request = story.add(container, "request", session, scope="request")

    async with (
        world.inside(container),
        world.inside(container.resource_scope("session")),
        world.inside(container.resource_scope("request")),
    ):
        await world.get(container, request)

    assert story.log == [f"{act} {name}" for act, names in (("open", ("root", "session", "request")),
                         ("close", ("request", "session", "root"))) for name in names]  # fmt: skip


async def test_an_override_keeps_the_order(world, story):
    """L18: after an override has come and gone the originals still close in order."""
    container = Container()
    keys = [story.add(container, name, scope="singleton") for name in "ABCD"]
    d = story.add(container, "E", *keys, scope="singleton")

    async with world.inside(container):
        await world.get(container, d)
        async with world.inside(container.override(keys[1], value=object())):
            pass
        await world.get(container, d)

    assert story.closes == story.opens[::-1]


PROGRAM = textwrap.dedent(
    """
    import asyncio, sys
    from tenure import Container, resource

    log = []
    def make(name, needs, is_async):
        names = ", ".join(f"n{i}: T{i}" for i in range(len(needs)))
        head = "async def" if is_async else "def"
        space = {f"T{i}": need for i, need in enumerate(needs)} | {"log": log, "name": name}
        exec(f"{head} f({names}):\\n log.append('+' + name)\\n yield name\\n log.append('-' + name)", space)
        return space["f"]

    def build(is_async):
        container, keys = Container(), []
        for number in range(24):
            key = type(f"K{number}", (), {})
            needs = [keys[i] for i in range(number) if (number * 7 + i * 13) % 5 == 0]
            container.bind(key, resource(scope="singleton")(make(str(number), needs, is_async and number % 3 > 0)))
            keys.append(key)
        return container

    async def main():
        async with build(True):
            pass

    with build(False):
        pass
    print(*log)
    log.clear()
    asyncio.run(main())
    print(*log)
    log.clear()
    container = build(False)
    with container, container.override(list(container.engine.graph.bindings)[8], value=None):
        container.get(list(container.engine.graph.bindings)[-1])
    print(*log)
    """
)


def test_order_does_not_depend_on_the_hash_seed():
    """L19: the same declarations give the same order under every hash seed."""
    outputs = set()
    for seed in range(6):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            capture_output=True, text=True, timeout=30, check=True,
        )  # fmt: skip
        outputs.add(done.stdout)

    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) == 3


@pytest.mark.parametrize("failing", ["close B", "close C", "body"])
async def test_order_holds_when_something_fails(world, story, failing):
    """L18, L24: the order is the same whatever is raised on the way."""
    container = Container()
    a = story.add(container, "A")
    b = story.add(container, "B", a)
    c = story.add(container, "C", b)
    if failing != "body":
        story.faults[failing] = Fault(failing)

    with pytest.raises((Fault, ExceptionGroup)):
        async with world.inside(container.resource_scope()):
            await world.get(container, c)
            if failing == "body":
                raise Fault("body")

    assert story.closes == ["C", "B", "A"]


def chain(container, story, length, lifetime="singleton", plain=False):
    previous = ()
    for number in range(length):
        if plain:
            key = type(f"C{number}", (), {})
            container.bind(key, _plain(key, previous), scope=lifetime)
        else:
            key = story.add(container, f"C{number}", *previous, scope=lifetime)
        previous = (key,)
    return previous[0]


def _plain(key, needs):
    space = {f"T{i}": need for i, need in enumerate(needs)} | {"key": key}
    exec(f"def make({', '.join(f'n{i}: T{i}' for i in range(len(needs)))}):\n    return key()", space)
    return space["make"]


@pytest.mark.slow
@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("how", ["get", "start"])
async def test_a_chain_of_3000(world, story, plain, how):
    """A chain of 3000 singletons resolves and closes without a RecursionError."""
    story.opened = lambda name: story.log.append(f"open {name}")  # the checks of Story are quadratic
    story.closing = lambda name: story.log.append(f"close {name}")
    story.closed = lambda name: None
    container = Container()
    last = chain(container, story, 3000, plain=plain)

    if how == "start":
        await world.start(container)
    value = await world.get(container, last)
    again = await world.get(container, last)
    await world.close(container)

    assert value is again
    if not plain:
        assert story.opens == [f"C{n}" for n in range(3000)]
        assert story.closes == story.opens[::-1]
