"""Tasks that go on behind the request that started them."""

import asyncio
import contextvars
import inspect
import threading

import pytest

from tenure import Container, Inject, inject
from tenure.errors import BindingError, ContainerClosedError
from tenure.hosting.background import background


class Session:
    is_open = True


@pytest.fixture
def container():
    async def open_session():
        session = Session()
        try:
            yield session
        finally:
            session.is_open = False

    container = Container()
    container.bind(Session, open_session, scope="request")
    return container


@pytest.mark.parametrize("when", ["inside", "behind"])
def test_a_task(container, when):
    """It has a session of its own, whether the request goes on or not."""

    async def main():
        ended = asyncio.Event()

        @background(container)
        async def later(mine=Inject[Session]):
            assert mine.is_open
            return mine

        async def task():
            await ended.wait()
            return await later()

        async with container.resource_scope("request") as request:
            of_request = await request.aget(Session)
            started = asyncio.create_task(task())
            if when == "inside":
                ended.set()
                await started
        ended.set()
        mine = await started
        assert mine is not of_request
        assert not mine.is_open
        await container.aclose()

    asyncio.run(main())


def test_it_would_be_refused(container):
    """What it is for: without it, nothing can be opened inside a request that was left."""

    @inject(container=container, scope="request")
    async def later(session=Inject[Session]): ...

    async def main():
        async with container.resource_scope("request"):
            context = contextvars.copy_context()
        with pytest.raises(ContainerClosedError, match="request"):
            await asyncio.create_task(later(), context=context)

    asyncio.run(main())


def test_on_a_thread():
    """A plain function is served by what needs no loop."""
    container = Container()
    container.bind(Session, scope="request")
    seen = []

    @background(container)
    def later(number, session=Inject[Session]):
        seen.append((number, session.is_open))

    with container.resource_scope("request"):
        context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(later, 1))
    thread.start()
    thread.join(20)

    assert seen == [(1, True)]
    assert list(inspect.signature(later).parameters) == ["number"]


def test_a_closed_container(container):
    """It refuses, as ever."""

    @background(container)
    async def later(session=Inject[Session]): ...

    async def main():
        await container.start()
        await container.aclose()
        with pytest.raises(ContainerClosedError):
            await later()

    asyncio.run(main())


def test_nothing_to_inject(container):
    """It says so where it is written."""
    with pytest.raises(BindingError, match="nothing to fill in"):

        @background(container)
        def later(): ...
