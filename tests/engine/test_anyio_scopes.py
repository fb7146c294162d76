"""Whether a scope of anyio's around the running task is cancelled, as whoever closes asks it."""

import asyncio
import subprocess
import sys

import anyio
import pytest
from anyio._backends import _asyncio as half

from tenure.lifecycle.backends import anyio_scopes
from tenure.lifecycle.backends.anyio_scopes import is_cancelled_around


@pytest.fixture(autouse=True, params=["table", "no table"])
def found_anew(request, monkeypatch):
    """Have anyio looked at again: as it is, and as if it kept its tasks in a way that is not known."""
    monkeypatch.setattr(anyio_scopes, "_found", [])
    monkeypatch.setitem(sys.modules, "anyio", anyio)
    if request.param == "no table":
        monkeypatch.setattr(anyio_scopes, "_table_of", lambda _: None)


def answer(function):
    """Run the coroutine *function*; return what it does."""
    return asyncio.run(function())


def test_a_task_that_was_never_in_one():
    async def main():
        return is_cancelled_around(), is_cancelled_around()

    assert answer(main) == (False, False)


def test_a_scope_before_and_after_its_cancel():
    async def main():
        with anyio.CancelScope() as scope:
            before = is_cancelled_around()
            scope.cancel()
            return before, is_cancelled_around()

    assert answer(main) == (False, True)


def test_a_shield_inside_a_cancelled_one():
    async def main():
        with anyio.CancelScope() as scope:
            scope.cancel()
            with anyio.CancelScope(shield=True):
                return is_cancelled_around()

    assert answer(main) is False


def test_a_scope_that_was_left():
    async def main():
        with anyio.CancelScope() as scope:
            scope.cancel()
        return is_cancelled_around()

    assert answer(main) is False


def test_a_task_of_a_group_whose_scope_is_cancelled():
    """It entered no scope itself."""
    told = []

    async def child():
        try:
            await anyio.sleep_forever()
        finally:
            told.append(is_cancelled_around())

    async def main():
        async with anyio.create_task_group() as group:
            group.start_soon(child)
            await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()

    answer(main)
    assert told == [True]


def test_another_task_of_a_loop_on_which_one_is_cancelled():
    async def main():
        with anyio.CancelScope() as scope:
            other = asyncio.create_task(look())
            scope.cancel()
            try:
                await anyio.sleep_forever()
            finally:
                with anyio.CancelScope(shield=True):
                    told.append(await other)

    async def look():
        return is_cancelled_around()

    told = []
    answer(main)
    assert told == [False]


def test_a_callback_that_runs_in_no_task():
    async def main():
        done = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(lambda: done.set_result(is_cancelled_around()))
        return await done

    assert answer(main) is False


def test_the_table_is_the_one_that_anyio_keeps(request):
    """Where anyio keeps its tasks otherwise, its function is asked each time, and nobody would notice."""
    assert anyio_scopes._table_of(half) is (half._task_states.data if "no table" not in request.node.name else None)


def test_whoever_has_no_scope_imports_no_half_of_it():
    program = """
import asyncio, sys
import anyio
from tenure.lifecycle.backends.anyio_scopes import is_cancelled_around

async def main():
    print(is_cancelled_around(), "anyio._backends._asyncio" in sys.modules)
    with anyio.CancelScope() as scope:
        scope.cancel()
        print(is_cancelled_around())

asyncio.run(main())
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ran.stdout.split(), ran.stderr) == (["False", "False", "True"], "")


def test_a_program_without_anyio(monkeypatch):
    monkeypatch.delitem(sys.modules, "anyio")

    async def main():
        return is_cancelled_around()

    assert answer(main) is False
    assert anyio_scopes._found == []
