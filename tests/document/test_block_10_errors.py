"""Good pattern 2, error handling: the user's own error reaches the caller, and a fallback takes over."""

import anyio
import anyio.lowlevel
import pytest
from document_support import Watch

from tenure.compat.injectq import InjectQ, ResourceInitializationError, resource

pytestmark = pytest.mark.anyio


class Server:
    """What is unreliable here."""

    def __init__(self):
        self.is_up = True
        self.n_calls = 0
        self.n_cleaned = 0

    async def create(self):
        self.n_calls += 1
        await anyio.lowlevel.checkpoint()
        if not self.is_up:
            raise ConnectionRefusedError("server is down")
        return self

    async def cleanup(self):
        self.n_cleaned += 1
        await anyio.lowlevel.checkpoint()
        if not self.is_up:
            raise ConnectionResetError("server went away")


server = Server()


async def create_unreliable_resource():
    return await server.create()


# The document's program.


# Good: Handle resource initialization errors
@resource
class UnreliableResource:
    async def initialize(self):
        try:
            self.resource = await create_unreliable_resource()
        except Exception as e:
            print(f"Failed to initialize resource: {e}")
            raise ResourceInitializationError(f"Resource init failed: {e}")

    async def dispose(self):
        try:
            if self.resource:
                await self.resource.cleanup()
        except Exception as e:
            print(f"Error during resource cleanup: {e}")
            # Don't re-raise in dispose


@resource
class PrimaryResource(UnreliableResource):
    async def process(self):
        return "primary"


@resource
class FallbackResource:
    async def initialize(self):
        self.is_open = True

    async def dispose(self):
        self.is_open = False

    async def process(self):
        assert self.is_open
        return "fallback"


# Good: Graceful degradation
async def use_resource_with_fallback(container):
    try:
        async with container.resource_scope():
            resource = container.get(PrimaryResource)
            return await resource.process()
    except ResourceInitializationError:
        # Fallback to secondary resource
        async with container.resource_scope():
            fallback = container.get(FallbackResource)
            return await fallback.process()


# What holds of it.


@pytest.fixture(autouse=True)
def fresh_server():
    server.__init__()


@pytest.fixture(params=["instances", "classes"])
def container(request):
    container = InjectQ()
    for kind in (PrimaryResource, FallbackResource):
        container.bind(kind, kind() if request.param == "instances" else kind)
    return container


@pytest.fixture
def watch(container):
    return Watch(container)


async def test_the_primary_serves(container, watch):
    """Nothing of the fallback is touched."""
    assert await use_resource_with_fallback(container) == "primary"

    assert watch.acts == ["Opened PrimaryResource", "Closed PrimaryResource"]
    assert server.n_cleaned == 1


async def test_the_fallback_serves(container, watch, capsys):
    """The failed primary is neither closed nor tried again."""
    server.is_up = False

    assert await use_resource_with_fallback(container) == "fallback"
    assert watch.acts == ["OpenFailed PrimaryResource", "Opened FallbackResource", "Closed FallbackResource"]
    assert (server.n_calls, server.n_cleaned) == (1, 0)
    assert capsys.readouterr().out == "Failed to initialize resource: server is down\n"


async def test_the_callers_error_is_the_very_one_that_was_raised(container, monkeypatch):
    """Not a copy, not a wrapper; its text and its context are as they were."""
    raised = []

    class Recorded(ResourceInitializationError):
        def __init__(self, text):
            super().__init__(text)
            raised.append(self)

    monkeypatch.setitem(globals(), "ResourceInitializationError", Recorded)
    server.is_up = False
    with pytest.raises(Recorded) as caught:
        async with container.resource_scope():
            await container.get(PrimaryResource).process()

    assert [caught.value] == raised
    assert caught.value is raised[0]
    assert str(caught.value) == "Resource init failed: server is down"
    assert type(caught.value.__context__) is ConnectionRefusedError


async def test_the_same_object_reaches_the_caller(anyio_backend):
    """Where `initialize` raises it itself."""
    raised = ResourceInitializationError("no")

    @resource
    class Primary:
        async def initialize(self):
            raise raised

        async def process(self):
            raise AssertionError("called although it is not open")

    container = InjectQ()
    with pytest.raises(ResourceInitializationError) as caught:
        async with container.resource_scope():
            await container.get(Primary).process()
    assert caught.value is raised

    with pytest.raises(ResourceInitializationError) as caught:
        async with container.resource_scope():
            await container.aget(Primary)
    assert caught.value is raised


async def test_a_failure_is_not_kept(container, watch):
    """The next use tries again, in the same scope or in another."""
    server.is_up = False
    async with container.resource_scope():
        primary = container.get(PrimaryResource)
        with pytest.raises(ResourceInitializationError):
            await primary.process()
        server.is_up = True
        assert await primary.process() == "primary"

    assert watch.acts == ["OpenFailed PrimaryResource", "Opened PrimaryResource", "Closed PrimaryResource"]


async def test_every_waiter_is_told_of_the_failure(container, watch):
    """A hundred uses of what does not open: a hundred errors, and nobody hangs."""
    server.is_up = False
    n_failed = 0

    async def use(primary):
        nonlocal n_failed
        with pytest.raises(ResourceInitializationError):
            await primary.process()
        n_failed += 1

    async with container.resource_scope():
        primary = container.get(PrimaryResource)
        async with anyio.create_task_group() as tasks:
            for _ in range(100):
                tasks.start_soon(use, primary)

    assert n_failed == 100
    assert set(watch.acts) == {"OpenFailed PrimaryResource"}


async def test_what_was_opened_before_the_failure_is_closed(container, watch):
    """The scope owes exactly what opened."""
    server.is_up = False
    with pytest.raises(ResourceInitializationError):
        async with container.resource_scope():
            await container.get(FallbackResource).process()
            await container.get(PrimaryResource).process()

    assert watch.acts == ["Opened FallbackResource", "OpenFailed PrimaryResource", "Closed FallbackResource"]


async def test_an_error_that_dispose_swallows_is_nobodys(container, watch, capsys):
    """The document's `dispose` prints and goes on; so does the scope."""
    async with container.resource_scope():
        await container.get(PrimaryResource).process()
        server.is_up = False

    assert watch.acts == ["Opened PrimaryResource", "Closed PrimaryResource"]
    assert capsys.readouterr().out == "Error during resource cleanup: server went away\n"


async def test_the_error_says_what_it_was_needed_for():
    """A note carries the path; the error stays what it is."""

    @resource
    class Broken:
        async def initialize(self):
            raise ConnectionRefusedError("server is down")

    class Service:
        def __init__(self, broken: Broken):
            self.broken = broken

    container = InjectQ()
    with pytest.raises(ConnectionRefusedError) as caught:
        async with container.resource_scope():
            await container.aget(Service)

    assert str(caught.value) == "server is down"
    notes = "\n".join(caught.value.__notes__)
    assert "Broken" in notes
    assert "Service" in notes
