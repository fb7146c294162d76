"""Views of frameworks that know nothing of markers."""

import importlib

from tenure.wiring import Closing, Provide, inject
from tests.wiring.support import Example


def test_flask(container, log):
    """A view of Flask gets what its path gives and what the container gives; requests are not touched by wiring."""
    flask = importlib.import_module("flask")
    app = flask.Flask(__name__)

    @app.route("/<int:number>")
    @inject
    def view(number, service=Provide[Example.service], session=Closing[Provide["session"]]):
        return {"number": number, "service": service.number, "open": session.is_open}

    container.wire(modules=[view, flask])

    assert app.test_client().get("/3").get_json() == {"number": 3, "service": 1, "open": True}
    assert log == ["open session", "close session"]


async def test_aiohttp(container, log):
    """A handler of aiohttp is a coroutine function still."""
    web = importlib.import_module("aiohttp.web")
    test_utils = importlib.import_module("aiohttp.test_utils")

    @inject
    async def handler(request, service=Provide[Example.service], session=Closing[Provide["asession"]]):
        return web.json_response([service.number, session.is_open])

    container.wire(modules=[handler])
    app = web.Application()
    app.router.add_get("/", handler)
    async with test_utils.TestClient(test_utils.TestServer(app)) as client:
        answer = await client.get("/")
        found = await answer.json()

    assert found == [1, True]
    assert log == ["open asession", "close asession"]
