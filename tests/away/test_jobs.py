"""The container of a process that works off jobs, without a queue."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

import pytest

from tenure import Container, Inject, inject
from tenure.away.jobs import Jobs
from tenure.errors import BindingError, GraphError


class Database:
    """What lives as long as a process."""


class Session:
    """What lives as long as a job."""


class Message:
    """What a queue gives."""


class Ended(Exception):
    """An end like any other."""


def container_of(log, *, is_async=False):
    def database() -> Iterator[Database]:
        log.append("database opened")
        try:
            yield Database()
        finally:
            log.append("database closed")

    async def asession(database: Database) -> AsyncIterator[Session]:
        log.append("session opened")
        try:
            yield Session()
        except BaseException as error:
            log.append(error)
            raise
        log.append("session closed")

    def session(database: Database) -> Iterator[Session]:
        log.append("session opened")
        try:
            yield Session()
        except BaseException as error:
            log.append(error)
            raise
        log.append("session closed")

    container = Container()
    container.bind(database, scope="singleton")
    container.bind(asession if is_async else session, scope="request")
    return container


@inject
def work(number, session=Inject[Session], message=Inject[Message]):
    return number + 1, type(session), message


@inject
async def awork(number, session=Inject[Session], message=Inject[Message]):
    return number + 1, type(session), message


def jobs_of(container, *functions, **options):
    jobs = Jobs(container, keys=(Message,), functions=lambda: functions, **options)
    message = Message()
    return jobs, message, [jobs.wrap(each, lambda *args, **kwargs: {Message: message}) for each in functions]


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("function", [work, awork])
def test_jobs(is_async, function):
    """Whatever is asynchronous, the job or its resources: a scope each, the container once around them."""
    log = []
    jobs, message, [job] = jobs_of(container_of(log, is_async=is_async), function)

    jobs.begin()
    jobs.begin()
    assert job(1) == (2, Session, message)
    assert job(number=2) == (3, Session, message)
    jobs.end()
    jobs.end()

    assert log == ["database opened", *["session opened", "session closed"] * 2, "database closed"]


@pytest.mark.parametrize("is_async", [False, True])
def test_an_end_that_is_no_failure(is_async):
    """It is raised behind the scope, which is not shown it."""
    log = []

    @inject
    def ends(session=Inject[Session]):
        raise Ended

    jobs, _, [job] = jobs_of(container_of(log, is_async=is_async), ends, is_end=lambda error: isinstance(error, Ended))
    with pytest.raises(Ended):
        job()
    jobs.end()

    assert log[-2:] == ["session closed", "database closed"]


@pytest.mark.parametrize("is_async", [False, True])
def test_an_error(is_async):
    """The resources see the very error that is raised."""
    log, error = [], LookupError()

    @inject
    def fails(session=Inject[Session]):
        raise error

    jobs, _, [job] = jobs_of(container_of(log, is_async=is_async), fails)
    with pytest.raises(LookupError) as caught:
        job()
    jobs.end()

    assert caught.value is error
    assert error in log


def test_a_job_inside_a_job():
    """It has a scope of its own; a coroutine function is awaited there."""
    log = []
    jobs, _, [inner] = jobs_of(container_of(log, is_async=True), awork)

    @inject
    async def outer(session=Inject[Session]):
        return await inner(4)

    job = jobs.wrap(outer, lambda *args: {Message: Message()})
    assert job()[0] == 5
    jobs.end()

    assert log[1:-1] == ["session opened", "session opened", "session closed", "session closed"]


def test_a_coroutine_function_that_nobody_told_of():
    """A loop is made for it when it comes."""
    jobs, message, [] = jobs_of(container_of([]))
    jobs.begin()

    assert jobs.wrap(awork, lambda *args: {Message: message})(1) == (2, Session, message)
    jobs.end()


def test_a_start_that_fails_is_tried_again():
    """By the next job, each of which fails with the error until it is gone."""
    attempts = []

    def database() -> Iterator[Database]:
        attempts.append("database")
        if len(attempts) < 3:
            raise ConnectionError("not up yet")
        yield Database()

    container = Container()
    container.bind(database, scope="singleton")
    jobs, _, [job] = jobs_of(container, inject(lambda database=Inject[Database]: "served"))
    for _ in range(2):
        with pytest.raises(ConnectionError):
            job()

    assert job() == "served"
    jobs.end()
    assert len(attempts) == 3


def test_what_cannot_be_served():
    """Every job is looked at before anything opens, also where its values are awaited."""
    log = []
    jobs, _, _ = jobs_of(container_of(log, is_async=True), inject(lambda wanted=Inject["nothing"]: None))
    with pytest.raises(GraphError, match="nothing"):
        jobs.begin()

    assert log == []


def test_a_job_without_the_decorator():
    """It says so."""

    def forgotten(session=Inject[Session]): ...

    jobs, _, _ = jobs_of(container_of([]), forgotten)
    with pytest.raises(BindingError, match="put @inject"):
        jobs.begin()


def test_what_somebody_else_has_started():
    """It is used, and left open."""
    log = []
    container = container_of(log)
    jobs, _, [job] = jobs_of(container, work)
    with container:
        job(1)
        jobs.end()
        assert "database closed" not in log

    assert log[-1] == "database closed"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")  # which is what is tested
@pytest.mark.parametrize("is_async", [False, True])
def test_a_fork(is_async):
    """The child has its own, with a loop of its own; the parent's goes on."""
    log = []
    jobs, _, [job] = jobs_of(container_of(log, is_async=is_async), work)
    jobs.begin()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            log.clear()
            job(1)
            jobs.end()
            os.write(writing, ",".join(map(str, log)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        seen = file.read()
    os.waitpid(child, 0)

    assert seen == "database opened,session opened,session closed,database closed"
    assert job(2)[0] == 3
    jobs.end()
    assert log == ["database opened", "session opened", "session closed", "database closed"]


def test_on_a_loop_that_is_there():
    """Coroutine functions run on it, plain ones are given what lives on it, from other threads."""
    log = []
    jobs, message, [job] = jobs_of(container_of(log, is_async=True), work)
    ajob = jobs.awrap(awork, lambda *args: {Message: message})

    async def main():
        await jobs.abegin()
        try:
            return await ajob(1), await asyncio.to_thread(job, 2)
        finally:
            await jobs.aend()

    assert asyncio.run(main()) == ((2, Session, message), (3, Session, message))
    assert log == ["database opened", *["session opened", "session closed"] * 2, "database closed"]
