"""Servers of our own, each started when a test first needs it."""

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.real.postgres import Postgres
from tests.real.redis import Redis
from tests.real.running import ServerMissingError


@pytest.fixture(scope="session")
def postgres():
    try:
        server = Postgres()
    except ServerMissingError as missing:
        pytest.skip(str(missing))
    yield server
    server.remove()


@pytest.fixture(scope="session")
def redis_server():
    try:
        server = Redis()
    except ServerMissingError as missing:
        pytest.skip(str(missing))
    yield server
    server.remove()


class _Greeting(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *words):
        pass


@pytest.fixture(scope="session")
def http_url():
    with ThreadingHTTPServer(("127.0.0.1", 0), _Greeting) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def run():
    """Run a coroutine function on a loop of its own."""
    return asyncio.run
