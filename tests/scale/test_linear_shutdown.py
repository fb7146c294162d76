"""Shutting n resources down costs n times as much as one, however many close at the same time."""

import asyncio
import sys

import pytest
import trio

from tests.scale.support import OpcodeCounter, app_of, late

MOST = 2.3
"""How many times as many bytecodes as for half of them; what is added for n of n shows long before it is 4."""


@pytest.fixture(params=[asyncio.run, trio.run], ids=["asyncio", "trio"])
def run(request):
    return request.param


def n_bytecodes(run, n):
    """Return how many bytecodes it takes to shut *n* independent resources down in a loop."""
    app = app_of(n, "wide", late)
    counter = OpcodeCounter()

    async def live():
        await app.init_resources()
        sys._getframe().f_trace_opcodes = True  # 3.12 looks for it when tracing begins
        with counter:
            await app.shutdown_resources()

    run(live) if run is trio.run else run(live())
    return counter.n


@pytest.mark.slow
def test_shutting_down_with_a_loop(run):
    """The resources that close at the same time do not look at one another."""
    n_bytecodes(run, 10)  # imports, and compiles

    counted = [n_bytecodes(run, n) for n in (150, 300)]

    assert counted[1] / counted[0] < MOST, counted
