"""W7: a resource never learns that the body failed."""

import asyncio

import pytest

from tests.weaknesses.support import contrast


def transaction(log):
    """A generator resource that commits, or rolls back where it sees an error."""

    def opens():
        try:
            yield "session"
        except ValueError as error:
            log.append(f"rollback {error}")
            raise
        else:
            log.append("commit")
        finally:
            log.append("close")

    return opens


def transaction_async(log):
    async def opens():
        try:
            yield "session"
        except ValueError as error:
            log.append(f"rollback {error}")
            raise
        else:
            log.append("commit")
        finally:
            log.append("close")

    return opens


def manager(log, *, swallows=False):
    """A context manager class that writes down with what it was left; some swallow the error."""

    class Manager:
        def __enter__(self):
            return self

        def __exit__(self, kind, error, traceback):
            log.append(kind.__name__ if kind else None)
            return swallows

    return Manager


def manager_async(log):
    class AsyncManager:
        async def __aenter__(self):
            return self

        async def __aexit__(self, kind, error, traceback):
            log.append(kind.__name__ if kind else None)

    return AsyncManager


def failing_body(session):
    raise ValueError("body")


async def failing_body_async(session):
    raise ValueError("body")


def run_failing(library, provider):
    """Call an injected function that fails; the error's class and text."""
    container = library.container(session=provider)
    function = library.injected(container, lambda session: failing_body(session), session=library.closing("session"))
    try:
        function()
    except BaseException as error:
        return type(error).__name__, str(error)
    finally:
        container.unwire()


async def run_failing_async(library, provider):
    async def handler(session):
        await failing_body_async(session)

    container = library.container(session=provider)
    function = library.injected(container, handler, session=library.closing("session"))
    try:
        await function()
    except BaseException as error:
        return type(error).__name__, str(error)
    finally:
        container.unwire()


@contrast(theirs=["commit", "close"], ours=["rollback body", "close"])
def test_a_generator_resource_sees_the_error_of_the_body(library):
    """W7, L13, #909: `except: rollback` of a generator resource runs when the body raises."""
    log = []
    run_failing(library, library.resource(transaction(log)))
    return log


@contrast(theirs=["commit", "close"], ours=["rollback body", "close"])
async def test_an_async_generator_resource_sees_the_error_of_the_body(library):
    """W7, L13, #909: `except: rollback` of an async generator resource runs when the body raises."""
    log = []
    await run_failing_async(library, library.resource(transaction_async(log)))
    return log


@contrast(theirs=[None], ours=["ValueError"])
def test_a_context_manager_sees_the_error_of_the_body(library):
    """W7, L13: `__exit__` gets the exception that ended the call."""
    log = []
    run_failing(library, library.resource(manager(log)))
    return log


@contrast(theirs=[None], ours=["ValueError"])
async def test_an_async_context_manager_sees_the_error_of_the_body(library):
    """W7, L13: `__aexit__` gets the exception that ended the call."""
    log = []
    await run_failing_async(library, library.resource(manager_async(log)))
    return log


@contrast(theirs=[None, None], ours=["ValueError", "ValueError"])
def test_every_resource_of_a_call_sees_the_error(library):
    """W7, L13: each resource that the call opened is shown the same outcome, also one that another needs."""
    log = []
    inner = library.resource(manager(log))

    def opens(needed):
        with manager(log)():
            yield needed

    container = library.container(inner=inner, session=library.resource(opens, inner))
    first, second = library.closing("session"), library.closing("inner")
    function = library.injected(container, lambda a, b: failing_body(a), a=first, b=second)
    with pytest.raises(ValueError, match="body"):
        function()
    container.unwire()
    return log


@contrast(theirs=("ValueError", "body"), ours=("ValueError", "body"))
def test_a_resource_cannot_turn_failure_into_success(library):
    """W7, L14: an `__exit__` that gives True does not hide the body's error from the caller."""
    return run_failing(library, library.resource(manager([], swallows=True)))


@contrast(theirs=["commit", "close"], ours=["commit", "close"])
def test_a_resource_sees_no_error_where_there_was_none(library):
    """W7, L13: a call that returns normally commits."""
    log = []
    container = library.container(session=library.resource(transaction(log)))
    function = library.injected(container, lambda session: session, session=library.closing("session"))
    function()
    container.unwire()
    return log


@contrast(theirs=["commit", "close"], ours=["commit", "close"])
def test_a_plain_shutdown_shows_no_error(library):
    """W7, L13: a shutdown outside any body is no failure."""
    log = []
    container = library.container(session=library.resource(transaction(log)))
    container.init_resources()
    container.shutdown_resources()
    return log


@contrast(theirs=["commit", "close"], ours=["close"])
async def test_a_resource_sees_that_the_call_was_cancelled(library):
    """W7, L13: a cancelled call is an outcome too: nothing is committed."""
    log = []
    gate = asyncio.Event()

    async def handler(session):
        gate.set()
        await asyncio.Event().wait()

    container = library.container(session=library.resource(transaction_async(log)))
    function = library.injected(container, handler, session=library.closing("session"))
    task = asyncio.create_task(function())
    await gate.wait()
    task.cancel()
    await asyncio.wait([task])
    container.unwire()
    return log
