"""Random trees of calls: whatever is nested in whatever, resources are open while they are needed and closed once."""

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.wiring import Closing, Provide, inject
from tests.wiring.support import LOG, Example, Fault

NAMES = ("session", "cache", "asession")


@dataclass(frozen=True)
class Call:
    """A call that needs some resources, makes other calls, and may fail."""

    wanted: frozenset[str]
    inner: tuple["Call", ...] = ()
    fails: bool = False


def calls(names):
    leaves = st.builds(Call, st.frozensets(st.sampled_from(names)), st.just(()), st.booleans())
    return st.recursive(
        leaves,
        lambda inner: st.builds(
            Call, st.frozensets(st.sampled_from(names)), st.lists(inner, max_size=3).map(tuple), st.booleans()
        ),
        max_leaves=6,
    )


def check_log(open_outside=()):
    """Everything that was opened was closed once, after it was opened."""
    is_open = dict.fromkeys(open_outside, True)
    for line in LOG:
        act, _, name = line.partition(" ")
        if act == "open":
            is_open[name] = is_open.get(name, 0) + 1
        elif act == "close":
            is_open[name] -= 1
            assert is_open[name] >= 0
    assert not any(is_open.values())


def make_functions(wired_to):
    @inject
    def run(call, around, session=Closing[Provide["session"]], cache=Closing[Provide["cache"]]):
        given = {"session": session, "cache": cache}
        for name in call.wanted:
            assert given[name].is_open
            assert given[name] is around.get(name, given[name])
        held = around | {name: given[name] for name in call.wanted}
        for inner in call.inner:
            arguments = {name: None for name in given if name not in inner.wanted}
            try:
                run(inner, held, **arguments)
            except Fault:
                assert inner.fails
        if call.fails:
            raise Fault

    @inject
    async def arun(
        call,
        around,
        session=Closing[Provide["session"]],
        cache=Closing[Provide["cache"]],
        asession=Closing[Provide["asession"]],
    ):
        given = {"session": session, "cache": cache, "asession": asession}
        await asyncio.sleep(0)
        for name in call.wanted:
            assert given[name].is_open
            assert given[name] is around.get(name, given[name])
        held = around | {name: given[name] for name in call.wanted}
        waits = [
            arun(inner, held, **{name: None for name in given if name not in inner.wanted}) for inner in call.inner
        ]
        for inner, error in zip(call.inner, await asyncio.gather(*waits, return_exceptions=True), strict=True):
            assert isinstance(error, Fault) if inner.fails else error is None
        if call.fails:
            raise Fault

    wired_to.wire(modules=[run, arun])
    return run, arun


@given(calls(NAMES[:2]))
def test_calls(call):
    """Calls of functions."""
    LOG.clear()
    run, _ = make_functions(Example())
    outcome = pytest.raises(Fault) if call.fails else None
    arguments = {name: None for name in NAMES[:2] if name not in call.wanted}
    if outcome is None:
        run(call, {}, **arguments)
    else:
        with outcome:
            run(call, {}, **arguments)
    check_log()


@given(calls(NAMES))
def test_coroutine_calls(call):
    """Calls of coroutine functions, those inside of one at the same time."""
    LOG.clear()
    _, arun = make_functions(Example())
    arguments = {name: None for name in NAMES if name not in call.wanted}

    async def main():
        if call.fails:
            with pytest.raises(Fault):
                await arun(call, {}, **arguments)
        else:
            await arun(call, {}, **arguments)

    asyncio.run(main())
    check_log()
