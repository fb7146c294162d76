"""W6: an error on closing stops the rest, and a second error is lost."""

import asyncio

import pytest

from tests.weaknesses.support import contrast, done, leaves, live, opening, opening_async, turns


def chain(library, log, error_of_c=None):
    """`c` needs `b`, which needs `a`; `c` and `b` fail to close."""
    a = library.resource(opening(log, "a"))
    b = library.resource(opening(log, "b", fails_closing=RuntimeError("b")), a)
    c = library.resource(opening(log, "c", fails_closing=error_of_c or RuntimeError("c")), b)
    return library.container(a=a, b=b, c=c)


def chain_async(library, log):
    a = library.resource(opening_async(log, "a"))
    b = library.resource(opening_async(log, "b", fails_closing=RuntimeError("b")), a)
    c = library.resource(opening_async(log, "c", fails_closing=RuntimeError("c")), b)
    return library.container(a=a, b=b, c=c)


def errors_of(act):
    try:
        act()
    except BaseException as error:
        return leaves(error)
    return []


async def async_errors_of(act):
    try:
        await done(act())
    except BaseException as error:
        return leaves(error)
    return []


@contrast(theirs=["+a", "+b", "+c", "-c"], ours=["+a", "+b", "+c", "-c", "-b", "-a"])
def test_an_error_on_closing_does_not_stop_the_rest(library):
    """W6, L10, L24: everything is closed by one shutdown, although two fail to close."""
    log = []
    container = chain(library, log)
    container.init_resources()

    errors_of(container.shutdown_resources)
    return log


@contrast(theirs=["c"], ours=["c", "b"])
def test_every_error_on_closing_is_raised(library):
    """W6, L23: what a shutdown raises holds every error, in order of closing."""
    container = chain(library, [])
    container.init_resources()

    return errors_of(container.shutdown_resources)


@contrast(theirs=[["c"], ["b"], []], ours=[["c", "b"], [], []])
def test_a_repeated_shutdown_has_nothing_to_report(library):
    """W6, L9, L15: a second shutdown is a no-op, whatever the first met."""
    container = chain(library, [])
    container.init_resources()

    return [errors_of(container.shutdown_resources) for _ in range(3)]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError])
@contrast(theirs=["a", "b"], ours=[])
def test_no_error_whatever_stops_the_rest(library, error):
    """W6, L24: an exit that raises a BaseException does not keep the others from running."""
    log = []
    container = chain(library, log, error_of_c=error("c"))
    container.init_resources()

    errors_of(container.shutdown_resources)
    return live(log)


@contrast(theirs="KeyboardInterrupt", ours="KeyboardInterrupt")
def test_a_keyboard_interrupt_leaves_as_itself(library):
    """W6, L26: Ctrl-C in an exit leaves the shutdown as KeyboardInterrupt."""
    container = chain(library, [], error_of_c=KeyboardInterrupt("c"))
    container.init_resources()

    try:
        container.shutdown_resources()
    except BaseException as error:
        return type(error).__name__


@contrast(theirs=["b", "a"], ours=[])
async def test_an_error_on_asynchronous_closing_does_not_stop_the_rest(library):
    """W6, L10: everything is closed by one asynchronous shutdown, although two fail to close."""
    log = []
    container = chain_async(library, log)
    await done(container.init_resources())

    await async_errors_of(container.shutdown_resources)
    return sorted(live(log), reverse=True)


@contrast(theirs=1, ours=2)
async def test_errors_of_independent_resources_are_all_raised(library):
    """W6, L23: two independent resources fail to close at the same time; both errors are raised."""
    one = opening_async([], "one", fails_closing=RuntimeError("one"))
    two = opening_async([], "two", fails_closing=RuntimeError("two"))
    container = library.container(one=library.resource(one), two=library.resource(two))
    await done(container.init_resources())

    return len(await async_errors_of(container.shutdown_resources))


@contrast(theirs=["raised", "gate", "-slow"], ours=["gate", "-slow", "raised"])
async def test_a_shutdown_that_fails_waits_for_the_others(library):
    """W6, L10: the error leaves when everything is closed, not before."""
    log, gate = [], asyncio.Event()
    bad = opening_async(log, "bad", fails_closing=RuntimeError("bad"))
    slow = opening_async(log, "slow", closing_gate=gate)
    container = library.container(bad=library.resource(bad), slow=library.resource(slow))
    await done(container.init_resources())

    async def shutdown():
        await async_errors_of(container.shutdown_resources)
        log.append("raised")

    task = asyncio.create_task(shutdown())
    await turns()
    log.append("gate")
    gate.set()
    await task
    await turns()
    return [entry for entry in log if entry in {"gate", "raised", "-slow"}]


@contrast(theirs=["RuntimeError", "b"], ours=["RuntimeError", "b"])
def test_one_resource_raises_its_own_error(library):
    """W6, L23: the shutdown of a single provider raises the error itself."""
    container = chain(library, [])
    container.b()

    try:
        container.b.shutdown()
    except BaseException as error:
        return [type(error).__name__, str(error)]
    finally:
        container.a.shutdown()


@contrast(theirs=["inner"], ours=[])
def test_an_error_in_a_container_does_not_stop_the_containers_inside(library):
    """W6, L10: what a nested container opened is closed although what needs it fails to close."""
    log = []
    inner = library.providers.Container(library.declare(db=library.resource(opening(log, "inner"))))
    bad = library.resource(opening(log, "bad", fails_closing=RuntimeError("bad")), inner.db)
    container = library.container(inner=inner, bad=bad)
    container.init_resources()

    errors_of(container.shutdown_resources)
    return live(log)


@contrast(theirs="RuntimeError", ours="CloseError")
def test_the_errors_come_as_one_group(library):
    """W6, L23: a container's shutdown raises a `CloseError`, an ExceptionGroup."""
    container = chain(library, [])
    container.init_resources()

    try:
        container.shutdown_resources()
    except Exception as error:
        return type(error).__name__
    finally:
        errors_of(container.shutdown_resources)
        errors_of(container.shutdown_resources)
