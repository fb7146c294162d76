"""fast_depends calls markers as dependencies too."""

import importlib

from tenure.wiring import Provide, inject

fast_depends = importlib.import_module("fast_depends")
Depends = fast_depends.Depends


def test_function(container):
    """A function that cannot await."""

    @fast_depends.inject
    @inject
    def function(a: int, service=Depends(Provide["service"])):
        return a, service

    container.wire(modules=[function])

    assert function("1") == (1, container.service())


async def test_coroutine(container):
    """A coroutine function."""

    @fast_depends.inject
    @inject
    async def function(a: int, service=Depends(Provide["service"])):
        return a, service

    container.wire(modules=[function])

    assert await function("1") == (1, container.service())
