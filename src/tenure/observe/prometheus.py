"""
Count what a container does for Prometheus.

    attached = tenure.observe.prometheus.attach(container)

Needs `prometheus-client`, which the extra `prometheus` brings; how it is scraped is the program's affair. The metrics
are those of `tenure.observe.measures`, under Prometheus' names: `tenure.resource.open.duration` is
`tenure_resource_open_duration_seconds`, and `di.provider.key` the label `di_provider_key`.
"""

import threading
import weakref
from typing import Any

from tenure.observe.exporting import Exporter, missing_extra

try:
    from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
except ImportError as _error:
    raise missing_extra(__name__, "prometheus-client", "prometheus", _error) from _error

from tenure.events import Event
from tenure.observe.attributes import CONTAINER
from tenure.observe.measures import BUCKETS_S, INSTRUMENTS, Instrument, Measurement, Measuring
from tenure.observe.monitor import Observable

__all__ = ["PrometheusExporter", "attach"]


def attach(
    container: Observable, *, name: str = "container", registry: CollectorRegistry = REGISTRY
) -> "PrometheusExporter":
    """
    Count the events of *container* in *registry* from now on.

    Several containers may be counted in one registry; *name* tells them apart.

    Args:
        container: anything with `observe(callback)`; one with `snapshot()` is counted with what is open already.
        name: what the container is called, as the label `di_container_name`.
        registry: what is scraped; by default that of the process.

    Returns:
        What ends it: `detach()`, or the end of a `with` block. What was counted stays in the registry.

    Raises:
        BindingError: *name* is empty.
        ValueError: *registry* has other metrics of these names.
    """
    exporter = PrometheusExporter(container, name, metrics_of(registry))
    exporter.begin(container)
    exporter.count_what_is_open(container)
    return exporter


class PrometheusExporter(Exporter):
    """Counts events for Prometheus; made by `attach`."""

    def __init__(self, container: Observable, name: str, metrics: dict[str, Any]) -> None:
        super().__init__(container, name)
        self._metrics = metrics
        self._measuring = Measuring(name)

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
        for measurement in self._measuring.end():
            self._add(measurement)

    def _add(self, measurement: Measurement) -> None:
        metric = self._metrics[measurement.instrument.name].labels(*measurement.attributes.values())
        if measurement.instrument.kind == "histogram":
            metric.observe(measurement.value)
        else:
            metric.inc(measurement.value)


_known: "weakref.WeakKeyDictionary[CollectorRegistry, dict[str, Any]]" = weakref.WeakKeyDictionary()
_guard = threading.Lock()  # of `_known`: a registry takes each name once


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
    labels = [_snake(name) for name in (CONTAINER, *instrument.attributes)]
    name = _snake(instrument.name) + ("_seconds" if instrument.unit == "s" else "")
    match instrument.kind:
        case "histogram":
            return Histogram(name, instrument.description, labels, registry=registry, buckets=BUCKETS_S)
        case "counter":
            return Counter(name, instrument.description, labels, registry=registry)
        case _:
            return Gauge(name, instrument.description, labels, registry=registry)


def _snake(name: str) -> str:
    return name.replace(".", "_")
