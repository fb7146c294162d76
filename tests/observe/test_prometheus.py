"""`tenure.observe.prometheus`, through a real scrape."""

import sys
import threading
import urllib.request

import pytest

from tenure import Container, Retry, resource
from tenure.events import Leak

pytest.importorskip("prometheus_client")

import prometheus_client
from prometheus_client.parser import text_string_to_metric_families

from tenure.observe import prometheus


class Database:
    """Opened once."""


class Session:
    """Opened per request."""


def make_database():
    """Open and close nothing."""
    yield Database()


def make_session(database: Database):
    """Open and close nothing, over a database."""
    yield Session()


@pytest.fixture
def container():
    container = Container()
    container.bind(Database, make_database, scope="singleton")
    container.bind(Session, make_session, scope="request")
    return container


class Whichever:
    """Collects what the registry of the test that runs collects."""

    registry = None

    def collect(self):
        """Return the metrics of that registry."""
        return self.registry.collect() if self.registry is not None else []


@pytest.fixture(scope="module")
def server():
    """The port of a real server on this machine, and what it serves: one for all, as stopping takes a while."""
    whichever = Whichever()
    all_of_them = prometheus_client.CollectorRegistry()
    all_of_them.register(whichever)
    server, thread = prometheus_client.start_http_server(0, "127.0.0.1", all_of_them)
    yield server.server_port, whichever
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def registry(server):
    _, whichever = server
    whichever.registry = prometheus_client.CollectorRegistry()
    return whichever.registry


@pytest.fixture
def scrape(server, registry):
    """Return what the server answers: the value of each sample, by its name and labels."""
    port, _ = server

    def scraped(prefix):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        return {
            (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
            for family in text_string_to_metric_families(text) for sample in family.samples
            if sample.name.startswith(f"tenure_{prefix}") and not sample.name.endswith(("_bucket", "_created"))
        }  # fmt: skip

    return scraped


def test_what_is_open(container, registry, scrape):
    """By container, key and scope."""
    prometheus.attach(container, name="shop", registry=registry)
    with container, container.resource_scope() as scope:
        scope.get(Session)
        during = scrape("resource_active") | scrape("scope_active")

    assert during == {
        ("tenure_resource_active", "shop", "Database", "root"): 1,
        ("tenure_resource_active", "shop", "Session", "request"): 1,
        ("tenure_scope_active", "shop", "request"): 1,
    }
    assert set((scrape("resource_active") | scrape("scope_active")).values()) == {0}


def test_how_long_it_took(container, registry, scrape):
    """Histograms of seconds."""
    prometheus.attach(container, registry=registry)
    with container:
        pass

    for act in ("open", "close"):
        sample = f"tenure_resource_{act}_duration_seconds"
        scraped = scrape(f"resource_{act}_duration")
        assert scraped[f"{sample}_count", "container", "Database", "root", ""] == 1
        assert 0 < scraped[f"{sample}_sum", "container", "Database", "root", ""] < 60
    assert scrape("resource_lifetime")["tenure_resource_lifetime_seconds_count", "container", "Database", "root"] == 1
    assert scrape("container_start")["tenure_container_start_duration_seconds_count", "container", "root", ""] == 1
    assert scrape("container_stop")["tenure_container_stop_duration_seconds_count", "container"] == 1


def test_what_goes_wrong(registry, scrape):
    """Errors by their class, retries and leaks as counters."""

    @resource(retry=Retry(attempts=2, backoff=0.0001))
    def refuse():
        raise ConnectionRefusedError
        yield

    container = Container()
    container.bind(Database, refuse, scope="singleton")
    attached = prometheus.attach(container, registry=registry)
    with pytest.raises(ConnectionRefusedError):
        container.start_sync()
    attached(Leak(0.0, "scope", 3, "request", "request", 3, 2.0))

    of = "container", "Database", "root", "ConnectionRefusedError"
    assert scrape("resource_open_retries") == {("tenure_resource_open_retries_total", *of): 1}
    assert scrape("resource_open_duration")["tenure_resource_open_duration_seconds_count", *of] == 1
    assert scrape("leaks") == {("tenure_leaks_total", "container", "request", "scope"): 1}


def test_several_containers_in_one_registry(registry, scrape):
    """Are told apart by their names."""
    for name in ("shop", "admin"):
        container = Container()
        container.bind(Database, make_database, scope="singleton")
        prometheus.attach(container, name=name, registry=registry)
        container.get(Database)
        container.close()

    assert {labels[0] for _, *labels in scrape("resource_active")} == {"shop", "admin"}


def test_what_was_open_before_is_counted(container, registry, scrape):
    """And no gauge is ever negative."""
    with container.resource_scope() as scope:
        scope.get(Session)
        prometheus.attach(container, registry=registry)
        assert set(scrape("resource_active").values()) == set(scrape("scope_active").values()) == {1}
    container.close()

    assert set(scrape("resource_active").values()) == set(scrape("scope_active").values()) == {0}


def test_detaching(container, registry, scrape):
    """Takes away what is open, keeps what was counted; attaching again goes on from there."""
    with container:
        for _ in range(2):
            with prometheus.attach(container, registry=registry):
                with container.resource_scope() as scope:
                    scope.get(Session)
                assert scrape("resource_active")["tenure_resource_active", "container", "Database", "root"] == 1
            assert set(scrape("resource_active").values()) == {0}

    opened = scrape("resource_open_duration")
    assert opened["tenure_resource_open_duration_seconds_count", "container", "Session", "request", ""] == 2


def test_what_was_being_closed_before_is_not_counted(container, registry):
    """Nobody would tell when it is closed."""

    def make(database: Database):
        yield Session()
        prometheus.attach(container, registry=registry)

    container.bind(Session, make, scope="request")
    with container.resource_scope() as scope:
        scope.get(Session)
    container.close()

    samples = [sample for family in registry.collect() for sample in family.samples if "_active" in sample.name]
    assert {sample.value for sample in samples} == {0}


def test_threads_lose_no_count(container, registry):
    """Eight threads open and close at once, while the exporter is attached in the middle of it."""
    begun = threading.Barrier(9)

    def work():
        begun.wait()
        for _ in range(100):
            with container.resource_scope() as scope:
                scope.get(Session)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    threads = [threading.Thread(target=work) for _ in range(8)]
    try:
        for thread in threads:
            thread.start()
        begun.wait()
        prometheus.attach(container, registry=registry)
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    with container:
        for _ in range(10):
            with container.resource_scope() as scope:
                scope.get(Session)

    labels = {"di_container_name": "container", "di_provider_key": "Session", "di_scope": "request"}
    assert registry.get_sample_value("tenure_resource_active", labels) == 0
    assert (
        registry.get_sample_value("tenure_scope_active", {"di_container_name": "container", "di_scope": "request"}) == 0
    )
    count = registry.get_sample_value("tenure_resource_open_duration_seconds_count", labels | {"error_type": ""})
    assert 10 <= count <= 810


def test_a_registry_with_other_metrics_of_these_names(container, registry):
    """Is refused, and left as it was."""
    prometheus_client.Counter("tenure_leaks", "The program's own.", registry=registry)

    for _ in range(2):
        with pytest.raises(ValueError, match="tenure_leaks"):
            prometheus.attach(container, registry=registry)
    assert [family.name for family in registry.collect()] == ["tenure_leaks"]


def test_a_registry_that_raises_harms_nobody(container, registry, monkeypatch):
    """The container works; it is reported once."""
    told = []
    monkeypatch.setattr("sys.unraisablehook", told.append)
    attached = prometheus.attach(container, registry=registry)
    attached._metrics.clear()
    with container:
        assert isinstance(container.get(Database), Database)

    assert [each.exc_type for each in told] == [KeyError]
    assert attached.n_failed > 1


def test_the_registry_of_the_process_is_the_default(container):
    """As everywhere in `prometheus-client`."""
    with prometheus.attach(container, name="default"), container:
        pass

    labels = {"di_container_name": "default"}
    assert prometheus_client.REGISTRY.get_sample_value(
        "tenure_container_stop_duration_seconds_count", labels
    ) == 1  # fmt: skip
