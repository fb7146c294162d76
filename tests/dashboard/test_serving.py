"""The dashboard behind real servers on the loopback interface: its own, and uvicorn."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import anyio
import httpx
import pytest
from watched_shop import shop

from tenure.dashboard import Dashboard, Pace, serving

TOKEN = "correct-horse-battery"
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def test_a_browser_loads_the_page():
    """The page, its files, and the events come by HTTP; a container is watched from start to end."""
    container = shop()
    async with serving(Dashboard(container, pace=Pace(gap_s=0.01, look_s=0.05))) as address:
        async with httpx.AsyncClient(base_url=address, timeout=20) as client:
            page = await client.get("/")
            assert page.status_code == 200
            assert (await client.get("/static/main.js")).headers["content-type"].startswith("text/javascript")
            assert (await client.head("/")).text == ""
            async with container, client.stream("GET", "/events") as stream:
                assert stream.headers["content-type"] == "text/event-stream"
                async for line in stream.aiter_lines():
                    if line.startswith("data: ") and '"state":"started"' in line:
                        break


@pytest.mark.slow
async def test_many_browsers():
    """Twenty pages look at the same time; each of them is told, and all are forgotten when they go."""
    container = shop()
    app = Dashboard(container, pace=Pace(gap_s=0.01, look_s=0.05))

    async def look(address):
        async with httpx.AsyncClient(base_url=address, timeout=20) as client, client.stream("GET", "/events") as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: ") and '"n_entered":' in line and json.loads(line[6:])["n_entered"]:
                    return

    async with serving(app) as address, container:
        looking = [asyncio.create_task(look(address)) for _ in range(20)]
        while app.n_viewers < 20:
            await asyncio.sleep(0)
        async with container.resource_scope("request"):
            pass
        async with asyncio.timeout(20):
            await asyncio.gather(*looking)
            while app.n_viewers:
                await asyncio.sleep(0)
        assert container.engine.observers == ()


async def test_its_end():
    """Leaving `serving` ends the streams, and nothing listens any more."""
    app = Dashboard(shop())
    server = serving(app)
    address = await server.__aenter__()
    async with httpx.AsyncClient(base_url=address, timeout=20) as client, client.stream("GET", "/events") as stream:
        lines = stream.aiter_lines()
        await anext(lines)
        async with asyncio.timeout(20):
            await server.__aexit__(None, None, None)
            async for _ in lines:
                pass
        assert app.n_viewers == 0
        with pytest.raises(httpx.ConnectError):
            await client.get("/")


@pytest.mark.parametrize(("sent", "code"), [
    (b"nonsense\r\n\r\n", 400), (b"GET / HTTP/3\r\n\r\n", 400), (b"GET http://x/ HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nbad header\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nx: 1\r\n folded\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nx : 1\r\n\r\n", 400), (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: 127.0.0.1\r\n\r\n", 400),
    (b"POST /login HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    (b"POST /login HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: -1\r\n\r\n", 400),
    (b"POST /login HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx", 400),
    (b"POST /login HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 99999\r\n\r\n", 413),
    (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 431),
    (b"GET / HTTP/1.1\r\n" + b"x: 1\r\n" * 200 + b"\r\n", 431),
    (b"GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n", 421),
    (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nhost: localhost\r\n\r\n", 404),
    (b"GET / HTTP/1.0\r\nhost: localhost\r\n\r\n", 200),
    (b"", None), (b"GET / HT", None),
])  # fmt: skip
async def test_what_comes_by_the_wire(sent, code):
    """What is no request is refused, whatever it is, and the next one is answered."""
    async with serving(Dashboard(shop())) as address:
        url = httpx.URL(address)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(sent)
        if code is None:
            writer.write_eof()
        async with asyncio.timeout(20):
            with contextlib.suppress(ConnectionError):
                answer = await reader.read()
                assert answer == b"" if code is None else answer.startswith(b"HTTP/1.1 %d" % code)
        writer.close()
        async with httpx.AsyncClient() as client:
            assert (await client.get(address)).status_code == 200


def test_without_a_loop():
    """`with` serves on a thread of its own, also where no loop runs; when it is left nothing listens any more."""
    container = shop()
    app = Dashboard(container)
    with serving(app) as address, httpx.Client(base_url=address, timeout=20) as client:
        assert client.get("/").status_code == 200
        with client.stream("GET", "/events") as stream:
            lines = stream.iter_lines()
            assert any('"state":"not started"' in line for line in lines)
            with container.resource_scope("request"):
                assert any('"n_scopes":1' in line for line in lines)
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_beside_trio(anyio_backend):
    """`with` serves beside a program on trio, and sees what happens there."""

    def look(address):
        with httpx.stream("GET", f"{address}events", timeout=20) as stream:
            return any('"state":"started"' in line for line in stream.iter_lines())

    container = shop()
    with serving(Dashboard(container)) as address:
        async with container:
            assert await anyio.to_thread.run_sync(look, address)


def test_a_port_that_is_taken_without_a_loop():
    """The thread's error is raised where it was entered."""
    with serving(Dashboard(shop())) as address, pytest.raises(OSError, match="address"):
        serving(Dashboard(shop()), port=httpx.URL(address).port).__enter__()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
async def test_where_others_could_reach_it(host):
    """Without a token it is served on loopback only; nothing listens when that is refused."""
    with pytest.raises(ValueError, match="needs a token"):
        async with serving(Dashboard(shop()), host=host):
            pass


async def test_a_port_that_is_taken():
    """A port that somebody has is an OSError at once."""
    async with serving(Dashboard(shop())) as address:
        with pytest.raises(OSError, match="address"):
            async with serving(Dashboard(shop()), port=httpx.URL(address).port):
                pass


async def test_another_host_than_loopback_with_a_token():
    """With a token it may be reached from elsewhere, by whoever has it."""
    async with serving(Dashboard(shop(), token=TOKEN), host="0.0.0.0") as address:
        there = str(httpx.URL(address).copy_with(host="127.0.0.1"))
        async with httpx.AsyncClient(base_url=there) as client:
            assert (await client.get("/state")).status_code == 401
            signed = await client.post("/login", data={"token": TOKEN})
            assert (signed.status_code, signed.headers["location"]) == (303, "/")
            assert (await client.get("/state")).status_code == 200


PROGRAM = """
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from starlette.routing import Mount
from watched_shop import shop
from tenure.dashboard import Dashboard

container = shop()

@asynccontextmanager
async def lifespan(app):
    async with container:
        print("started", flush=True)
        yield
    print("closed", flush=True)

app = Starlette(routes=[Mount("/dash", Dashboard(container, token="correct-horse-battery"))], lifespan=lifespan)
"""


@pytest.mark.slow
def test_uvicorn(tmp_path):
    """Mounted in an application on uvicorn: an open page does not hold its stop up, the token is in no log."""
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    path = os.pathsep.join([str(Path(__file__).parent), str(ROOT / "src"), str(tmp_path)])
    command = [sys.executable, "-m", "uvicorn", "program:app", "--port", "0", "--lifespan", "on"]
    server = subprocess.Popen(
        command, cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=1,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    watchdog = threading.Timer(50, server.kill)
    watchdog.start()
    log = ""
    try:
        for line in server.stdout:
            log += line
            if "running on" in line:
                break
        address = log.rpartition("running on ")[2].split()[0]
        with httpx.Client(base_url=f"{address}/dash", timeout=20) as client:
            assert client.get("/").status_code == 401
            assert client.post("/login", data={"token": TOKEN}).headers["location"] == "/dash/"
            with client.stream("GET", "/events") as stream:
                lines = stream.iter_lines()
                for line in lines:
                    if '"state":"started"' in line:
                        break
                server.send_signal(signal.SIGTERM)
                assert "event: stop" in list(lines)
        log += server.stdout.read()
        assert server.wait(30) in (0, -signal.SIGTERM)
    finally:
        watchdog.cancel()
        server.kill()
        server.wait()
        server.stdout.close()
    assert log.count("started") >= 1
    assert "closed" in log
    assert TOKEN not in log
    assert "Traceback" not in log
