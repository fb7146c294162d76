"""The document's FastAPI program: its view gets the connection, though nothing wires its module."""

import httpx
import pytest
import uvicorn
from ext_support import Server, client, loaded, running

OPENED, USED, CLOSED = "opening database connection", "using Connection", "closing database connection"


@pytest.fixture
def program():
    with loaded("fastapi_app") as module:
        yield module


@pytest.fixture
def lines(capsys):
    """Return the lines printed so far."""
    return lambda: capsys.readouterr().out.splitlines()


@pytest.mark.anyio
async def test_a_request(program, lines):
    """The connection is open while the application runs, and the view has it."""
    app = program.Container().app()
    async with running(app), client(app) as calls:
        answer = await calls.get("/")

    assert (answer.status_code, answer.json()) == (200, "OK!")
    assert lines() == [OPENED, USED, CLOSED]


@pytest.mark.anyio
async def test_one_connection_for_all_requests(program, lines):
    """It is the container's."""
    app = program.Container().app()
    async with running(app), client(app) as calls:
        for _ in range(3):
            await calls.get("/")

    assert lines() == [OPENED, USED, USED, USED, CLOSED]


@pytest.mark.anyio
async def test_it_starts_again(program, lines):
    """As often as one likes, as test clients do."""
    app = program.Container().app()
    for _ in range(3):
        async with running(app), client(app) as calls:
            assert (await calls.get("/")).status_code == 200

    assert lines() == [OPENED, USED, CLOSED] * 3


@pytest.mark.anyio
async def test_containers_one_after_the_other(program, lines):
    """Each serves the view while it runs."""
    for _ in range(2):
        app = program.Container().app()
        async with running(app), client(app) as calls:
            assert (await calls.get("/")).status_code == 200

    assert lines() == [OPENED, USED, CLOSED] * 2


@pytest.mark.anyio
async def test_an_override(program, lines):
    """The view gets what stands in for the connection, which nothing opens."""
    container = program.Container(db=object())
    app = container.app()
    async with running(app), client(app) as calls:
        await calls.get("/")

    assert lines() == ["using object"]


@pytest.mark.anyio
async def test_what_is_overridden_at_run_time(program, lines):
    """It shows at the next request."""
    container = program.Container()
    app = container.app()
    async with running(app), client(app) as calls:
        with container.db.override(object()):
            await calls.get("/")
        await calls.get("/")

    assert lines() == [OPENED, "using object", USED, CLOSED]


@pytest.mark.slow
def test_over_the_network(program, lines):
    """A server on a port of its own, and requests through it."""
    with Server(program.Container().app()) as server:
        answers = [httpx.get(server.url) for _ in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, "OK!")] * 2
    assert lines() == [OPENED, USED, USED, CLOSED]


def test_as_a_program(lines, monkeypatch):
    """Run as it stands, with the server on a free port."""
    answers = []

    def run(app, **_):
        with Server(app) as server:
            answers.append(httpx.get(server.url).json())

    monkeypatch.setattr(uvicorn, "run", run)
    with loaded("fastapi_app", run_as="__main__"):
        pass

    assert answers == ["OK!"]
    assert lines() == [OPENED, USED, CLOSED]
