"""Frameworks that call markers as dependencies: they see the signature, and the function gets the value."""

import asyncio
import importlib
import threading
from typing import Annotated

import pytest

from tenure.wiring import Closing, Provide, UnresolvedMarkerError, inject, wire_pending
from tests.wiring.support import Example, Fault

fastapi = importlib.import_module("fastapi")
httpx = importlib.import_module("httpx")
Depends = fastapi.Depends


def client(app, **options):
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, **options), base_url="http://test")


async def get(app, path="/"):
    async with client(app) as http:
        return await http.get(path)


@pytest.fixture
def app():
    return fastapi.FastAPI()


async def test_async_view(container, app, log):
    """An asynchronous view gets values for `Depends(Provide[...])` and its kin."""

    @app.get("/")
    @inject
    async def view(
        number: int,
        service=Depends(Provide["service"]),
        session=Depends(Closing[Provide[Example.asession]]),
        annotated: Annotated[object, Depends(Provide["made"])] = None,
    ):
        return {"number": number, "service": service.number, "open": session.is_open, "made": annotated.number}

    container.wire(modules=[view])
    answer = await get(app, "/?number=3")

    assert answer.json() == {"number": 3, "service": 1, "open": True, "made": 2}
    assert log == ["open asession", "close asession"]


async def test_sync_view(container, app, log):
    """A view that runs in a thread gets them too; markers themselves are not called in threads."""
    threads = []

    @app.get("/")
    @inject
    def view(session=Depends(Closing[Provide["session"]])):
        threads.append(threading.current_thread())
        return session.is_open

    container.wire(modules=[view])
    before = threading.active_count()
    answer = await get(app)

    assert answer.json() is True
    assert threads[0] is not threading.current_thread()
    assert threading.active_count() <= before + 1
    assert log == ["open session", "close session"]


async def test_no_thread_for_markers(container, app):
    """A request of an asynchronous view starts no thread."""

    @app.get("/")
    @inject
    async def view(service=Depends(Provide["service"]), made=Depends(Provide["made"])):
        return service.number

    container.wire(modules=[view])
    before = set(threading.enumerate())
    await get(app)

    assert set(threading.enumerate()) <= before


async def test_not_shown(container, app):
    """Markers are no parameters of the interface."""

    @app.get("/")
    @inject
    async def view(service=Depends(Provide["service"])): ...

    assert app.openapi()["paths"]["/"]["get"].get("parameters") is None


async def test_dependency_of_dependency(container, app, log):
    """Dependencies of views may be injected: functions, generators and classes."""

    @inject
    async def current(session=Depends(Closing[Provide["asession"]])):
        yield session

    class User:
        @inject
        def __init__(self, service=Depends(Provide["service"])):
            self.number = service.number

    @app.get("/")
    async def view(session=Depends(current), user: User = Depends(User)):
        log.append("view")
        return [session.is_open, user.number]

    container.wire(modules=[current, User])
    answer = await get(app)

    assert answer.json() == [True, 1]
    assert log == ["open asession", "view", "close asession"]


async def test_error_in_view(container, app, log):
    """A resource of a generator dependency sees the error of the view."""

    @inject
    async def current(session=Depends(Closing[Provide["asession"]])):
        yield session

    @app.get("/")
    async def view(session=Depends(current)):
        raise Fault

    container.wire(modules=[current])
    with pytest.raises(Fault):
        await get(app)

    assert log == ["open asession", "asession sees Fault", "close asession"]


async def test_requests_at_once(container, app, log):
    """Requests that run at once have a resource each, and share it inside."""
    both = asyncio.Barrier(2)

    @app.get("/")
    @inject
    async def view(session=Depends(Closing[Provide["asession"]]), repository=Depends(Provide["arepository"])):
        await both.wait()
        return [id(session), repository.dependency is session, session.is_open]

    container.wire(modules=[view])
    first, second = [answer.json() for answer in await asyncio.gather(get(app), get(app))]

    assert first[0] != second[0]
    assert first[1:] == second[1:] == [True, True]
    assert log == ["open asession"] * 2 + ["close asession"] * 2


async def test_text_annotations(container, module):
    """Annotations that are text work with `Depends` as well."""
    made = module(
        """
        from __future__ import annotations
        from typing import Annotated

        @app.get("/")
        @inject
        async def view(service: Annotated[object, Depends(Provide["service"])]):
            return service.number
        """,
        app=fastapi.FastAPI(),
        inject=inject,
        Depends=Depends,
        Provide=Provide,
    )
    container.wire(modules=[made])

    assert (await get(made.app)).json() == 1


async def test_never_wired(container, app):
    """A view that nothing was wired to fails; a container that starts serves it."""

    @app.get("/")
    @inject
    async def view(request: fastapi.Request, session=Depends(Provide["asession"])):
        return session.is_open

    with pytest.raises(UnresolvedMarkerError, match=r"Provide\['asession'\]"):
        await get(app)
    with wire_pending(container, [__name__]):
        assert (await get(app)).json() is True
    await container.shutdown_resources()


async def test_class_as_view(container, app):
    """A method may be a view."""

    class Views:
        @inject
        async def show(self, service=Depends(Provide["service"])):
            return service.number

    app.get("/")(Views().show)
    container.wire(modules=[Views])

    assert (await get(app)).json() == 1


@pytest.mark.parametrize("fails", [False, True])
async def test_sync_generator_dependency(container, app, log, fails):
    """A dependency that is a plain generator begins and ends in threads, which may differ."""

    @inject
    def current(session=Depends(Closing[Provide["session"]])):
        yield session

    @app.get("/")
    async def view(session=Depends(current)):
        log.append(session.is_open)
        if fails:
            raise Fault

    container.wire(modules=[current])
    if fails:
        with pytest.raises(Fault):
            await get(app)
    else:
        await get(app)

    assert log == ["open session", True, *(["session sees Fault"] if fails else []), "close session"]


async def test_streaming(container, app, log):
    """A response may be streamed out of an injected generator, item by item in threads."""
    from fastapi.responses import StreamingResponse

    @inject
    def lines(session=Closing[Provide["session"]]):
        for number in range(3):
            assert session.is_open
            yield f"{number}\n"

    @app.get("/")
    async def view():
        return StreamingResponse(lines())

    container.wire(modules=[lines])
    answer = await get(app)

    assert answer.text == "0\n1\n2\n"
    assert log == ["open session", "close session"]
