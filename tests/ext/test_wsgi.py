"""Any WSGI application on a container: scopes, streamed bodies, start and end."""

import contextvars
import subprocess
import sys
import threading
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from conformance import Log, Session, Unbound, container_of

from tenure.errors import CloseError, GraphError
from tenure.ext.wsgi import LEAVE, Inject, Request, inject, note, setup


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    container = container_of(log, is_async=False)
    yield container
    container.close()


@inject
def number(session=Inject[Session], request=Inject[Request]):
    return f"{session.number} {request.environ['PATH_INFO']}".encode()


def answer(start_response, *chunks):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return chunks


def plain(environ, start_response):
    return answer(start_response, number())


def environ_of(path="/"):
    environ = {"SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": ""}
    setup_testing_defaults(environ)
    return environ


def get(app, path="/"):
    """Serve one request as a server does."""
    body = app(environ_of(path), lambda *_: lambda chunk: None)
    try:
        return b"".join(body)
    finally:
        getattr(body, "close", lambda: None)()


def test_a_request(container, log):
    """A scope around it; the container is started by the first."""
    app = setup(plain, container)
    assert list(log) == []

    assert [get(app, "/a"), get(app, "/b")] == [b"1 /a", b"2 /b"]
    assert list(log) == ["database opened", *["session opened", "session closed"] * 2]


def test_the_protocol(container):
    """Nothing that WSGI forbids."""
    assert get(validator(setup(validator(plain), container))) == b"1 /"


def test_a_streamed_body(container, log):
    """It runs in the scope, and is closed before it."""

    def app(environ, start_response):
        start_response("200 OK", [])
        try:
            for _ in range(2):
                yield number()
        finally:
            log("body closed")

    body = setup(app, container)(environ_of(), lambda *_: None)
    assert next(body) == b"1 /"
    assert "session closed" not in log
    body.close()
    body.close()

    assert list(log)[-2:] == ["body closed", "session closed"]
    assert list(log).count("session closed") == 1


def test_a_body_that_is_closed_on_another_thread(container, log):
    """It is closed all the same, and nothing stays current anywhere."""
    body = setup(plain, container)(environ_of(), lambda *_: None)
    thread = threading.Thread(target=body.close)
    thread.start()
    thread.join(20)

    assert list(log)[-1] == "session closed"
    left = [variable for variable, value in contextvars.copy_context().items() if "scope" in variable.name and value]
    assert left == []


@pytest.mark.parametrize("when", ["called", "read", "closed"])
def test_an_application_that_fails(when, container, log):
    """The resources see the error, and the server gets it."""

    class Body:
        def __iter__(self):
            if when == "read":
                raise KeyError(when)
            return iter([b""])

        def close(self):
            if when == "closed":
                raise KeyError(when)

    def app(environ, start_response):
        number()
        start_response("200 OK", [])
        if when == "called":
            raise KeyError(when)
        return Body()

    with pytest.raises(KeyError, match=when):
        get(setup(app, container))
    assert list(log)[-1] == "session rolled back: KeyError"


def test_an_error_that_goes_no_further(container, log):
    """`note` shows it to the resources."""

    def app(environ, start_response):
        number()
        note(environ, KeyError("name"))
        return answer(start_response, b"answered")

    assert get(setup(app, container)) == b"answered"
    assert list(log)[-1] == "session rolled back: KeyError"


def test_closing_that_fails(container):
    """The server is told."""

    class Opened: ...

    def opened():
        try:
            yield Opened()
        finally:
            raise ZeroDivisionError

    def app(environ, start_response):
        container.get(Opened)
        note(environ, KeyError("name"))
        return answer(start_response, b"")

    container.bind(Opened, opened, scope="request")
    with pytest.raises(CloseError) as caught:
        get(setup(app, container))
    assert [type(each) for each in caught.value.exceptions] == [ZeroDivisionError]


@pytest.mark.parametrize("fails", [False, True])
def test_a_scope_that_is_left_early(fails, container, log):
    """Once, when the framework says so; what fails then is told when the body is closed."""

    class Opened: ...

    def opened():
        yield Opened()
        log("left")
        if fails:
            raise ZeroDivisionError

    class Body(list):
        def __init__(self, environ):
            super().__init__([b"body"])
            self.environ = environ

        def close(self):
            self.environ[LEAVE]()
            log("closed")

    def app(environ, start_response):
        container.get(Opened)
        return Body(environ)

    container.bind(Opened, opened, scope="request")
    if fails:
        with pytest.raises(CloseError):
            get(setup(app, container))
    else:
        assert get(setup(app, container)) == b"body"
    assert list(log)[1:] == ["left", "closed"]


def test_a_handler_that_cannot_be_served(container, log):
    """It is refused at once."""

    @inject
    def wants(wanted=Inject[Unbound]): ...

    with pytest.raises(GraphError, match=r"wants.*Unbound"):
        setup(plain, container, handlers=[wants])
    assert list(log) == []


def test_a_container_that_was_started_before(container, log):
    """It is used as it is."""
    app = setup(plain, container)
    with container:
        assert get(app) == b"1 /"
        assert list(log).count("database opened") == 1


def test_what_a_request_sets_stays_in_it(container):
    """Context variables of one request are not seen by the next one on the thread."""
    variable = contextvars.ContextVar("variable", default="unset")
    seen = []

    def app(environ, start_response):
        seen.append(variable.get())
        variable.set("set")
        return answer(start_response, variable.get().encode())

    app = setup(app, container)
    assert [get(app), get(app)] == [b"set", b"set"]
    assert seen == ["unset", "unset"]


PROGRAM = """
from collections.abc import Iterator
from tenure import Container
from tenure.ext.wsgi import setup

class Database: ...

def database() -> Iterator[Database]:
    yield Database()
    print("closed")

container = Container()
container.bind(database, scope="singleton")
app = setup(lambda environ, start_response: [b""], container)
app({}, None).close()
print("served")
"""


@pytest.mark.slow
def test_the_end_of_the_program():
    """What the first request opened is closed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True
    )

    assert (done.stdout.splitlines(), done.stderr) == (["served", "closed"], "")
