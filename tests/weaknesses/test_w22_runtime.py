"""W22: what type checkers are told about each form of a resource is what happens when it runs."""

import contextlib
import inspect

import pytest

from tests.weaknesses.support import contrast, done


class Manager:
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        return "value"

    def __exit__(self, *outcome):
        self.log.append("closed")


class AsyncManager:
    def __init__(self, log):
        self.log = log

    async def __aenter__(self):
        return "value"

    async def __aexit__(self, *outcome):
        self.log.append("closed")


def generator(log):
    def opens():
        yield "value"
        log.append("closed")

    return opens


def async_generator(log):
    async def opens():
        yield "value"
        log.append("closed")

    return opens


def of_class(base):
    """A function of a log that gives a class without parameters, whose instances write into that log."""
    return lambda log: type("Opened", (base,), {"__init__": lambda self: base.__init__(self, log)})


def resource_class(library, log):
    class Opened(library.resources.Resource):
        def init(self):
            return "value"

        def shutdown(self, resource):
            log.append("closed")

    return Opened


def async_resource_class(library, log):
    class Opened(library.resources.AsyncResource):
        async def init(self):
            return "value"

        async def shutdown(self, resource):
            log.append("closed")

    return Opened


def coroutine_function(log):
    async def opens():
        return "value"

    return opens


FORMS = {
    "generator": lambda library, log: generator(log),
    "async generator": lambda library, log: async_generator(log),
    "context manager": lambda library, log: contextlib.contextmanager(generator(log)),
    "async context manager": lambda library, log: contextlib.asynccontextmanager(async_generator(log)),
    "context manager class": lambda library, log: of_class(Manager)(log),
    "async context manager class": lambda library, log: of_class(AsyncManager)(log),
    "Resource": resource_class,
    "AsyncResource": async_resource_class,
    "function": lambda library, log: lambda: "value",
    "coroutine function": lambda library, log: coroutine_function(log),
}
ASYNC_FORMS = [form for form in FORMS if form.lower().startswith(("async", "coroutine"))]
CLOSING_FORMS = [form for form in FORMS if "function" not in form]


@pytest.mark.parametrize("form", FORMS)
@contrast(theirs="value", ours="value")
async def test_every_form_gives_its_value(library, form):
    """W22: each form of a resource gives the value that it opens."""
    container = library.container(a=library.resource(FORMS[form](library, [])))

    value = await done(container.a())
    await done(container.shutdown_resources())
    return value


@pytest.mark.parametrize("form", ASYNC_FORMS)
@contrast(theirs="value", ours="value")
async def test_async_is_awaitable(library, form):
    """W22: `async_()` of an asynchronous form is awaited to its value."""
    container = library.container(a=library.resource(FORMS[form](library, [])))

    value = await container.a.async_()
    await done(container.shutdown_resources())
    return value


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ASYNC_FORMS])
@contrast(theirs="TypeError", ours="value")
async def test_async_is_always_awaitable(library, form):
    """W22: `async_()` of a synchronous form is awaited to its value too."""
    container = library.container(a=library.resource(FORMS[form](library, [])))
    try:
        value = await container.a.async_()
    except TypeError as error:
        value = type(error).__name__
    await done(container.shutdown_resources())
    return value


@pytest.mark.parametrize("form", ASYNC_FORMS)
@contrast(theirs=True, ours=True)
async def test_the_first_call_of_an_asynchronous_form_is_awaitable(library, form):
    """W22: a call of what is not open yet is awaited."""
    container = library.container(a=library.resource(FORMS[form](library, [])))

    result = container.a()
    is_awaitable = inspect.isawaitable(result)
    await result
    await done(container.shutdown_resources())
    return is_awaitable


@pytest.mark.parametrize("form", CLOSING_FORMS)
@contrast(theirs=["closed"], ours=["closed"])
async def test_every_form_is_closed(library, form):
    """W22, L9: each form with an end is closed once."""
    log = []
    container = library.container(a=library.resource(FORMS[form](library, log)))

    await done(container.a())
    await done(container.shutdown_resources())
    return log
