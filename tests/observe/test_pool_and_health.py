"""Exporters show pools and health as well."""

import pytest

from tenure import Container, Pool
from tenure.errors import BindingError, ResourceExhaustedError
from tenure.events import BorrowerLate, BorrowerWaited, Leak
from tenure.observe import LeakDetector, logs
from tenure.observe.attributes import error_type


class Connection:
    """An item of a pool."""

    def ping(self):
        """Answer."""


def open_connection():
    """Open and close nothing."""
    yield Connection()


@pytest.fixture
def pool():
    return Pool(open_connection, name="db", max_size=3, min_size=1, timeout_s=0.001, background=False)


def late(pool="db"):
    return BorrowerLate(1.0, pool, 7, 31.0, "MainThread", ("app.py:3 in checkout",))


# Prometheus.


@pytest.fixture
def registry():
    return pytest.importorskip("prometheus_client").CollectorRegistry()


def samples(registry, prefix):
    """Return what a registry collects."""
    return {
        (sample.name.removeprefix("tenure_"), *list(sample.labels.values())[1:]): sample.value
        for family in registry.collect() for sample in family.samples if sample.name.startswith(f"tenure_{prefix}")
    }  # fmt: skip


def test_prometheus_scrapes_the_account_of_a_pool(pool, registry):
    """At the moment of the scrape; who waited shows by its events."""
    from tenure.observe import prometheus

    container = Container()
    container.bind(Connection, pool)
    attached = prometheus.attach(container, name="shop", pools=[pool], registry=registry)
    with container:
        with pool.acquire(), pool.acquire(), pool.acquire():
            with pytest.raises(ResourceExhaustedError) as refused, pool.acquire():
                pass
        found, db = samples(registry, "pool"), pool.stats().name

        assert found.pop(("pool_use_time_seconds_total", db)) > 0
        assert found == found | {
            ("pool_count", db, "idle"): 3,
            ("pool_count", db, "used"): 0,
            ("pool_min", db): 1,
            ("pool_max", db): 3,
            ("pool_pending_requests", db): 0,
            ("pool_acquired_total", db): 3,
            ("pool_made_total", db): 3,
            ("pool_closed_total", db): 0,
            ("pool_timeouts_total", db): 1,
            ("pool_refused_total", db): 0,
            ("pool_wait_time_seconds_count", db, error_type(refused.value)): 1,
        }
    attached.detach()

    assert ("pool_max", db) not in samples(registry, "pool")


def test_a_pool_that_raises_spoils_no_scrape(registry, monkeypatch):
    """The other pools are collected; it is reported once."""
    from tenure.observe import prometheus

    told = []
    monkeypatch.setattr("sys.unraisablehook", told.append)

    class Broken:
        def stats(self):
            raise RuntimeError("no account")

    good = Pool(open_connection, name="good", background=False)
    prometheus.attach(Container(), name="broken", pools=[Broken()], registry=registry)
    prometheus.attach(Container(), name="good", pools=[good], registry=registry)

    assert samples(registry, "pool_max") == {("pool_max", good.stats().name): 10}
    assert [str(each.exc_value) for each in told] == ["no account"]


def test_prometheus_shows_health(registry):
    """Of the report that it is given; what could not be checked is not shown."""
    from tenure.observe import prometheus

    container = Container()

    class Fine(Connection):
        """Answers."""

    class Ill(Connection):
        def ping(self):
            raise OSError("gone")

    class Dumb:
        """Has nothing to ask."""

    for kind in (Fine, Ill, Dumb):

        def make(kind=kind):
            yield kind()

        container.bind(kind, make, scope="singleton", arguments={"kind": kind})
    attached = prometheus.attach(container, registry=registry)
    with container:
        attached.show_health(container.health_sync())

    shown = {key.rpartition(".")[2]: value for (_, key), value in samples(registry, "health").items()}
    assert shown == {"Fine": 1.0, "Ill": 0.0}
    assert attached.n_failed == 0


def test_what_is_no_pool_is_refused(registry):
    """Before anything is observed."""
    from tenure.observe import prometheus

    container = Container()
    with pytest.raises(BindingError, match="pools takes what has `stats\\(\\)`"):
        prometheus.attach(container, pools=[object()], registry=registry)

    assert container.engine.observers == ()


# OpenTelemetry.


def test_opentelemetry_collects_the_account_of_a_pool(pool):
    """A span for each wait, as long as it was; gauges and counters when metrics are collected."""
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from tenure.observe import opentelemetry

    spans, reader, tracers = InMemorySpanExporter(), InMemoryMetricReader(), TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    meters = MeterProvider([reader])
    container = Container()
    container.bind(Connection, pool)
    attached = opentelemetry.attach(container, pools=[pool], tracer_provider=tracers, meter_provider=meters)
    with container:
        with pool.acquire(), pool.acquire(), pool.acquire(), pytest.raises(ResourceExhaustedError), pool.acquire():
            pass
        attached.show_health(container.health_sync())
        (found,) = reader.get_metrics_data().resource_metrics[0].scope_metrics
    attached.detach()

    values = {
        (metric.name, point.attributes.get("state", "")): getattr(point, "value", None)
        for metric in found.metrics for point in metric.data.data_points
    }  # fmt: skip
    assert values["tenure.pool.count", "idle"] == values["tenure.pool.max", ""] == 3
    assert (values["tenure.pool.count", "used"], values["tenure.pool.timeouts", ""]) == (0, 1)
    assert ("tenure.pool.wait_time", "") in values
    (waited,) = [span for span in spans.get_finished_spans() if span.name == "tenure.pool.acquire"]
    assert waited.attributes["pool.name"] == pool.stats().name
    assert waited.end_time - waited.start_time == int(waited.attributes["tenure.elapsed_s"] * 1e9)
    assert not waited.status.is_ok
    after = reader.get_metrics_data()
    names = [metric.name for each in after.resource_metrics for part in each.scope_metrics for metric in part.metrics]
    assert "tenure.pool.max" not in names
    meters.shutdown()
    tracers.shutdown()


# Logs and leaks.


@pytest.mark.parametrize(
    ("event", "level", "sentence"),
    [
        (BorrowerWaited(1.0, "db", 7, 0.25, None), "DEBUG", "waited 250 ms for an item of db"),
        (BorrowerWaited(1.0, "db", 7, 0.25, OSError()), "ERROR", "waited 250 ms in vain for an item of db"),
        (late(), "WARNING", "MainThread has kept an item of db for 31 s"),
    ],
)
def test_logs_of_a_pool(event, level, sentence, caplog):
    """Waiting in vain is an error, keeping an item a warning."""
    caplog.set_level("DEBUG", "tenure")
    logs.attach(Container())(event)

    (said,) = caplog.records
    assert (said.levelname, said.getMessage(), vars(said)["pool.name"]) == (level, sentence, "db")


def test_who_keeps_an_item_leaks():
    """Told to every observer as a leak, with where it was borrowed."""
    container, seen = Container(), []
    container.observe(seen.append)
    detector = LeakDetector(container)
    detector(late())

    (leak,) = seen
    assert isinstance(leak, Leak)
    assert str(leak) == "db has been borrowed and not given back for 31 s\n    opened by app.py:3 in checkout"


# The declarative face.


def test_declarative_containers_are_watched_alike(caplog):
    """Whatever observes takes either."""
    from tenure import containers, providers
    from tenure.observe import ResourceMonitor, TimelineRecorder

    class App(containers.DeclarativeContainer):
        connection = providers.Resource(open_connection)

    caplog.set_level("INFO", "tenure")
    app = App()
    monitor, recorder, detector = ResourceMonitor(app), TimelineRecorder(app), LeakDetector(app)
    logs.attach(app, name="app")
    app.init_resources()
    open_then = [leak.label for leak in detector.still_open()]
    app.shutdown_resources()

    said = [(vars(record)["tenure.event"], vars(record)["di.provider.key"]) for record in caplog.records
            if "di.provider.key" in vars(record)]  # fmt: skip
    assert said == [("tenure.opened", open_then[0]), ("tenure.closed", open_then[0])]
    assert vars(caplog.records[0])["di.provider.kind"] == "generator"
    assert (monitor.report().opened, monitor.report().closed) == (1, 1)
    assert len(recorder.starts[0].spans) == 1
    assert detector.still_open() == ()
