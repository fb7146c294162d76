"""
Show what a container does to OpenTelemetry: spans and metrics.

    attached = tenure.observe.opentelemetry.attach(container)

Needs `opentelemetry-api`, which the extra `otel` brings; where they go to is for the program's SDK to say. Spans:
`tenure.container.start`, `tenure.container.stop`, `tenure.resource.open`, `tenure.resource.close`, and on request
`tenure.scope`. Metrics: see `tenure.observe.measures`.
"""

from collections.abc import Sequence

from tenure.observe.exporting import missing_extra

try:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider
except ImportError as _error:
    raise missing_extra(__name__, "opentelemetry-api", "otel", _error) from _error

from tenure.observe.monitor import Observable
from tenure.observe.opentelemetry.exporter import TelemetryExporter
from tenure.observe.pools import Accounts, Counting

__all__ = ["TelemetryExporter", "attach"]


def attach(
    container: Observable,
    *,
    name: str = "container",
    spans: bool = True,
    metrics: bool = True,
    scopes: bool = False,
    pools: Sequence[Counting] = (),
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
) -> TelemetryExporter:
    """
    Show the events of *container* to OpenTelemetry from now on.

    Args:
        container: anything with `observe(callback)`; one with `snapshot()` is counted with what is open already.
        name: what the container is called, as `di.container.name`.
        spans: whether there are spans.
        metrics: whether there are metrics.
        scopes: whether each scope is a span, in which the program's own spans stand then.
        pools: whose accounts are shown as well, whenever metrics are collected.
        tracer_provider: None: the global one.
        meter_provider: None: the global one.

    Returns:
        What ends it: `detach()`, or the end of a `with` block.

    Raises:
        BindingError: *name* is empty, or one of *pools* has no account.
    """
    accounts = Accounts(name, pools)
    exporter = TelemetryExporter(container, name, scopes)
    if spans:
        exporter.make_spans(tracer_provider)
    if metrics:
        exporter.make_metrics(meter_provider)
    if metrics and accounts:
        exporter.collect_pools(accounts, meter_provider)
    exporter.begin(container)
    exporter.count_what_is_open(container)
    return exporter
