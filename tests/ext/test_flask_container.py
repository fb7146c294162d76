"""Flask on a container, over the network and in parts."""

import inspect
import threading
from contextlib import contextmanager

import flask
import pytest
from conformance import Answered, Conformance, Database, Log, Repository, Session, Unbound, container_of
from flask.views import MethodView
from werkzeug.serving import make_server

from tenure import Container
from tenure.errors import BindingError, GraphError
from tenure.ext.flask import Inject, inject, setup


class Visitor:
    def __init__(self, request: flask.Request) -> None:
        self.name = request.headers["X-Name"]


def routes(app, log):
    @app.get("/value")
    @inject
    def value(number=0, session=Inject[Session], repository=Inject[Repository]):
        assert repository.session is session
        return f"{session.number} {session.is_open}"

    @app.get("/sync")
    @inject
    def synchronous(database=Inject[Database]):
        return str(isinstance(database, Database))

    @app.get("/request")
    @inject
    def request(visitor=Inject[Visitor]):
        return visitor.name

    @app.get("/answered")
    @inject
    def answered(session=Inject[Session]):
        raise Answered

    @app.get("/error")
    @inject
    def error(session=Inject[Session]):
        return 1 / 0

    @app.get("/stream")
    @inject
    def stream(session=Inject[Session]):
        return flask.Response(f"{session.is_open} " for _ in range(3))

    @app.get("/endless")
    @inject
    def endless(session=Inject[Session]):
        return flask.Response("more " * 1000 for _ in iter(lambda: session.is_open, False))

    @app.get("/background")
    @inject
    def background(session=Inject[Session]):
        answer = flask.make_response("soon")
        answer.call_on_close(lambda: log(f"background: {session.is_open}"))
        return answer

    @app.errorhandler(Answered)
    def answer(error):
        return "answered", 409


@contextmanager
def serving(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join(20)
        server.server_close()


class TestFlask(Conformance):
    framework = "Flask"
    packages = ("flask", "werkzeug")
    is_async = False
    starts_at_once = has_lifespan = False
    lacks = {"websocket": "WSGI knows none"}

    def app(self, container, log):
        app = flask.Flask("app")
        routes(app, log)
        setup(app, container)
        return app

    def broken(self, container):
        app = flask.Flask("app")

        @app.get("/")
        @inject
        def broken(wanted=Inject[Unbound]): ...

        return lambda: setup(app, container)

    def serve(self, app):
        return serving(app)

    def start(self, app):
        app()

    def stop(self, container):
        container.close()

    def schema(self, app):
        return str(inspect.signature(app.view_functions["value"]))


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    container = container_of(log, is_async=False)
    yield container
    container.close()


def app_of(container, view, **options):
    app = flask.Flask("app")
    app.add_url_rule("/", view_func=view, **options)
    setup(app, container)
    return app


def test_a_stream_in_the_request_context(container, log):
    """`stream_with_context` and the scope go together."""

    @inject
    def view(session=Inject[Session]):
        return flask.Response(flask.stream_with_context(f"{flask.request.path} {session.is_open}" for _ in range(2)))

    assert app_of(container, view).test_client().get("/", buffered=True).text == "/ True/ True"
    assert list(log)[-1] == "session closed"


def test_a_stream_that_fails(container, log):
    """Its resources see the error, once."""

    @inject
    def view(session=Inject[Session]):
        def chunks():
            yield "one"
            raise Answered

        return flask.Response(chunks())

    client = app_of(container, view).test_client()
    with pytest.raises(Answered), client.get("/") as answer:
        answer.get_data()

    assert list(log)[-1] == "session rolled back: Answered"


def test_requests_that_overlap_on_one_thread(container, log):
    """Each keeps its own scope, in whatever order they end."""

    @inject
    def view(session=Inject[Session]):
        return flask.Response(f"{session.number} {session.is_open}" for _ in range(2))

    client = app_of(container, view).test_client()
    first, second = client.get("/"), client.get("/")
    first.close()
    assert list(log).count("session closed") == 1

    assert second.text == "2 True2 True"
    assert list(log).count("session closed") == 2


def test_a_view_of_methods(container):
    """Each method is injected, and looked at before the start."""

    class View(MethodView):
        @inject
        def get(self, wanted=Inject[Unbound]): ...

    with pytest.raises(GraphError, match=r"get.*Unbound"):
        app_of(container, View.as_view("view"))


def test_what_stands_around_views(container):
    """It is looked at as well."""
    app = flask.Flask("app")

    @app.before_request
    @inject
    def around(wanted=Inject[Unbound]): ...

    with pytest.raises(GraphError, match=r"around.*Unbound"):
        setup(app, container)


def test_a_view_that_is_added_later(container, log):
    """The first request says that it cannot be served, and so does the next one."""
    app = flask.Flask("app")
    setup(app, container)

    @app.get("/")
    @inject
    def late(wanted=Inject[Unbound]): ...

    for _ in range(2):
        with pytest.raises(GraphError, match=r"late.*Unbound"):
            app.test_client().get("/elsewhere")
    assert list(log) == []


def test_what_needs_an_event_loop():
    """It is refused before anything is opened."""
    container = container_of(Log(), is_async=True)

    with pytest.raises(GraphError, match="has to be awaited"):
        setup(flask.Flask("app"), container)


def test_a_view_without_the_decorator(container):
    """It says so."""

    def forgotten(session=Inject[Session]): ...

    with pytest.raises(BindingError, match=r"forgotten is Inject\[Session\].*put @inject"):
        app_of(container, forgotten)


def test_an_application_twice(container):
    """A scope inside a scope of the same name would be of no use."""
    app = flask.Flask("app")
    setup(app, container)
    with pytest.raises(BindingError, match="a container already"):
        setup(app, container)


def test_a_request_of_another_class():
    """It is found by its own class, and by Flask's."""

    class Request(flask.Request): ...

    class App(flask.Flask):
        request_class = Request

    app, container = App("app"), Container()

    @app.get("/")
    @inject
    def view(own=Inject[Request], general=Inject[flask.Request]):
        return f"{own is general} {own is flask.request._get_current_object()}"

    setup(app, container)
    assert app.test_client().get("/").text == "True True"
    assert app.extensions["tenure"] is container
    container.close()


def test_the_first_requests_at_the_same_time(container, log):
    """The container is started once, and all wait for it."""

    @inject
    def view(database=Inject[Database]):
        return str(id(database))

    app = app_of(container, view)
    barrier, answers = threading.Barrier(4, timeout=20), []

    def ask():
        barrier.wait()
        answers.append(app.test_client().get("/").text)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(answers) == 4
    assert len(set(answers)) == 1
    assert list(log) == ["database opened"]
