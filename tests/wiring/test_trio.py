"""Injected coroutine functions and generators on trio."""

import contextlib
import importlib

import pytest

from tenure.wiring import Closing, Provide, inject
from tests.wiring.support import Fault

trio = importlib.import_module("trio")


def test_closed(container, log):
    """Resources of a call are closed at its end, those opened at the same time too."""

    @inject
    async def function(session=Closing[Provide["asession"]], repository=Closing[Provide["arepository"]]):
        await trio.sleep(0)
        return repository.dependency is session and session.is_open

    container.wire(modules=[function])

    assert trio.run(function)
    assert log == ["open asession", "close asession"]


def test_two_that_are_independent(container, log):
    """Resources that do not need one another are opened at the same time."""
    container.set_provider("second", type(container.asession)(container.asession.provides, "second"))

    @inject
    async def function(first=Closing[Provide["asession"]], second=Closing[Provide["second"]]):
        return first.is_open and second.is_open

    container.wire(modules=[function])

    assert trio.run(function)
    assert sorted(log) == ["close asession", "close second", "open asession", "open second"]


def test_generator(container, log):
    """A resource sees the error of what consumes the generator."""

    @contextlib.asynccontextmanager
    @inject
    async def transaction(session=Closing[Provide["asession"]]):
        yield session

    async def main():
        async with transaction():
            raise Fault

    container.wire(modules=[transaction])
    with pytest.raises(Fault):
        trio.run(main)

    assert log == ["open asession", "asession sees Fault", "close asession"]
