"""The probes over HTTP: what is answered to which request, by real servers, mounted in frameworks."""

import json
import threading
import urllib.error
import urllib.request
from contextlib import asynccontextmanager, contextmanager
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.validate import validator

import anyio
import flask
import httpx
import pytest
from fastapi import FastAPI
from health_support import answers, bound, loop_in_a_thread, raises, short, singleton
from starlette.applications import Starlette
from starlette.routing import Mount
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from tenure import Container, containers, providers, resource
from tenure.errors import BindingError
from tenure.health import Health, asgi_app, wsgi_app
from tests.ext.ext_support import Server, running

PROBES = ("/livez", "/readyz", "/startupz")


def client(app, **options):
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, **options), base_url="http://app")


# What is answered.


@pytest.mark.anyio
async def test_before_the_start_and_after():
    """Alive all the time; started and ready once the start has ended; not ready once it closes."""
    container = bound(singleton("Db", ask=answers))
    async with client(asgi_app(container)) as http:
        before = [(await http.get(path)).status_code for path in PROBES]
        async with container:
            meanwhile = [(await http.get(path)).status_code for path in PROBES]
        after = [(await http.get(path)).status_code for path in PROBES]

    assert before == [200, 503, 503]
    assert meanwhile == [200, 200, 200]
    assert after == [200, 503, 200]


@pytest.mark.anyio
async def test_a_short_answer():
    """The status, where the container is in its life, and nothing of what is in it."""
    async with bound(singleton("Db", ask=raises)) as container, client(asgi_app(container, details=True)) as http:
        answer = await http.get("/readyz")

    assert answer.json() == {"status": "fail", "notes": ["the container is started"]}
    assert answer.headers["content-type"] == "application/health+json"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.anyio
async def test_a_verbose_answer():
    """Each check as the draft tells it; texts of errors only where they are asked for."""
    Db = singleton("Db", ask=raises)
    Api = singleton("Api", Db, health=Health(lambda _: {"status": "degraded", "error": "secret", "lag": 3}))
    Plain = singleton("Plain")
    async with bound(Db, Api, Plain) as container:
        async with client(asgi_app(container)) as http:
            answer = (await http.get("/readyz?verbose")).json()
        async with client(asgi_app(container, details=True)) as http:
            detailed = (await http.get("/readyz?verbose=1")).json()

    assert (answer["status"], answer["notes"]) == ("fail", ["the container is started", "Db is unhealthy"])
    (db,), (api,), (plain,) = (answer["checks"][f"{name}:responseTime"] for name in ("Db", "Api", "Plain"))
    assert (db["status"], db["observedUnit"], db["time"][-1], db["critical"]) == ("fail", "s", "Z", True)
    assert db["observedValue"] >= 0
    assert (api["status"], api["rootCauses"], "details" in api) == ("warn", ["Db"], False)
    assert (plain["health"], "status" in plain) == ("unknown", False)
    assert "no route" not in json.dumps(answer)
    assert "secret" not in json.dumps(answer)
    assert "OSError" not in json.dumps(answer)
    (db,), (api,) = (detailed["checks"][f"{name}:responseTime"] for name in ("Db", "Api"))
    assert (db["output"], api["output"], api["details"]) == ("no route", "secret", {"lag": 3})


@pytest.mark.anyio
async def test_degraded_is_a_warning():
    """200: it is to be sent requests."""
    Cache = singleton("Cache", health=Health(raises, critical=False))
    async with bound(Cache) as container, client(asgi_app(container)) as http:
        answer = await http.get("/readyz?verbose")

    assert (answer.status_code, answer.json()["status"]) == (200, "warn")
    assert answer.json()["checks"]["Cache:responseTime"][0]["status"] == "warn"


@pytest.mark.anyio
async def test_only_checks_for_liveness_are_made_for_livez():
    """A slow database does not make the liveness probe slow; the start-up probe checks nothing."""
    asked = []
    Db = singleton("Db", health=Health(lambda _: asked.append("Db"), ttl_s=0))
    Loop = singleton("Loop", health=Health(lambda _: asked.append("Loop"), ttl_s=0, liveness=True))
    async with bound(Db, Loop) as container, client(asgi_app(container)) as http:
        alive = (await http.get("/livez?verbose")).json()
        assert asked == ["Loop"]
        await http.get("/startupz?verbose")
        assert asked == ["Loop"]
        await http.get("/readyz")
        assert sorted(asked) == ["Db", "Loop", "Loop"]

    assert list(alive["checks"]) == ["Loop:responseTime"]


@pytest.mark.anyio
async def test_not_alive():
    """503."""
    Loop = singleton("Loop", health=Health(raises, liveness=True))
    async with bound(Loop) as container, client(asgi_app(container)) as http:
        assert (await http.get("/livez")).status_code == 503


REQUESTS = [
    ("GET", "/livez", 200, None),
    ("HEAD", "/livez", 200, None),
    ("POST", "/livez", 405, "GET, HEAD"),
    ("DELETE", "/readyz", 405, "GET, HEAD"),
    ("OPTIONS", "/readyz", 405, "GET, HEAD"),
    ("GET", "/", 404, None),
    ("GET", "/livez/", 404, None),
    ("GET", "/livez/x", 404, None),
    ("POST", "/nothing", 404, None),
    ("HEAD", "/nothing", 404, None),
    ("GET", "/readyz?verbose=0", 200, None),
    ("GET", "/readyz?verbose=%FF&&=", 200, None),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("method", "path", "code", "allowed"), REQUESTS)
async def test_requests_over_asgi(method, path, code, allowed):
    """GET and HEAD of three addresses."""
    async with Container() as container, client(asgi_app(container)) as http:
        answer = await http.request(method, path)

    assert (answer.status_code, answer.headers.get("allow")) == (code, allowed)
    assert answer.headers["content-type"] == "application/health+json"
    assert bool(answer.content) is (method != "HEAD")
    assert int(answer.headers["content-length"]) > 0


@pytest.mark.parametrize(("method", "path", "code", "allowed"), REQUESTS)
def test_requests_over_wsgi(method, path, code, allowed):
    """The same."""
    with Container() as container:
        answer = Client(wsgi_app(container)).open(path, method=method)

    assert (answer.status_code, answer.headers.get("allow")) == (code, allowed)
    assert answer.headers["content-type"] == "application/health+json"
    assert bool(answer.data) is (method != "HEAD")


@pytest.mark.anyio
async def test_a_verbose_answer_that_is_not_wanted():
    """`verbose=0` is short."""
    async with Container() as container, client(asgi_app(container)) as http:
        assert "checks" not in (await http.get("/readyz?verbose=0")).json()
        assert "checks" in (await http.get("/readyz?verbose")).json()


@pytest.mark.anyio
async def test_the_lifespan_of_the_application():
    """It may be served by itself; starting it starts no container."""
    container = bound(singleton("Db"))
    async with running(asgi_app(container)):
        assert container.snapshot().resources == ()


@pytest.mark.anyio
async def test_a_websocket_is_refused():
    """It is closed before it is accepted."""
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message["type"])

    await asgi_app(Container())({"type": "websocket", "path": "/livez"}, receive, send)
    assert sent == ["websocket.close"]


@pytest.mark.parametrize("make", [asgi_app, wsgi_app])
def test_what_is_no_container(make):
    """It is refused before anybody asks."""
    with pytest.raises(BindingError, match="the health of a container is asked for"):
        make(object())


def test_a_declarative_container():
    """Of either face."""

    def open_db():
        yield 1

    class App(containers.DeclarativeContainer):
        db = providers.Resource(open_db)

    app = App()
    http = Client(wsgi_app(app))
    assert http.get("/readyz").status_code == 503
    with app:
        assert http.get("/readyz").status_code == 200
    assert http.get("/readyz").status_code == 503


# Mounted.


@pytest.mark.anyio
@pytest.mark.parametrize("framework", [Starlette, FastAPI])
@pytest.mark.parametrize("before", ["", "/api"])
async def test_mounted_in_an_asgi_application(framework, before):
    """Below whatever path, twice, also below a path that the server itself is mounted at."""
    container = Container()
    app = framework()
    app.mount("/health", asgi_app(container))
    app.mount("/deep", Starlette(routes=[Mount("/er", asgi_app(container))]))
    async with container, client(app, root_path=before) as http:
        assert [(await http.get(f"{before}/health{path}")).status_code for path in PROBES] == [200] * 3
        assert [(await http.get(f"{before}/deep/er{path}")).status_code for path in PROBES] == [200] * 3
        assert (await http.get(f"{before}/health/nothing")).status_code == 404
        assert (await http.get(f"{before}/livez")).status_code == 404


@pytest.mark.anyio
async def test_mounted_at_the_root():
    """The addresses are those of the application then."""
    app = Starlette(routes=[Mount("/", asgi_app(Container()))])
    async with client(app) as http:
        assert (await http.get("/livez")).status_code == 200


def test_mounted_in_a_flask_application():
    """Beside the routes of the application."""
    app = flask.Flask("app")
    app.add_url_rule("/", view_func=lambda: "home")
    with Container() as container:
        app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/health": wsgi_app(container)})
        http = app.test_client()
        assert [http.get(f"/health{path}").status_code for path in PROBES] == [200] * 3
        assert http.get("/health/nothing").status_code == 404
        assert http.get("/").text == "home"


# Real servers.


def fetch(url):
    """Return the status and the body that *url* answers with."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_uvicorn():
    """The container lives with the server that the probes are mounted in."""

    @resource(scope="singleton", health=Health(ttl_s=0))
    class Db:
        async def initialize(self):
            self.is_away = False

        async def dispose(self):
            pass

        async def ping(self):
            await anyio.sleep(0)
            if self.is_away:
                raise OSError("no route to 10.0.0.7")

    container = bound(Db)

    @asynccontextmanager
    async def lifespan(app):
        async with container:
            yield

    app = Starlette(routes=[Mount("/health", asgi_app(container))], lifespan=lifespan)
    with Server(app) as server:
        assert [fetch(f"{server.url}/health{path}")[0] for path in PROBES] == [200] * 3
        container.get(Db).is_away = True
        code, body = fetch(f"{server.url}/health/readyz?verbose")
        assert (code, body["status"], short(body["notes"][-1])) == (503, "fail", "Db is unhealthy")
        assert "10.0.0.7" not in json.dumps(body)
        assert container.health_sync()[Db].error == "no route to 10.0.0.7"  # from another thread, on the server's loop
    assert container.health_sync().state == "closed"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def wsgi_server(app):
    """Serve *app* on a free port, as strictly as WSGI is meant; give the address."""
    with make_server("127.0.0.1", 0, validator(app), handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield "http://{}:{}".format(*server.server_address)
        finally:
            server.shutdown()
            thread.join(20)


def test_wsgiref():
    """A synchronous container behind a synchronous server."""
    said = ["ok"]
    container = bound(singleton("Db", health=Health(lambda _: said[0], ttl_s=0)))
    with wsgi_server(wsgi_app(container)) as url:
        assert fetch(f"{url}/readyz")[0] == 503
        with container:
            assert [fetch(url + path)[0] for path in PROBES] == [200] * 3
            said[0] = "down"
            assert fetch(f"{url}/readyz")[0] == 503
            assert fetch(f"{url}/livez?verbose") == (
                200, {"status": "pass", "notes": ["the container is started"], "checks": {}},
            )  # fmt: skip


def test_wsgiref_beside_a_loop():
    """Probes from a thread of their own answer for what lives on a loop: they still do when that hangs."""
    container = bound(singleton("Db", ask=answers))

    async def live(ready, over):
        async with container:
            ready()
            await over()

    with wsgi_server(wsgi_app(container)) as url:
        with loop_in_a_thread(live):
            assert fetch(f"{url}/readyz")[0] == 200
        assert fetch(f"{url}/readyz") == (503, {"status": "fail", "notes": ["the container is closed"]})
