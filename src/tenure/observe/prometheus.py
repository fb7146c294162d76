"""
Count what a container does for Prometheus.

    attached = tenure.observe.prometheus.attach(container)

Needs `prometheus-client`, which the extra `prometheus` brings; how it is scraped is the program's affair. The metrics
are those of `tenure.observe.measures`, under Prometheus' names: `tenure.resource.open.duration` is
`tenure_resource_open_duration_seconds`, and `di.provider.key` the label `di_provider_key`.
"""

import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tenure.observe.exporting import Exporter, missing_extra

try:
    from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, Metric
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
    from prometheus_client.registry import Collector
except ImportError as _error:
    raise missing_extra(__name__, "prometheus-client", "prometheus", _error) from _error

from tenure.events import Event
from tenure.observe.attributes import CONTAINER
from tenure.observe.measures import BUCKETS_S, INSTRUMENTS, Instrument, Measurement, Measuring
from tenure.observe.monitor import Observable
from tenure.observe.pools import POOL_INSTRUMENTS, Accounts, Counting

if TYPE_CHECKING:
    from tenure.health import HealthReport

__all__ = ["PrometheusExporter", "attach"]


def attach(
    container: Observable,
    *,
    name: str = "container",
    pools: Sequence[Counting] = (),
    registry: CollectorRegistry = REGISTRY,
) -> "PrometheusExporter":
    """
    Count the events of *container* in *registry* from now on.

    Several containers may be counted in one registry; *name* tells them apart.

    Args:
        container: anything with `observe(callback)`; one with `snapshot()` is counted with what is open already.
        name: what the container is called, as the label `di_container_name`.
        pools: whose accounts are shown as well, whenever the registry is scraped.
        registry: what is scraped; by default that of the process.

    Returns:
        What ends it: `detach()`, or the end of a `with` block. What was counted stays in the registry.

    Raises:
        BindingError: *name* is empty, or one of *pools* has no account.
        ValueError: *registry* has other metrics of these names.
    """
    accounts = Accounts(name, pools)
    exporter = PrometheusExporter(container, name, metrics_of(registry))
    if accounts:
        exporter.collect_pools(accounts, registry)
    exporter.begin(container)
    exporter.count_what_is_open(container)
    return exporter


class PrometheusExporter(Exporter):
    """Counts events for Prometheus; made by `attach`."""

    def __init__(self, container: Observable, name: str, metrics: dict[str, Any]) -> None:
        super().__init__(container, name)
        self._metrics = metrics
        self._measuring = Measuring(name)
        self._forget_pools: Callable[[], None] | None = None

    def collect_pools(self, accounts: Accounts, registry: CollectorRegistry) -> None:
        """Show *accounts* whenever *registry* is collected, until this is detached."""
        everybody = pools_in(registry)
        everybody.accounts.append((self, accounts))
        self._forget_pools = lambda: everybody.accounts.remove((self, accounts))

    def count_what_is_open(self, container: Observable) -> None:
        """Begin the gauges with what is open in *container* already."""
        for measurement in self._measuring.begin(container):
            self._add(measurement)

    def show(self, event: Event) -> None:
        """Count *event*."""
        for measurement in self._measuring.of(event):
            self._add(measurement)

    def finish(self) -> None:
        """Take from the gauges what is open: nobody will tell when it is closed."""
        if self._forget_pools is not None:
            self._forget_pools()
        for measurement in self._measuring.end():
            self._add(measurement)

    def show_health(self, report: "HealthReport") -> None:
        """Show what *report*, of `container.health()`, says of each resource."""
        try:
            for measurement in self._measuring.of_health(report):
                self._add(measurement)
        except Exception as error:  # noqa: BLE001 - as for events
            self.failed(error, report)

    def _add(self, measurement: Measurement) -> None:
        metric = self._metrics[measurement.instrument.name].labels(*measurement.attributes.values())
        match measurement.instrument.kind:
            case "histogram":
                metric.observe(measurement.value)
            case "value":
                metric.set(measurement.value)
            case _:
                metric.inc(measurement.value)


_known: "weakref.WeakKeyDictionary[CollectorRegistry, dict[str, Any]]" = weakref.WeakKeyDictionary()
_guard = threading.Lock()  # of `_known` and `_pools`: a registry takes each name once


def metrics_of(registry: CollectorRegistry) -> dict[str, Any]:
    """Return Tenure's metrics in *registry*, by their names in OpenTelemetry; registered when first asked for."""
    with _guard:
        found = _known.get(registry)
        if found is None:
            found = {}
            try:
                for instrument in INSTRUMENTS:
                    found[instrument.name] = _registered(instrument, registry)
            except ValueError:
                for metric in found.values():
                    registry.unregister(metric)
                raise
            _known[registry] = found
        return found


def _registered(instrument: Instrument, registry: CollectorRegistry) -> Any:
    labels = _labels(instrument)
    name = _name(instrument)
    match instrument.kind:
        case "histogram":
            return Histogram(name, instrument.description, labels, registry=registry, buckets=BUCKETS_S)
        case "counter":
            return Counter(name, instrument.description, labels, registry=registry)
        case _:
            return Gauge(name, instrument.description, labels, registry=registry)


class Pools(Collector):
    """Collects the accounts of all pools that are shown in one registry."""

    def __init__(self) -> None:
        self.accounts: list[tuple[PrometheusExporter, Accounts]] = []

    def collect(self) -> Iterator[Metric]:
        """Return a metric for each instrument of pools; what raises is passed over, and reported by its exporter."""
        for instrument in POOL_INSTRUMENTS:
            kind = CounterMetricFamily if instrument.kind == "counter" else GaugeMetricFamily
            family = kind(_name(instrument), instrument.description, labels=_labels(instrument))
            for exporter, accounts in list(self.accounts):
                try:
                    for measurement in accounts.of(instrument):
                        family.add_metric([*measurement.attributes.values()], measurement.value)
                except Exception as error:  # noqa: BLE001 - one pool must not spoil the scrape of all
                    exporter.failed(error, accounts)
            yield family

    def describe(self) -> list[Metric]:
        """Return nothing: what there is shows when it is collected."""
        return []


_pools: "weakref.WeakKeyDictionary[CollectorRegistry, Pools]" = weakref.WeakKeyDictionary()


def pools_in(registry: CollectorRegistry) -> Pools:
    """Return what collects pools in *registry*; registered when first asked for."""
    with _guard:
        found = _pools.get(registry)
        if found is None:
            found = _pools[registry] = Pools()
            registry.register(found)
        return found


def _labels(instrument: Instrument) -> list[str]:
    return [_snake(name) for name in (CONTAINER, *instrument.attributes)]


def _name(instrument: Instrument) -> str:
    return _snake(instrument.name) + ("_seconds" if instrument.unit == "s" else "")


def _snake(name: str) -> str:
    return name.replace(".", "_")
