"""What ran over a limit is named: which resource, which phase, where it waits, what is made from it (L60, L61)."""

import inspect
import threading

import pytest

from tenure import Container, resource
from tenure.errors import BindingError, CloseError, ResourceTimeoutError

ASYNC = pytest.mark.worlds("asyncio", "trio")


def line_of(function, text):
    """Return `file:line` of the line of *function* that holds *text*."""
    lines, first = inspect.getsourcelines(function)
    number = next(number for number, line in enumerate(lines, first) if text in line)
    return f"{inspect.getsourcefile(function)}:{number}"


def kinds(world):  # noqa: C901 - three ways to write the same
    """Every way to write an asynchronous resource that hangs while it opens or closes."""

    async def helper(gate):
        await gate.wait()  # here it hangs

    def generator(phase):
        async def hanging():
            if phase == "open":
                await helper(world.event())
            yield "value"
            await helper(world.event())

        return hanging

    def context(phase):
        class Hanging:
            async def __aenter__(self):
                if phase == "open":
                    await helper(world.event())
                return self

            async def __aexit__(self, *outcome):
                await helper(world.event())

        return Hanging

    def methods(phase):
        class Hanging:
            async def initialize(self):
                if phase == "open":
                    await helper(world.event())

            async def dispose(self):
                await helper(world.event())

        return Hanging

    return {"generator": generator, "context": context, "methods": methods}, helper


def bound(container, make, phase, **options):
    class User:
        def __init__(self, hanging):
            self.hanging = hanging

    class Hanging: ...

    container.bind(Hanging, resource(scope="singleton", **options)(make(phase)))

    def user(hanging: Hanging):
        return User(hanging)

    container.bind(User, user, scope="singleton")
    return Hanging, User


@ASYNC
@pytest.mark.parametrize("kind", ["generator", "context", "methods"])
async def test_a_hanging_opening(world, story, kind):
    """L60: the error tells where the opening waited, and what needs it."""
    made, helper = kinds(world)
    container = Container()
    key, _ = bound(container, made[kind], "open", open_timeout=0.02)

    with pytest.raises(ResourceTimeoutError) as caught:
        await container.aget(key)

    error = caught.value
    assert (error.phase, error.limit_s) == ("open", 0.02)
    assert error.waiting_at == line_of(helper, "here it hangs")
    assert len(error.needed_by) == 1
    assert "User" in error.needed_by[0]
    assert error.waiting_at in str(error)
    assert error.needed_by[0] in str(error)
    await container.aclose()


@ASYNC
@pytest.mark.parametrize("kind", ["generator", "context", "methods"])
@pytest.mark.parametrize("scope", ["root", "request"])
async def test_a_hanging_closing(world, story, kind, scope):
    """L61: the error tells where the closing waits; the rest closes."""
    made, helper = kinds(world)
    container = Container()
    below = story.add(container, "below", scope="singleton")
    key = type("Hanging", (), {})
    container.bind(key, resource(scope=None, close_timeout=0.02)(made[kind]("close")))

    await container.aget(below)
    with pytest.raises(CloseError) as caught:
        if scope == "root":
            await container.aget(key)
            await container.aclose()
        else:
            async with container.resource_scope():
                await container.aget(key)

    error = caught.value.exceptions[0]
    assert isinstance(error, ResourceTimeoutError)
    assert (error.phase, error.waiting_at) == ("close", line_of(helper, "here it hangs"))
    await container.aclose()
    assert story.closes == ["below"]


@pytest.mark.worlds("sync", "asyncio", "trio")
async def test_a_hanging_synchronous_closing(world):
    """L62: so it is for a thread that is given up."""
    go = threading.Event()

    @resource(scope="singleton", close_timeout=0.02)
    def hanging():
        yield "value"
        go.wait(50)  # here it hangs

    container = Container()
    container.bind("hanging", hanging)
    await world.get(container, "hanging")
    try:
        with pytest.raises(CloseError) as caught:
            await world.close(container)
    finally:
        go.set()

    assert caught.value.exceptions[0].waiting_at == line_of(hanging, "here it hangs")


@ASYNC
async def test_a_limit_for_the_whole_container(world, story):
    """L60: `open_timeout` of the container counts for whatever sets no limit of its own."""
    made, helper = kinds(world)
    container = Container(open_timeout=0.02)
    key, user = bound(container, made["generator"], "open")

    with pytest.raises(ResourceTimeoutError) as caught:
        await container.aget(user)

    assert caught.value.limit_s == 0.02
    assert caught.value.waiting_at == line_of(helper, "here it hangs")
    assert key
    await container.aclose()


@pytest.mark.parametrize("seconds", [0, -1, "1", True])
def test_a_limit_that_is_none(seconds):
    with pytest.raises(BindingError, match="open_timeout"):
        Container(open_timeout=seconds)
