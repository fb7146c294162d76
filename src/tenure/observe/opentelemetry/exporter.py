"""The exporter for OpenTelemetry: gives each event to the spans and to the metrics."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from opentelemetry import metrics, trace
from opentelemetry.metrics import CallbackOptions, Counter, Histogram, MeterProvider, Observation, UpDownCounter
from opentelemetry.trace import TracerProvider

from tenure.events import Event
from tenure.observe.exporting import Exporter
from tenure.observe.measures import BUCKETS_S, INSTRUMENTS, Instrument, Measurement, Measuring
from tenure.observe.monitor import Observable
from tenure.observe.opentelemetry.spans import Spans
from tenure.observe.pools import POOL_INSTRUMENTS, Accounts

if TYPE_CHECKING:
    from tenure.health import HealthReport

SOURCE = "tenure"
"""The name of the tracer and of the meter."""


class TelemetryExporter(Exporter):
    """Shows events to OpenTelemetry; made by `attach`."""

    def __init__(self, container: Observable, name: str, scopes: bool) -> None:
        super().__init__(container, name)
        self._scopes = scopes
        self._spans: Spans | None = None
        self._measuring = Measuring(name)
        self._instruments: dict[str, Any] = {}
        self._accounts: Accounts | None = None

    def make_spans(self, provider: TracerProvider | None) -> None:
        """Show events as spans from now on."""
        tracer = trace.get_tracer(SOURCE, tracer_provider=provider)
        self._spans = Spans(tracer, self.container, self._bindings, scopes=self._scopes)

    def make_metrics(self, provider: MeterProvider | None) -> None:
        """Show events as metrics from now on."""
        meter = metrics.get_meter(SOURCE, meter_provider=provider)
        self._instruments = {instrument.name: _made(meter, instrument) for instrument in INSTRUMENTS}

    def collect_pools(self, accounts: Accounts, provider: MeterProvider | None) -> None:
        """Show *accounts* whenever metrics are collected, until this is detached."""
        meter = metrics.get_meter(SOURCE, meter_provider=provider)
        self._accounts = accounts
        for instrument in POOL_INSTRUMENTS:
            make = meter.create_observable_counter if instrument.kind == "counter" else meter.create_observable_gauge
            make(instrument.name, [partial(self._account, instrument)], instrument.unit, instrument.description)

    def _account(self, instrument: Instrument, _: CallbackOptions) -> Iterator[Observation]:
        if self._accounts is None:
            return
        try:
            for measurement in self._accounts.of(instrument):
                yield Observation(measurement.value, measurement.attributes)
        except Exception as error:  # noqa: BLE001 - as for events
            self.failed(error, self._accounts)

    def show_health(self, report: "HealthReport") -> None:
        """Show what *report*, of `container.health()`, says of each resource."""
        try:
            for measurement in self._measuring.of_health(report):
                self._add(measurement)
        except Exception as error:  # noqa: BLE001 - as for events
            self.failed(error, report)

    def count_what_is_open(self, container: Observable) -> None:
        """Begin the gauges with what is open in *container* already."""
        for measurement in self._measuring.begin(container):
            self._add(measurement)

    def show(self, event: Event) -> None:
        """Show *event*."""
        if self._instruments:
            for measurement in self._measuring.of(event):
                self._add(measurement)
        if self._spans is not None:
            self._spans.show(event)

    def finish(self) -> None:
        """End the spans that are not ended, and take from the gauges what is open."""
        self._accounts = None
        for measurement in self._measuring.end():
            self._add(measurement)
        if self._spans is not None:
            self._spans.end_all()

    def _add(self, measurement: Measurement) -> None:
        instrument = self._instruments.get(measurement.instrument.name)
        # an attribute that says nothing is left out, as the conventions want it
        attributes = {name: value for name, value in measurement.attributes.items() if value}
        match instrument:
            case Histogram():
                instrument.record(measurement.value, attributes)
            case _ if measurement.instrument.kind == "value" and instrument is not None:
                instrument.set(measurement.value, attributes)
            case Counter() | UpDownCounter():
                instrument.add(measurement.value, attributes)


def _made(meter: metrics.Meter, instrument: Instrument) -> Any:
    of = instrument.name, instrument.unit, instrument.description
    match instrument.kind:
        case "histogram":
            return meter.create_histogram(*of, explicit_bucket_boundaries_advisory=BUCKETS_S)
        case "counter":
            return meter.create_counter(*of)
        case "value":
            return meter.create_gauge(*of)
        case _:
            return meter.create_up_down_counter(*of)
