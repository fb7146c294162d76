"""The types of what watches a container."""

from typing import Any, assert_type

import pytest

from tenure import Container
from tenure import containers as declarative
from tenure.events import Event, Leak
from tenure.observe import LeakDetector, ResourceMonitor, Timeline, TimelineRecorder, logs, opentelemetry, prometheus
from tenure.observe.exporting import Exporter
from tenure.observe.histogram import Distribution
from tenure.observe.report import MonitorReport, Slow, TallyReport
from tenure.observe.timeline import Span
from tenure.pool import Pool
from tenure.testing.pytest_plugin import Leaks


def numbers(container: Container, app: declarative.DeclarativeContainer) -> None:
    """A monitor takes containers of both faces, and reports records."""
    ResourceMonitor(app)
    monitor = ResourceMonitor(container, window=10, max_keys=5, n_slowest=3)
    report = monitor.report()
    assert_type(report, MonitorReport)
    assert_type(report.open, Distribution)
    assert_type(report.open.p99_s, float)
    assert_type(report.by_key, tuple[TallyReport, ...])
    assert_type(report.slowest, tuple[Slow, ...])
    assert_type(report.as_dict(), dict[str, Any])
    assert_type(monitor.get_report(), dict[str, int | float])


def timelines(container: Container) -> None:
    """A recorder keeps timelines of spans."""
    recorder = TimelineRecorder(container, scopes=True, keep=2)
    assert_type(recorder.starts, tuple[Timeline, ...])
    for timeline in recorder.closes:
        assert_type(timeline.spans, tuple[Span, ...])
        assert_type(timeline.critical, tuple[int, ...])
        assert_type(Timeline.from_dict(timeline.as_dict()), Timeline)


def exporters(container: Container, pool: Pool[int]) -> None:
    """Every one is attached with the same few names, and is a context manager."""
    found: list[Exporter] = [
        logs.attach(container, name="shop", levels={Leak: 30}),
        opentelemetry.attach(container, name="shop", scopes=True, pools=[pool]),
        prometheus.attach(container, name="shop", pools=(pool,)),
    ]
    for attached in found:
        assert_type(attached.n_failed, int)
        attached.detach()
    with prometheus.attach(container) as exporter:
        assert_type(exporter, prometheus.PrometheusExporter)
        container.observe(exporter)


def leaks(container: Container) -> None:
    """A detector gives events."""
    detector = LeakDetector(container, tracebacks=True, tell=print)
    assert_type(detector.leaks(max_alike=3), tuple[Leak, ...])
    assert_type(detector.still_open(), tuple[Leak, ...])
    container.observe(detector)
    event: Event = detector.tell()[0]
    assert_type(event.at, float)


@pytest.mark.tenure_leaks("off")
def test_it(tenure_leaks: Leaks) -> None:
    """The fixture of the plugin tells what is open."""
    assert_type(tenure_leaks.leaks(), tuple[Leak, ...])
    tenure_leaks.forgive()
