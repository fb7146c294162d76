"""Resources that break the rules of their own kind: generators that yield too little or too much, wrong products."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager

import pytest
from fault_support import at, is_idle, logged, notes_of

from tenure import Container, resource
from tenure.errors import CloseError, ResourceError, ResourceProtocolError, closing_errors


class Settings:
    pass


class Database:
    pass


def never():
    return
    yield


def never_but_returns():
    return Settings()
    yield


async def anever():
    return
    yield


@contextlib.contextmanager
def never_managed() -> Iterator[Settings]:
    return
    yield


NEVER = "Settings ({}) ended without a yield; yield the resource exactly once (`yield` alone is enough)"
TWICE = "Settings ({}) yielded a second time; a resource yields exactly once; what follows closes it"


def protocol_error(caught, target, text):
    error = caught if isinstance(caught, BaseException) else caught.value
    assert type(error) is ResourceProtocolError
    assert isinstance(error, ResourceError)
    assert isinstance(error, RuntimeError)
    assert str(error) == text.format(at(target))
    assert (error.label, error.where) == ("Settings", at(target))
    return error


@pytest.mark.parametrize("generator", [never, never_but_returns])
def test_generator_that_never_yields(generator, log):
    """A generator that ends without a yield has opened nothing; what it needed is closed with its scope."""
    container = Container()
    container.bind(Settings, generator)
    container.bind(Database, logged(Database, log, "database"))

    with pytest.raises(ResourceProtocolError) as caught, container.resource_scope() as scope:
        scope.get(Database)
        scope.get(Settings)

    error = protocol_error(caught, generator, NEVER)
    assert error.problem == "ended without a yield"
    assert error.hint == "yield the resource exactly once (`yield` alone is enough)"
    assert log == ["open database", "close database"]
    assert is_idle(container)


@pytest.mark.anyio
async def test_async_generator_that_never_yields():
    """The same holds for an async generator."""
    container = Container()
    container.bind(Settings, anever)

    with pytest.raises(ResourceProtocolError) as caught:
        await container.aget(Settings)

    protocol_error(caught, anever, NEVER)
    assert is_idle(container)


def test_context_manager_function_that_never_yields():
    """Under `@contextmanager` it is the standard library that says so; the note names the resource."""
    container = Container()
    container.bind(never_managed)

    with pytest.raises(RuntimeError, match="generator didn't yield") as caught:
        container.get(Settings)

    assert f"Settings   ({at(never_managed)})" in notes_of(caught.value)
    assert is_idle(container)


def twice():
    yield Settings()
    yield Settings()


def twice_when_thrown():
    try:
        yield Settings()
    except ValueError:
        yield Settings()


async def atwice():
    yield Settings()
    yield Settings()


async def atwice_when_thrown():
    try:
        yield Settings()
    except ValueError:
        yield Settings()


def test_generator_that_yields_twice(log):
    """A second yield is an error of closing; the generator is closed and so is everything else."""
    container = Container()
    container.bind(Database, logged(Database, log, "database"))
    container.bind(Settings, twice)

    with pytest.raises(CloseError) as caught, container.resource_scope() as scope:
        scope.get(Database)
        scope.get(Settings)

    (error,) = caught.value.exceptions
    protocol_error(error, twice, TWICE)
    assert log == ["open database", "close database"]
    assert is_idle(container)


def test_generator_that_yields_again_when_it_is_shown_the_error():
    """The body's error leaves as itself and carries the mistake."""
    container = Container()
    container.bind(Settings, twice_when_thrown)
    body = ValueError("body")

    with pytest.raises(ValueError, match=r"^body") as caught, container.resource_scope() as scope:
        scope.get(Settings)
        raise body

    assert caught.value is body
    (error,) = closing_errors(body)
    protocol_error(error, twice_when_thrown, TWICE)
    assert str(error) in notes_of(body)
    assert is_idle(container)


@pytest.mark.anyio
async def test_async_generator_that_yields_twice():
    """The same holds for an async generator."""
    container = Container()
    container.bind(Settings, atwice)

    with pytest.raises(CloseError) as caught:
        async with container.resource_scope() as scope:
            await scope.aget(Settings)

    (error,) = caught.value.exceptions
    protocol_error(error, atwice, TWICE)
    assert is_idle(container)


@pytest.mark.anyio
async def test_async_generator_that_yields_again_when_it_is_shown_the_error():
    """The same holds when the body failed."""
    container = Container()
    container.bind(Settings, atwice_when_thrown)
    body = ValueError("body")

    with pytest.raises(ValueError, match=r"^body") as caught:
        async with container.resource_scope() as scope:
            await scope.aget(Settings)
            raise body

    assert caught.value is body
    (error,) = closing_errors(body)
    protocol_error(error, atwice_when_thrown, TWICE)
    assert is_idle(container)


@pytest.mark.anyio
async def test_async_generator_of_the_root_that_yields_twice():
    """The same holds where an owner task closes it."""
    container = Container()
    container.bind(Settings, atwice, scope="singleton")
    await container.aget(Settings)

    with pytest.raises(CloseError) as caught:
        await container.aclose()

    protocol_error(caught.value.exceptions[0], atwice, TWICE)


def test_generator_that_yields_without_end(log):
    """A generator that does not even stop when it is closed is named as well; the others close."""

    def stubborn():
        for _ in range(3):
            try:
                yield Settings()
            except GeneratorExit:
                pass

    container = Container()
    container.bind(Database, logged(Database, log, "database"))
    container.bind(Settings, stubborn)

    with pytest.raises(CloseError) as caught, container.resource_scope() as scope:
        scope.get(Database)
        scope.get(Settings)

    (error,) = caught.value.exceptions
    assert isinstance(error, RuntimeError)
    assert "Settings" in str(error) + notes_of(error)
    assert log == ["open database", "close database"]


def gives_settings() -> AbstractContextManager[Settings]:
    return Settings()


def gives_sync_context() -> AbstractAsyncContextManager[Settings]:
    return contextlib.closing(Settings())


def test_function_that_gives_no_context_manager():
    """A function annotated to return a context manager that returns something else is refused, unopened."""
    container = Container()
    container.bind(gives_settings)

    with pytest.raises(ResourceProtocolError) as caught:
        container.get(Settings)

    protocol_error(
        caught,
        gives_settings,
        "Settings ({}) gave a Settings, which has no __enter__ and __exit__; "
        "return a context manager, or bind it with close=",
    )
    assert is_idle(container)


@pytest.mark.anyio
async def test_function_that_gives_a_context_manager_of_the_other_colour():
    """A synchronous context manager where an asynchronous one was announced is refused, unentered."""
    container = Container()
    container.bind(gives_sync_context)

    with pytest.raises(ResourceProtocolError) as caught:
        await container.aget(Settings)

    assert str(caught.value).startswith(
        f"Settings ({at(gives_sync_context)}) gave a closing, which has no __aenter__ and __aexit__"
    )
    assert is_idle(container)


def test_resource_function_whose_product_lacks_the_announced_methods():
    """A function declared to make a class with `initialize`, that makes something else, is refused."""
    opened = []

    class Remote:
        def initialize(self):
            opened.append(self)

        def dispose(self): ...

    @resource
    def make() -> Remote:
        return Settings()

    container = Container()
    container.bind(make)

    with pytest.raises((ResourceProtocolError, AttributeError)):
        container.get(Remote)

    assert opened == []
    assert is_idle(container)


@pytest.mark.anyio
async def test_entering_a_call_that_gives_no_context_manager():
    """`async with obj.method()` on a method that gives something else says to await it."""

    @resource
    class Remote:
        async def initialize(self): ...

        async def dispose(self): ...

        async def answer(self):
            return 42

    container = Container()
    async with container.resource_scope():
        with pytest.raises(TypeError) as caught:
            async with container.get(Remote).answer():
                pass

    assert str(caught.value).endswith(
        "Remote.answer gave a int, which is no asynchronous context manager; await the call instead of entering it"
    )
    assert is_idle(container)


def test_generator_of_async_iterator_annotation():
    """The colour comes from the function, not from its annotation."""

    def make() -> AsyncIterator[Settings]:
        yield Settings()

    container = Container()
    container.bind(make)

    with container.resource_scope() as scope:
        assert isinstance(scope.get(Settings), Settings)
