"""The end of a declarative container's life, as each of those who look on shows it."""

import logging

import anyio
import pytest

from tenure import containers, providers
from tenure.observe import LeakDetector, TimelineRecorder, logs


async def make_database():
    """Open and close nothing."""
    yield object()


async def make_session(database):
    """Open and close nothing, over a database."""
    yield object()


class App(containers.DeclarativeContainer):
    """Two resources, one over the other."""

    database = providers.Resource(make_database)
    session = providers.Resource(make_session, database)


async def lived(app, error=None):
    """Start *app* and shut it down, with *error* in the body."""
    async with app:
        if error is not None:
            raise error


@pytest.mark.anyio
async def test_logs_say_that_it_is_closed(caplog):
    """As loudly as that it is started."""
    app = App()
    with caplog.at_level(logging.DEBUG, "tenure"), logs.attach(app):
        await lived(app)

    said = [(record.levelname, record.getMessage().partition(" in ")[0]) for record in caplog.records]
    assert said[-6:] == [
        ("DEBUG", "closing the container"),
        ("DEBUG", "closing App.session"), ("INFO", "closed App.session"),
        ("DEBUG", "closing App.database"), ("INFO", "closed App.database"),
        ("INFO", "closed the container"),
    ]  # fmt: skip


@pytest.mark.anyio
async def test_closings_stand_in_the_stop():
    """One trace, not one for each resource; nothing is current afterwards."""
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from tenure.observe import opentelemetry

    exporter, tracers = InMemorySpanExporter(), TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    app = App()
    with opentelemetry.attach(app, tracer_provider=tracers, metrics=False):
        await lived(app)
        assert trace.get_current_span() is trace.INVALID_SPAN

    spans = exporter.get_finished_spans()
    (stop,) = [span for span in spans if span.name == "tenure.container.stop"]
    assert [span.parent.span_id for span in spans if span.name == "tenure.resource.close"] == [stop.context.span_id] * 2
    assert stop.parent is None
    tracers.shutdown()


@pytest.mark.anyio
async def test_each_stop_is_measured():
    """Two lives, two measurements."""
    prometheus_client = pytest.importorskip("prometheus_client")
    from tenure.observe import prometheus

    registry, app = prometheus_client.CollectorRegistry(), App()
    with prometheus.attach(app, registry=registry):
        for _ in range(2):
            await lived(app)

    count = registry.get_sample_value(
        "tenure_container_stop_duration_seconds_count", {"di_container_name": "container"}
    )  # fmt: skip
    assert count == 2


@pytest.mark.anyio
async def test_each_close_has_a_timeline():
    """With who waited for whom, and the error that ended the body."""
    app = App()
    recorder = TimelineRecorder(app)
    await lived(app)
    with pytest.raises(OSError, match="gone"):
        await lived(app, OSError("gone"))

    assert [[span.label for span in close.spans] for close in recorder.closes] == [["App.session", "App.database"]] * 2
    assert [close.error for close in recorder.closes] == [None, "OSError: gone"]
    (first, second) = recorder.closes[0].spans
    assert second.waited_for == (first.id,)


@pytest.mark.anyio
async def test_a_scope_that_goes_on_is_no_leak():
    """A shutdown cuts nothing off, whatever ended the body; who is in a scope leaves it as usual."""
    app, leaks = App(), []
    detector = LeakDetector(app, tell=leaks.append)
    error = OSError("gone")
    left = anyio.Event()

    async def request():
        async with app.resource_scope():
            await left.wait()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(request)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(OSError, match="gone"):
            await lived(app, error)
        left.set()

    assert leaks == []
    detector.detach()
