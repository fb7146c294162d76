"""Generators: what is injected lives as long as they do, and everything sent to them arrives."""

import asyncio
import contextlib

import pytest

from tenure.wiring import Closing, Provide, inject
from tests.wiring.support import Fault


def wired(container, function):
    container.wire(modules=[function])
    return function


def test_open_while_it_lives(container, log):
    """The resources of a generator stay open until it ends."""

    @inject
    def numbers(session=Closing[Provide["session"]], service=Provide["service"]):
        assert session.is_open
        yield service.number
        assert session.is_open
        log.append("end")
        return "result"

    def around():
        result = yield from numbers()
        log.append(result)

    wired(container, numbers)

    assert list(around()) == [1]
    assert log == ["open session", "end", "close session", "result"]


def test_nothing_before_the_first_item(container, log):
    """A generator that is never asked opens nothing."""

    @inject
    def numbers(session=Closing[Provide["session"]]):
        yield 1

    wired(container, numbers)
    numbers().close()

    assert log == []


def test_send_and_throw(container, log):
    """What is sent and thrown into a generator reaches it; it decides what follows."""

    @inject
    def echo(session=Closing[Provide["session"]]):
        got = yield "first"
        try:
            yield got
        except Fault:
            yield "caught"

    wired(container, echo)
    generator = echo()

    assert next(generator) == "first"
    assert generator.send("sent") == "sent"
    assert generator.throw(Fault()) == "caught"
    assert log == ["open session"]
    assert list(generator) == []
    assert log == ["open session", "close session"]


def test_error(container, log):
    """An error that leaves a generator is shown to its resources."""

    @inject
    def numbers(session=Closing[Provide["session"]]):
        yield 1
        raise Fault

    wired(container, numbers)
    with pytest.raises(Fault):
        list(numbers())

    assert log == ["open session", "session sees Fault", "close session"]


def test_close(container, log):
    """A generator that is closed early closes what it opened."""

    @inject
    def numbers(session=Closing[Provide["session"]]):
        try:
            yield 1
        finally:
            log.append(session.is_open)

    wired(container, numbers)
    generator = numbers()
    next(generator)
    generator.close()

    assert log[0] == "open session"
    assert log[1] is True
    assert log[-1] == "close session"


def test_scope_is_not_the_consumers(container, log):
    """Between two items the consumer is outside: what it has opened is not the generator's."""

    @inject
    def numbers(session=Closing[Provide["session"]]):
        yield session
        yield session

    wired(container, numbers)
    generator = numbers()
    session = next(generator)
    outside = container.session()
    rest = list(generator)

    assert outside is not session
    assert rest == [session]
    assert outside.is_open
    assert not session.is_open


def test_context_manager(container, log):
    """A context manager may be made of an injected generator function."""

    @contextlib.contextmanager
    @inject
    def transaction(session=Closing[Provide["session"]]):
        log.append("begin")
        try:
            yield session
        except Fault:
            log.append("rollback")
            raise

    wired(container, transaction)
    with pytest.raises(Fault):
        with transaction() as session:
            assert session.is_open
            raise Fault

    assert log == ["open session", "begin", "rollback", "session sees Fault", "close session"]


async def test_async_open_while_it_lives(container, log):
    """The resources of an asynchronous generator stay open until it ends."""

    @inject
    async def numbers(session=Closing[Provide["asession"]], answer=Provide["coroutine"]):
        yield answer
        await asyncio.sleep(0)
        assert session.is_open
        yield 2

    wired(container, numbers)

    assert [number async for number in numbers()] == [42, 2]
    assert log == ["open asession", "close asession"]


async def test_async_send_and_throw(container, log):
    """What is sent and thrown into an asynchronous generator reaches it."""

    @inject
    async def echo(session=Closing[Provide["asession"]]):
        got = yield "first"
        try:
            yield got
        except Fault:
            yield "caught"

    wired(container, echo)
    generator = echo()

    assert await anext(generator) == "first"
    assert await generator.asend("sent") == "sent"
    assert await generator.athrow(Fault()) == "caught"
    await generator.aclose()
    assert log[0] == "open asession"
    assert log[-1] == "close asession"


async def test_async_error(container, log):
    """An error that leaves an asynchronous generator is shown to its resources."""

    @contextlib.asynccontextmanager
    @inject
    async def transaction(session=Closing[Provide["asession"]]):
        yield session

    wired(container, transaction)
    with pytest.raises(Fault):
        async with transaction():
            raise Fault

    assert log == ["open asession", "asession sees Fault", "close asession"]


async def test_async_in_two_tasks(container, log):
    """Two asynchronous generators at once have a resource each."""

    @inject
    async def numbers(session=Closing[Provide["asession"]]):
        for _ in range(3):
            await asyncio.sleep(0)
            yield session

    async def consume():
        return {session async for session in numbers()}

    wired(container, numbers)
    first, second = await asyncio.gather(consume(), consume())

    assert len(first) == len(second) == 1
    assert first != second
    assert log == ["open asession"] * 2 + ["close asession"] * 2
