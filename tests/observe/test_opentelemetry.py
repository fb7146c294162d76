"""`tenure.observe.opentelemetry`, through the real SDK."""

import anyio
import pytest

from tenure import Container, Retry, resource
from tenure.errors import ContainerClosedError
from tenure.events import Leak

pytest.importorskip("opentelemetry.sdk")

from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tenure.observe import opentelemetry


class Telemetry:
    """A program's OpenTelemetry, kept in memory."""

    def __init__(self):
        self.exporter = InMemorySpanExporter()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer = self.tracers.get_tracer("app")
        self.reader = InMemoryMetricReader()
        self.meters = MeterProvider([self.reader])

    def attach(self, container, **options):
        return opentelemetry.attach(
            container, tracer_provider=self.tracers, meter_provider=self.meters, **options
        )  # fmt: skip

    @property
    def spans(self):
        return self.exporter.get_finished_spans()

    def named(self, name):
        return [span for span in self.spans if span.name == name]

    def tree(self):
        """Return each finished span by its name and key, with that of its parent."""
        titles = {span.context.span_id: title(span) for span in self.spans}
        return {title(span): titles.get(span.parent.span_id) if span.parent else None for span in self.spans}

    def metrics(self):
        """Return the data points of all metrics, by name."""
        data = self.reader.get_metrics_data()
        found = {}
        for resource_metrics in data.resource_metrics if data is not None else ():
            for scope_metrics in resource_metrics.scope_metrics:
                assert scope_metrics.scope.name == "tenure"
                for metric in scope_metrics.metrics:
                    found[metric.name] = metric
        return found

    def values(self, name):
        """Return what a metric says, by key or scope."""
        metric = self.metrics().get(name)
        points = metric.data.data_points if metric is not None else ()
        return {
            point.attributes.get("di.provider.key", point.attributes.get("di.scope")): getattr(
                point, "value", getattr(point, "count", None)
            )
            for point in points
        }


def title(span):
    key = span.attributes.get("di.provider.key")
    return f"{span.name.removeprefix('tenure.')} {key}" if key else span.name.removeprefix("tenure.")


@pytest.fixture
def telemetry():
    telemetry = Telemetry()
    yield telemetry
    telemetry.meters.shutdown()
    telemetry.tracers.shutdown()


class Database:
    """Opened once."""


class Session:
    """Opened per request."""


def make_session(database: Database):
    """Open and close nothing, over a database."""
    yield Session()


def container_of(make_database):
    container = Container()
    container.bind(Database, make_database, scope="singleton")
    container.bind(Session, make_session, scope="request")
    return container


@pytest.fixture
def container(telemetry):
    """One whose opening and closing code makes spans of its own."""

    def make_database():
        with telemetry.tracer.start_as_current_span("connect"):
            pass
        yield Database()
        with telemetry.tracer.start_as_current_span("disconnect"):
            pass

    return container_of(make_database)


@pytest.fixture
def acontainer(telemetry):
    """The same with asynchronous code, which an owner task opens and closes."""

    async def make_database():
        with telemetry.tracer.start_as_current_span("connect"):
            await anyio.sleep(0)
        yield Database()
        with telemetry.tracer.start_as_current_span("disconnect"):
            await anyio.sleep(0)

    return container_of(make_database)


LIFE = {
    "container.start": None,
    "resource.open Database": "container.start",
    "connect": "resource.open Database",
    "container.stop": None,
    "resource.close Database": "container.stop",
    "disconnect": "resource.close Database",
}
"""The spans of a life, and what each stands in."""


# Spans.


@pytest.mark.parametrize("parallel", [False, True])
def test_spans_stand_in_one_another(container, telemetry, parallel):
    """Openings in the start, closings in the stop, the program's own in these; on threads as well."""
    telemetry.attach(container)
    container.start_sync(parallel=parallel)
    container.close()

    assert telemetry.tree() == LIFE
    assert trace.get_current_span() is trace.INVALID_SPAN


@pytest.mark.anyio
async def test_spans_of_owner_tasks(acontainer, telemetry):
    """They open and close in one context, and yet closings stand in the stop."""
    telemetry.attach(acontainer)
    async with acontainer:
        assert trace.get_current_span() is trace.INVALID_SPAN

    assert telemetry.tree() == LIFE


@pytest.mark.anyio
async def test_a_resource_stands_in_the_request_that_opened_it(acontainer, telemetry):
    """An opening on the way is part of what asked for it; the scope is a span if that is wanted."""
    telemetry.attach(acontainer, scopes=True)
    with telemetry.tracer.start_as_current_span("GET /"):
        async with acontainer.resource_scope() as scope:
            with telemetry.tracer.start_as_current_span("work"):
                await scope.aget(Session)
    await acontainer.aclose()

    assert telemetry.tree() == {
        "GET /": None,
        "scope": "GET /",
        "work": "scope",
        "resource.open Database": "work",
        "connect": "resource.open Database",
        "resource.open Session": "work",
        "resource.close Session": "scope",
        "container.stop": None,
        "resource.close Database": "container.stop",
        "disconnect": "resource.close Database",
    }


@pytest.mark.anyio
async def test_a_reset_is_no_part_of_the_start(acontainer, telemetry):
    """An owner task closes in the context of its opening, whose span has ended."""
    telemetry.attach(acontainer)
    async with acontainer:
        await acontainer.areset(Database)

    assert telemetry.tree()["resource.close Database"] is None


def test_what_a_span_says(container, telemetry):
    """The attributes of the conventions: who, what kind, where its code stands."""
    telemetry.attach(container, name="shop")
    with container:
        pass
    (opened,) = telemetry.named("tenure.resource.open")

    said = dict(opened.attributes)
    assert said["di.container.name"] == "shop"
    assert (said["di.provider.key"], said["di.provider.kind"], said["di.scope"]) == ("Database", "generator", "root")
    assert said["code.function.name"].endswith("make_database")
    assert (said["code.file.path"], type(said["code.line.number"])) == (__file__, int)
    assert opened.status.is_unset
    assert opened.instrumentation_scope.name == "tenure"


def test_what_fails(telemetry):
    """The exception is recorded, retries are events of the span."""

    @resource(retry=Retry(attempts=2, backoff=0.0001))
    def refuse():
        raise ConnectionRefusedError("no server")
        yield

    container = container_of(refuse)
    telemetry.attach(container)
    with pytest.raises(ConnectionRefusedError):
        container.start_sync()

    (opened,) = telemetry.named("tenure.resource.open")
    assert [event.name for event in opened.events] == ["tenure.open_retried", "exception"]
    assert opened.attributes["error.type"] == "ConnectionRefusedError"
    assert (opened.status.is_ok, opened.status.description) == (False, "ConnectionRefusedError: no server")
    (start,) = telemetry.named("tenure.container.start")
    assert start.attributes["error.type"] == "ConnectionRefusedError"
    assert telemetry.values("tenure.resource.open.retries") == {"Database": 1}


@pytest.mark.anyio
async def test_a_closing_that_is_given_up(telemetry):
    """Ends its span as an error, although its code never ended."""

    @resource(close_timeout=0.01)
    async def hang():
        yield Database()
        await anyio.sleep_forever()

    container = container_of(hang)
    telemetry.attach(container)
    await container.aget(Database)
    with pytest.raises(ExceptionGroup):
        await container.aclose()

    (closed,) = telemetry.named("tenure.resource.close")
    assert (closed.attributes["error.type"], closed.status.is_ok) == ("timeout", False)
    assert telemetry.tree()["resource.close Database"] == "container.stop"


def test_a_cancelled_opening_is_no_error(telemetry):
    """Its span ends without one."""

    class Cancelled(BaseException):
        """As a library's own cancellation."""

    def cancelled():
        raise Cancelled
        yield

    container = container_of(cancelled)
    telemetry.attach(container)
    with pytest.raises(Cancelled):
        container.get(Database)

    (opened,) = telemetry.named("tenure.resource.open")
    assert opened.status.is_unset
    assert opened.events == ()


@pytest.mark.anyio
async def test_a_scope_that_is_cut_off(telemetry, acontainer, caplog):
    """Is left by another task than the one that entered it: its span ends all the same, and nothing is logged."""
    telemetry.attach(acontainer, scopes=True)
    entered, closed = anyio.Event(), anyio.Event()

    async def request():
        with pytest.raises(ContainerClosedError):
            async with acontainer.resource_scope() as scope:
                await scope.aget(Session)
                entered.set()
                await closed.wait()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(request)
        await entered.wait()
        await acontainer.aclose()
        closed.set()

    assert len(telemetry.named("tenure.scope")) == 1
    assert [record.getMessage() for record in caplog.records if record.name.startswith("opentelemetry")] == []


def test_a_leak_is_an_event_of_the_current_span(container, telemetry):
    """And is counted."""
    attached = telemetry.attach(container)
    with telemetry.tracer.start_as_current_span("watch"):
        attached(Leak(0.0, "scope", 3, "request", "request", 3, 2.0, ("app.py:1 in f",)))

    (watch,) = telemetry.named("watch")
    assert [(event.name, event.attributes["tenure.opened_by"]) for event in watch.events] == [
        ("tenure.leak", ("app.py:1 in f",))
    ]
    assert telemetry.values("tenure.leaks") == {"request": 1}


# Metrics.


def test_what_is_open_and_how_long_it_took(container, telemetry):
    """Gauges go up and down; durations are seconds, in histograms."""
    telemetry.attach(container)
    with container, container.resource_scope() as scope:
        scope.get(Session)
        assert telemetry.values("tenure.resource.active") == {"Database": 1, "Session": 1}
        assert telemetry.values("tenure.scope.active") == {"request": 1}
    metrics = telemetry.metrics()

    assert telemetry.values("tenure.resource.active") == {"Database": 0, "Session": 0}
    assert telemetry.values("tenure.scope.active") == {"request": 0}
    for name in ("open.duration", "close.duration", "lifetime"):
        assert telemetry.values(f"tenure.resource.{name}") == {"Database": 1, "Session": 1}
        assert metrics[f"tenure.resource.{name}"].unit == "s"
    assert telemetry.values("tenure.container.start.duration") == {"root": 1}
    (stop,) = metrics["tenure.container.stop.duration"].data.data_points
    assert (stop.count, dict(stop.attributes)) == (1, {"di.container.name": "container"})
    (point, _) = metrics["tenure.resource.open.duration"].data.data_points
    assert 0 < point.sum < 60
    assert dict(point.attributes) == {
        "di.container.name": "container", "di.provider.key": "Database", "di.scope": "root",
    }  # fmt: skip


def test_what_was_open_before_is_counted(container, telemetry):
    """A gauge tells what is, not what was seen to begin."""
    with container:
        with container.resource_scope() as scope:
            scope.get(Session)
            telemetry.attach(container)
            assert telemetry.values("tenure.resource.active") == {"Database": 1, "Session": 1}
            assert telemetry.values("tenure.scope.active") == {"request": 1}
        assert telemetry.values("tenure.resource.active") == {"Database": 1, "Session": 0}
    assert telemetry.values("tenure.resource.active") == {"Database": 0, "Session": 0}


def test_detaching_takes_away_what_nobody_will_tell_of(container, telemetry):
    """Else the gauges would show it for ever; spans that have begun are ended."""
    with telemetry.attach(container, scopes=True) as attached, container:
        scope = container.resource_scope()
        scope.__enter__()
        attached.detach()
        scope.__exit__(None, None, None)

    assert telemetry.values("tenure.resource.active") == {"Database": 0}
    assert telemetry.values("tenure.scope.active") == {"request": 0}
    assert len(telemetry.named("tenure.scope")) == 1
    assert telemetry.named("tenure.container.stop") == []


@pytest.mark.parametrize(("spans", "metrics"), [(True, False), (False, True)])
def test_only_one_of_them(container, telemetry, spans, metrics):
    """Spans or metrics can be left out."""
    telemetry.attach(container, spans=spans, metrics=metrics)
    with container:
        pass

    assert (telemetry.spans != (), telemetry.metrics() != {}) == (True, metrics)
    assert bool(telemetry.named("tenure.resource.open")) is spans


def test_two_containers_are_told_apart(telemetry):
    """By their names."""
    for name in ("shop", "admin"):
        container = container_of(lambda: Database())
        telemetry.attach(container, name=name)
        container.bind(Session, make_session, scope="singleton")
        container.get(Session)
        container.close()

    points = telemetry.metrics()["tenure.resource.lifetime"].data.data_points
    assert sorted(point.attributes["di.container.name"] for point in points) == ["admin", "shop"]


def test_an_sdk_that_raises_harms_nobody(container, telemetry, monkeypatch):
    """The container works; it is reported once."""
    told = []
    monkeypatch.setattr("sys.unraisablehook", told.append)
    attached = telemetry.attach(container)

    def broken(*_, **__):
        raise RuntimeError("collector gone")

    monkeypatch.setattr(attached._spans._tracer, "start_span", broken)
    with container:
        assert isinstance(container.get(Database), Database)

    assert [str(each.exc_value) for each in told] == ["collector gone"]


def test_without_an_sdk(container):
    """The API alone does nothing, and breaks nothing."""
    with opentelemetry.attach(container), container:
        assert isinstance(container.get(Database), Database)
