"""Network connection resources: an aiohttp session that is opened in the scope and closed with it."""

import asyncio
import socket

import aiohttp
import aiohttp.web
import pytest
from document_support import Watch

from tenure.compat.injectq import InjectQ, resource

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]  # aiohttp is asyncio's


class HTTPConfig:
    max_connections = 10
    max_connections_per_host = 5
    dns_cache_ttl = 300
    timeout = 5.0


# The document's program.


@resource
class HTTPClientPool:
    """HTTP client pool with connection management."""

    def __init__(self, config: HTTPConfig):
        self.config = config
        self.session = None
        self.connector = None

    async def initialize(self):
        """Initialize HTTP client with connection pool."""
        self.connector = aiohttp.TCPConnector(
            limit=self.config.max_connections,
            limit_per_host=self.config.max_connections_per_host,
            ttl_dns_cache=self.config.dns_cache_ttl,
        )

        self.session = aiohttp.ClientSession(
            connector=self.connector, timeout=aiohttp.ClientTimeout(total=self.config.timeout)
        )

        print(f"HTTP client pool initialized with {self.config.max_connections} connections")

    async def dispose(self):
        """Close HTTP client and connections."""
        if self.session:
            await self.session.close()
            print("HTTP client pool disposed")

    async def request(self, method: str, url: str, **kwargs):
        """Make HTTP request using pooled connection."""
        if not self.session:
            await self.initialize()

        async with self.session.request(method, url, **kwargs) as response:
            return await response.json()


# Usage
async def fetch_data(container, url):  # Mended: a server of our own in place of https://api.example.com/data.
    http_client = container.get(HTTPClientPool)

    async with container.resource_scope():
        # Connection automatically managed
        data = await http_client.request("GET", url)
        return data


# What holds of it.


@pytest.fixture
async def server():
    """A server on the loopback interface; what it answers, and how often it was asked."""

    async def answer(request):
        server.n_requests += 1
        return aiohttp.web.json_response({"path": request.path, "echo": request.query.get("echo")})

    server = aiohttp.web.Server(answer)
    server.n_requests = 0
    runner = aiohttp.web.ServerRunner(server)
    await runner.setup()
    site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
def closed_port():
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def client():
    return HTTPClientPool(HTTPConfig())


@pytest.fixture
def container(client):
    container = InjectQ()
    container.bind(HTTPClientPool, client)
    return container


async def test_the_program_fetches_and_closes(container, client, server, capsys):
    """The session is open for the request and closed after the scope."""
    watch = Watch(container)

    assert await fetch_data(container, f"{server.url}/data") == {"path": "/data", "echo": None}
    assert client.session.closed
    assert watch.acts == ["Opened HTTPClientPool", "Closed HTTPClientPool"]
    assert capsys.readouterr().out.splitlines() == [
        "HTTP client pool initialized with 10 connections",
        "HTTP client pool disposed",
    ]


async def test_it_can_be_made_before_any_loop_runs(server):
    """Nothing of the session exists before its first use."""
    client = await asyncio.to_thread(HTTPClientPool, HTTPConfig())  # a thread without a loop
    container = InjectQ()
    container.bind(HTTPClientPool, client)

    assert (await fetch_data(container, server.url))["path"] == "/"


async def test_requests_share_one_session(container, client, server):
    """A hundred at the same time open it once."""
    watch = Watch(container)
    async with container.resource_scope():
        answers = await asyncio.gather(
            *(client.request("GET", server.url, params={"echo": str(number)}) for number in range(100))
        )

    assert [answer["echo"] for answer in answers] == [str(number) for number in range(100)]
    assert server.n_requests == 100
    assert watch.acts == ["Opened HTTPClientPool", "Closed HTTPClientPool"]


async def test_a_refused_connection_is_the_users_error(container, client, closed_port):
    """aiohttp's own error reaches the caller, and the session is closed behind it."""
    with pytest.raises(aiohttp.ClientConnectorError):
        await fetch_data(container, f"http://127.0.0.1:{closed_port}")

    assert client.session.closed


async def test_a_cancelled_request_closes_the_session(container, client):
    """While the server does not answer."""
    asked = asyncio.Event()

    async def never(reader, writer):
        asked.set()
        await reader.read()  # to the end of the connection
        writer.close()

    silent = await asyncio.start_server(never, "127.0.0.1", 0)
    async with silent:
        url = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
        task = asyncio.create_task(fetch_data(container, url))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert task.cancelled()
    assert client.session.closed


async def test_the_next_scope_has_a_session_of_its_own(container, client, server):
    """What was closed is not handed out again."""
    await fetch_data(container, server.url)
    first = client.session
    await fetch_data(container, server.url)

    assert client.session is not first
    assert client.session.closed
