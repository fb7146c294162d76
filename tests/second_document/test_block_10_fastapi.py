"""The lifespan of a FastAPI application."""

import contextlib
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request

from tenure import containers, providers
from tenure.ext.starlette import Lifespan
from tenure.wiring import Provide, inject

pytestmark = pytest.mark.anyio


# The document's program.


class Connection: ...


@asynccontextmanager
async def init_database():
    print("opening database connection")
    yield Connection()
    print("closing database connection")


router = APIRouter()
seen = []


@router.get("/")
@inject
async def index(request: Request, db: Connection = Depends(Provide["db"])):
    seen.append(db)
    return "OK!"


class Container(containers.DeclarativeContainer):
    __self__ = providers.Self()
    db = providers.Resource(init_database)
    lifespan = providers.Singleton(Lifespan, __self__)
    app = providers.Singleton(FastAPI, lifespan=lifespan)
    _include_router = providers.Resource(
        app.provided.include_router.call(),
        router,
    )


# What holds of it; tests of `ext` run it by the lifespan protocol and behind a server.


@pytest.fixture
def container():
    seen.clear()
    return Container()


@contextlib.asynccontextmanager
async def calls(app):
    async with app.router.lifespan_context(app):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
            yield client


async def test_the_view_gets_the_connection(container, lines):
    """Opened before the first request, closed when the application stops."""
    async with calls(container.app()) as client:
        assert lines() == ["opening database connection"]
        answer = await client.get("/")
        assert (answer.status_code, answer.json()) == (200, "OK!")
        assert seen == [await container.db()]
        assert type(seen[0]) is Connection

    assert lines() == ["closing database connection"]


async def test_the_application_is_one(container):
    """And so is its lifespan."""
    assert container.app() is container.app()
    assert container.lifespan() is container.lifespan()


async def test_the_router_is_included_at_the_start(container):
    """It is a resource like the others."""
    app = container.app()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
        assert (await client.get("/")).status_code == 404

    async with calls(app) as client:
        assert (await client.get("/")).status_code == 200


async def test_the_connection_is_no_parameter_of_the_request(container):
    """A client cannot give one, and the description does not name one."""
    async with calls(container.app()) as client:
        await client.get("/", params={"db": "mine"})
        described = (await client.get("/openapi.json")).json()

    assert type(seen[0]) is Connection
    assert described["paths"]["/"]["get"].get("parameters") is None
