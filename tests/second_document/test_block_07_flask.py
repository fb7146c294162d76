"""A resource per call: `Closing` in a Flask view."""

import contextlib
import io
import re
import threading

import httpx
import pytest
from flask import Flask, current_app
from werkzeug.serving import BaseWSGIServer

from tenure import containers, providers
from tenure.wiring import Closing, Provide, inject

# The document's program.


class Service: ...


def init_service() -> Service:
    print("Init service")
    yield Service()
    print("Shutdown service")


class Container(containers.DeclarativeContainer):
    service = providers.Resource(init_service)


@inject
def index_view(service: Service = Closing[Provide[Container.service]]):
    assert service is current_app.container.service()
    return "Hello World!"


def program():
    container = Container()
    container.wire(modules=[__name__])

    app = Flask(__name__)
    app.container = container
    app.add_url_rule("/", "index", view_func=index_view)
    return app


# What holds of it.


@pytest.fixture
def app():
    app = program()
    yield app
    app.container.unwire()


def test_three_requests_print_what_it_says(app, lines):
    """Around each the service is initialized and shut down, before the server logs the request."""
    client = app.test_client()
    for _ in range(3):
        answer = client.get("/")
        assert (answer.status_code, answer.text) == (200, "Hello World!")
        print('"GET / HTTP/1.1"', answer.status_code)

    assert lines() == ["Init service", "Shutdown service", '"GET / HTTP/1.1" 200'] * 3


def test_inside_the_view_there_is_one_service(app, lines):
    """The container gives the one that was injected; the view itself says so."""
    assert app.test_client().get("/").status_code == 200
    assert lines().count("Init service") == 1


def test_a_caller_may_give_its_own(app, lines):
    """Then nothing is initialized."""
    mine = Service()
    with app.app_context(), app.container.service.override(providers.Object(mine)):
        assert index_view(mine) == "Hello World!"
    assert lines() == []


def test_the_development_server_prints_what_it_says(app, monkeypatch, capsys, caplog):
    """`app.run()` as the document has it: a server on a free port, ended after three requests, and its log."""
    caplog.set_level("INFO", "werkzeug")
    monkeypatch.setattr(BaseWSGIServer, "serve_forever", answer_three)
    with contextlib.redirect_stderr(io.StringIO()):
        app.run(port=0)

    assert capsys.readouterr().out.splitlines()[2:] == ["Init service", "Shutdown service"] * 3
    accesses = [
        record.getMessage() for record in caplog.records if record.name == "werkzeug" and "GET" in record.getMessage()
    ]
    assert len(accesses) == 3
    assert all(re.fullmatch(r"127\.0\.0\.1 - - \[.*\] .*GET / HTTP/1\.1.* 200 -", line) for line in accesses)


def answer_three(server, *_):
    """Answer three requests, each sent from a thread."""
    for _ in range(3):
        caller = threading.Thread(target=httpx.get, args=[f"http://127.0.0.1:{server.port}/"])
        caller.start()
        server.handle_request()
        caller.join(20)
    server.server_close()
