"""`tenure health --url`: what a program answers, and what it means."""

import json
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from tenure.health import wsgi_app
from tests.cli.apps.unwell import wire
from tests.cli.golden import masked, run_here


class Silent(WSGIRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def serving():
    """Return a function that serves a WSGI application and returns its address."""
    servers = []

    def serve(app):
        server = make_server("127.0.0.1", 0, app, handler_class=Silent)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("critical", "strict", "status"), [(True, False, 1), (False, False, 0), (False, True, 1)])
def test_a_program_that_is_not_well(critical, strict, status, serving, capsys):
    """What is critical makes it fail; what is not, with --strict only."""
    container = wire(critical=critical)
    with container:
        url = serving(wsgi_app(container, details=True))
        found = run_here("health", "--url", url, *["--strict"] * strict)
    capsys.readouterr()

    lines = masked(found[1]).replace(url, "URL").splitlines()
    assert found[0] == status
    assert lines[0] == ("URL says fail (503)" if critical else "URL says warn (200)")
    assert [line.split()[:3] for line in lines[-2:]] == [
        ["Database", "unhealthy", "open"],
        ["Catalogue", "unknown", "open"],
    ]


def test_json(serving, capsys):
    """The code and the answer as it was."""
    container = wire(critical=True)
    with container:
        url = serving(wsgi_app(container))
        status, out, _ = run_here("health", "--url", f"{url}/livez", "--json")
    capsys.readouterr()

    told = json.loads(out)
    assert (status, told["code"], told["answer"]["status"]) == (0, 200, "pass")


def test_another_kind_of_program(serving):
    """What counts is the code: 200 is yes, whatever else it says."""

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"hello"]

    status, out, _ = run_here("health", "--url", serving(app))

    assert (status, out.split(" answers ")[1]) == (0, "200, and no report of health\n")


def test_an_address_without_a_probe(serving):
    """It is told where one may be."""

    def app(environ, start_response):
        start_response("404 Not Found", [])
        return []

    url = serving(app)
    status, out, _ = run_here("health", "--url", url)

    assert (status, out.split(" answers ")[1]) == (
        1, f"404, and no report of health; say where the probe is, as in {url}/health/readyz\n",
    )  # fmt: skip


def test_nobody_answers(serving):
    """It is not healthy."""
    status, _, err = run_here("health", "--url", "http://127.0.0.1:1/readyz", "--timeout", "5")

    assert status == 1
    assert err.startswith("tenure health: nobody answers at http://127.0.0.1:1/readyz?verbose: ")
