"""Where the dashboard stands, whoever mounts it."""

import pytest
from looking import ask, scope
from watched_shop import shop

from tenure.dashboard import Dashboard
from tenure.dashboard.request import request_of

PLACES = [
    pytest.param({"path": "/"}, "/", "", id="by itself"),
    pytest.param({"path": "/dash/", "root": "/dash"}, "/", "/dash", id="mounted, the path is whole"),
    pytest.param({"path": "/dash", "root": "/dash"}, "/", "/dash", id="mounted, no slash"),
    pytest.param({"path": "/dash/static/a.css", "root": "/dash"}, "/static/a.css", "/dash", id="a file"),
    pytest.param({"path": "/a/b/dash/events", "root": "/a/b/dash"}, "/events", "/a/b/dash", id="mounted deep"),
    pytest.param({"path": "/events", "raw": "/dash/events"}, "/events", "/dash", id="mounted, the path is cut"),
    pytest.param({"path": "/", "raw": "/dash"}, "/", "/dash", id="mounted, the path is cut, no slash"),
    pytest.param({"path": "/", "raw": "/dash/"}, "/", "/dash", id="mounted, the path is cut, a slash"),
    pytest.param({"path": "/events", "root": "/api", "raw": "/dash/events"}, "/events", "/api/dash", id="by a proxy"),
    pytest.param({"path": "/events", "root": "/api", "raw": "/events"}, "/events", "/api", id="a proxy cut it all"),
    pytest.param({"path": "/events/", "raw": "/dash/events"}, "/events", "/dash", id="mounted, a slash was put behind"),
    pytest.param({"path": "/dashboard", "root": "/dash"}, "/dashboard", "/dash", id="a name that begins alike"),
    pytest.param({"path": "/", "raw": "//evil.example/"}, "/", "/evil.example", id="no address of another site"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "path", "base"), PLACES)
def test_place(options, path, base):
    """The path below the mount, and the mount, are told apart in every way in which servers and frameworks say them."""
    request = request_of(scope(**options))

    assert (path, base) == (request.path, request.base)


def mounted_in_starlette(app):
    from starlette.applications import Starlette
    from starlette.routing import Mount

    return Starlette(routes=[Mount("/tools/dash", app)])


def mounted_in_fastapi(app):
    from fastapi import FastAPI

    api = FastAPI()
    api.mount("/tools/dash", app)
    return api


def mounted_in_litestar(app):
    from litestar import Litestar, asgi

    return Litestar([asgi("/tools/dash", is_mount=True, copy_scope=True)(app)], openapi_config=None)


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("mounted", [mounted_in_starlette, mounted_in_fastapi, mounted_in_litestar])
async def test_mounted(mounted, anyio_backend):
    """Every address works where it is mounted, and the page says where that is."""
    pytest.importorskip(mounted.__name__.removeprefix("mounted_in_"))
    app = mounted(Dashboard(shop()))

    page = await ask(app, "/tools/dash/")
    assert page.code == 200
    assert '<base href="/tools/dash/">' in page.text
    for path in ("static/main.js", "state"):
        assert (await ask(app, f"/tools/dash/{path}")).code == 200
    assert (await ask(app, "/tools/dash/nothing")).code == 404
