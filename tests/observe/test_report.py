"""`ResourceMonitor.report()`: what happened by key and by scope, how long it took, what was slowest."""

import json

import pytest

from tenure import Container, Retry, resource
from tenure.events import (
    Abandoned,
    Closed,
    CloseFailed,
    Degraded,
    Opened,
    OpenFailed,
    OpenRetried,
)
from tenure.observe import ResourceMonitor
from tenure.observe.report import OTHERS


class Silent:
    """A container that tells nothing by itself."""

    def observe(self, observer):
        """Call nothing; nothing to end."""


def monitor_of(*events, **options):
    """Return a monitor that was shown *events*."""
    monitor = ResourceMonitor(Silent(), **options)
    for event in events:
        monitor(event)
    return monitor


def head(id, label="Database", scope="root"):
    """Return what every event of a resource begins with."""
    return 0.0, id, label, label, scope, 1


def opened(id, elapsed_s=0.5, **of):
    return Opened(*head(id, **of), elapsed_s, ())


def closed(id, elapsed_s=0.25, lifetime_s=2.0, **of):
    return Closed(*head(id, **of), elapsed_s, lifetime_s, None)


def counts(row):
    """Return opened, closed, active, errors, retries of a tally."""
    return row.opened, row.closed, row.active, row.errors, row.retries


def test_a_new_monitor_has_nothing_to_report():
    """All numbers are 0, all tables empty."""
    report = monitor_of().report()

    assert (report.opened, report.closed, report.active, report.errors, report.retries) == (0,) * 5
    assert (report.by_key, report.by_scope, report.slowest) == ((), (), ())
    assert report.open.n == report.close.n == report.lifetime.n == 0


def test_keys_and_scopes_are_told_apart():
    """In the order in which they were first seen."""
    report = monitor_of(
        opened(1), opened(2, label="Session", scope="request"), closed(2, label="Session", scope="request"),
        opened(3, label="Session", scope="request"),
    ).report()  # fmt: skip

    assert [row.label for row in report.by_key] == ["Database", "Session"]
    assert [row.label for row in report.by_scope] == ["root", "request"]
    expected = [(1, 0, 1, 0, 0), (2, 1, 1, 0, 0)]
    assert [counts(row) for row in report.by_key] == [counts(row) for row in report.by_scope] == expected
    assert (report.opened, report.closed, report.active) == (3, 1, 2)


def test_durations_are_measured():
    """Openings and closings and what lies between, by key as over all."""
    report = monitor_of(opened(1, 0.5), closed(1, 0.25, 2.0), opened(2, 1.5)).report()

    assert (report.open.n, report.open.total_s, report.open.max_s) == (2, 2.0, 1.5)
    assert (report.close.n, report.close.mean_s) == (1, 0.25)
    assert (report.lifetime.n, report.lifetime.median_s) == (1, 2.0)
    assert report.by_key[0].open == report.open


def test_what_goes_wrong_is_told_apart():
    """Openings and closings that raise, closings that are given up, retries, what went on without."""
    error = OSError()
    row = monitor_of(
        OpenRetried(*head(1), 1, 0.1, error), OpenRetried(*head(1), 2, 0.1, error), OpenFailed(*head(1), 1.0, error),
        Degraded(*head(1), error, False), opened(2), CloseFailed(*head(2), 0.1, 1.0, error),
        opened(3), Abandoned(*head(3), 5.0),
    ).report().by_key[0]  # fmt: skip

    assert (row.open_errors, row.close_errors, row.abandoned, row.retries, row.degraded) == (1, 1, 1, 2, 1)
    assert (row.errors, row.active) == (3, 0)


def test_a_cancellation_is_no_error():
    """What is no `Exception` is nobody's fault."""
    row = monitor_of(OpenFailed(*head(1), 1.0, KeyboardInterrupt())).report().by_key[0]

    assert row.errors == 0


def test_what_was_open_before_is_not_counted():
    """Its closing is no closing of a resource that was counted."""
    report = monitor_of(closed(1), Abandoned(*head(2), 1.0)).report()

    assert (report.closed, report.close.n, report.slowest) == (0, 0, ())
    assert report.by_key == ()


def test_the_slowest_are_remembered():
    """As many as was asked for, the slowest first, openings and closings together; of equals the earlier."""
    events = opened(1, 1.0), opened(2, 3.0), opened(3, 1.0), closed(2, 2.0), opened(4, 0.5)
    report = monitor_of(*events, n_slowest=3).report()

    assert [(slow.act, slow.id, slow.elapsed_s) for slow in report.slowest] == [
        ("open", 2, 3.0), ("close", 2, 2.0), ("open", 1, 1.0),
    ]  # fmt: skip
    assert str(report.slowest[0]) == "3 s to open Database in root"


def test_no_slowest_at_all():
    """`n_slowest=0` remembers none."""
    assert monitor_of(opened(1), closed(1), n_slowest=0).report().slowest == ()


def test_keys_beyond_the_limit_are_counted_together():
    """Memory is bounded by *max_keys*; nothing is lost of the counts."""
    report = monitor_of(*(opened(id, label=f"Key {id}") for id in range(5)), max_keys=2).report()

    assert [(row.label, row.opened) for row in report.by_key] == [("Key 0", 1), ("Key 1", 1), (OTHERS, 3)]
    assert report.opened == 5


@pytest.mark.parametrize(("name", "value"), [("max_keys", 0), ("n_slowest", -1)])
def test_bounds_are_refused(name, value):
    """With a sentence that names the parameter."""
    with pytest.raises(ValueError, match=f"{name} is {value}, but "):
        monitor_of(**{name: value})


def test_the_report_goes_through_json():
    """Every field by its name, and how quantiles were estimated."""
    sent = json.loads(json.dumps(monitor_of(opened(1), closed(1)).report().as_dict()))

    assert sent["by_key"][0]["open"]["p99_s"] == 0.5
    assert sent["slowest"][0]["act"] == "open"
    assert "relative error at most 1 %" in sent["estimator"]


def test_the_report_is_made_to_be_read():
    """Numbers with their units, in columns."""
    lines = str(monitor_of(opened(1, 0.5), closed(1, 0.25, 2.0), opened(2, 0.5, label="Session")).report()).splitlines()

    assert lines[0].startswith("2 opened, 1 closed, 1 active, 0 errors, 0 retries in ")
    assert lines[1:4] == [
        "  open      2 times: mean 500 ms, median 500 ms, p95 500 ms, p99 500 ms, max 500 ms",
        "  close     1 times: mean 250 ms, median 250 ms, p95 250 ms, p99 250 ms, max 250 ms",
        "  lifetime  1 times: mean 2 s, median 2 s, p95 2 s, p99 2 s, max 2 s",
    ]
    assert lines[4].split() == ["by", "key", "opened", "active", "errors", "retries", "open", "median", "open", "p99",
                                "close", "p99", "lifetime", "median"]  # fmt: skip
    assert lines[5].split() == ["Database", "1", "0", "0", "0", "500", "ms", "500", "ms", "250", "ms", "2", "s"]
    assert len({len(line) for line in lines[4:7]}) == 1
    assert lines[-1].startswith("quantiles: nearest rank over log-spaced buckets")


def test_a_real_container_is_reported():
    """With its retries, and nothing more once the monitor is detached."""
    attempts = []

    class Flaky:
        """Opens at the second attempt."""

    @resource(retry=Retry(attempts=2, backoff=0.0001))
    def make_flaky():
        attempts.append(1)
        if len(attempts) == 1:
            raise ConnectionRefusedError
        yield Flaky()

    container = Container()
    container.bind(Flaky, make_flaky, scope="singleton")
    monitor = ResourceMonitor(container)
    with container:
        container.get(Flaky)
        during = monitor.report()
        monitor.detach()
    after = monitor.report()

    assert counts(during.by_key[0]) == (1, 0, 1, 0, 1)
    assert during.by_scope[0].label == "root"
    assert (after.closed, after.active) == (0, 1)
    monitor.detach()
