"""The document's Flask program: each request has a service of its own."""

import logging
import threading

import httpx
import pytest
from ext_support import loaded
from werkzeug.serving import make_server

REQUEST = ["Init service", "Shutdown service"]


@pytest.fixture
def program():
    with loaded("flask_app") as module:
        yield module
        module.container.unwire()


@pytest.fixture
def lines(capsys):
    """Return the lines printed so far."""
    return lambda: capsys.readouterr().out.splitlines()


def test_three_requests(program, lines):
    """The service is opened and closed around each."""
    client = program.app.test_client()
    answers = [client.get("/").text for _ in range(3)]

    assert answers == ["Hello World!"] * 3
    assert lines() == REQUEST * 3


def test_nothing_stays_open(program):
    """The container holds none."""
    program.app.test_client().get("/")

    assert not program.container.service.initialized


def test_what_the_container_holds(program, lines):
    """A service that was opened before is shared, and not closed by a request."""
    program.container.init_resources()
    program.app.test_client().get("/")
    assert lines() == REQUEST[:1]

    program.container.shutdown_resources()
    assert lines() == REQUEST[1:]


def test_a_failing_view(program):
    """The service is shown the error, and closed behind it."""
    shown = []

    def service():
        try:
            yield "service"
        except AssertionError as error:
            shown.append(error)
            raise

    program.app.container = program.Container()  # another one: its service is not the view's
    with program.container.service.override(program.providers.Resource(service)):
        assert program.app.test_client().get("/").status_code == 500

    assert len(shown) == 1
    program.app.container.shutdown_resources()


@pytest.mark.slow
def test_over_the_network(program, capsys, caplog):
    """A server with a thread per request: the output of the document, access log included."""
    caplog.set_level(logging.INFO, "werkzeug")
    server = make_server("127.0.0.1", 0, program.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        answers = [httpx.get(f"http://127.0.0.1:{server.port}/").text for _ in range(3)]
    finally:
        server.shutdown()
        thread.join(20)
        server.server_close()

    assert answers == ["Hello World!"] * 3
    assert capsys.readouterr().out.splitlines() == REQUEST * 3
    assert sum('"GET / HTTP/1.1" 200 -' in line for line in caplog.messages) == 3


def test_requests_at_the_same_time(program, lines):
    """Each thread has its own service."""
    barrier = threading.Barrier(4, timeout=20)
    opened = []

    def service():
        made = object()
        opened.append(made)
        yield made

    with program.container.service.override(program.providers.Resource(service)):

        @program.inject
        def meeting(service=program.Closing[program.Provide[program.Container.service]]):
            barrier.wait()
            return str(id(service))

        meeting.__module__ = program.__name__
        program.meeting = meeting
        program.container.wire(modules=[program])
        program.app.view_functions["index"] = meeting
        answers = []
        threads = [
            threading.Thread(target=lambda: answers.append(program.app.test_client().get("/").text)) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)

    assert len(set(answers)) == len(opened) == 4
