"""Whether a suspended generator can look at an error is told by its code."""

import asyncio
from contextlib import nullcontext

import pytest

from tenure.model.protection import can_look


def bare():
    yield 1
    print("closed")


def bare_in_a_loop():
    for number in range(3):
        if number == 0:
            yield number


def bare_after_a_try():
    try:
        print("opened")
    except OSError:
        raise
    yield 1
    print("closed")


def in_try():
    try:
        yield 1
    finally:
        print("closed")


def in_try_except():
    try:
        yield 1
    except ValueError:
        print("rolled back")
    print("closed")


def in_with():
    with nullcontext():
        yield 1


def delegating():
    yield from in_try()


def in_nested_try():
    if True:
        try:
            with nullcontext():
                yield 1
        except ValueError:
            pass


async def abare():
    await asyncio.sleep(0)
    yield 1
    await asyncio.sleep(0)


async def in_atry():
    await asyncio.sleep(0)
    try:
        yield 1
    finally:
        await asyncio.sleep(0)


async def in_awith():
    async with asyncio.timeout(None):
        yield 1


@pytest.mark.parametrize("function", [bare, bare_in_a_loop, bare_after_a_try])
def test_a_bare_yield_cannot_look(function):
    """Nothing in it stands between the error and its end."""
    generator = function()
    next(generator)

    assert not can_look(generator)


@pytest.mark.parametrize("function", [in_try, in_try_except, in_with, delegating, in_nested_try])
def test_a_protected_yield_can_look(function):
    """A handler, or the exit of a context manager, would run."""
    generator = function()
    next(generator)

    assert can_look(generator)


@pytest.mark.parametrize(("function", "expected"), [(abare, False), (in_atry, True), (in_awith, True)])
def test_asynchronous_generators(function, expected):
    """The same holds for them; an `await` before the yield is no protection."""

    async def main():
        generator = function()
        await anext(generator)
        found = can_look(generator)
        await generator.aclose()
        return found

    assert asyncio.run(main()) is expected


def test_code_without_source():
    """It needs no source: a program may come without."""
    names: dict = {}
    exec("def made():\n    yield 1\n    print('closed')\n", names)
    generator = names["made"]()
    next(generator)

    assert not can_look(generator)


def test_anything_else_can_look():
    """What is no generator is left as it is."""
    assert can_look(nullcontext())
