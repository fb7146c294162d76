"""`ResourceMonitor` counts what a container opens and closes; here the events are made by hand."""

import gc
import sys
import threading
from itertools import count
from typing import Annotated, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.events import (
    Abandoned,
    Closed,
    CloseFailed,
    Closing,
    Opened,
    OpenFailed,
    Opening,
    OpenRetried,
    ScopeEntered,
    ScopeLeft,
)
from tenure.observe import ResourceMonitor

NOTHING_YET = {
    "resources_created": 0,
    "resources_disposed": 0,
    "active_resources": 0,
    "resource_errors": 0,
    "avg_lifetime": 0,
    "total_lifetimes_tracked": 0,
    "median_lifetime": 0,
}


class Source:
    """Tells an observer what a container would."""

    def __init__(self):
        self.observers = []
        self.ids = count(1)

    def observe(self, observer):
        self.observers.append(observer)

    def tell(self, kind, id, key, *facts):
        event = kind(0.0, id, key, str(key), "root", 1, *facts)
        for observer in self.observers:
            observer(event)

    def open(self, key=object):
        id = next(self.ids)
        self.tell(Opening, id, key)
        self.tell(Opened, id, key, 0.0, ())
        return id

    def close(self, id, lifetime_s=1.0, key=object):
        self.tell(Closing, id, key)
        self.tell(Closed, id, key, 0.0, lifetime_s, None)


class Tracked:
    """Reports itself, as the document's `MonitoredResource` does."""

    def __init__(self, monitor):
        self.monitor = monitor
        monitor.track_resource_creation(self)

    def dispose(self):
        self.monitor.track_resource_disposal(self)


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def monitor(source):
    return ResourceMonitor(source)


def counts(monitor):
    """Return created, disposed, active, errors."""
    return tuple(monitor.metrics.values())[:4]


# By events.


def test_a_new_monitor_has_seen_nothing(monitor):
    """The report has the document's keys, all 0."""
    assert monitor.get_report() == NOTHING_YET
    assert repr(monitor) == "<ResourceMonitor [0 created, 0 disposed, 0 active, 0 errors]>"


def test_open_resources_are_active(monitor, source):
    """What is opened is created and active."""
    source.open()
    source.open()

    assert counts(monitor) == (2, 0, 2, 0)


def test_closed_resources_are_disposed_and_measured(monitor, source):
    """What is closed is disposed; its lifetime counts."""
    first, second, third = source.open(), source.open(), source.open()
    for id, lifetime_s in ((first, 1.0), (second, 2.0), (third, 6.0)):
        source.close(id, lifetime_s)

    assert monitor.get_report() == {
        "resources_created": 3,
        "resources_disposed": 3,
        "active_resources": 0,
        "resource_errors": 0,
        "avg_lifetime": 3.0,
        "total_lifetimes_tracked": 3,
        "median_lifetime": 2.0,
    }


def test_the_median_of_an_even_number_is_the_upper_one(monitor, source):
    """As in the document: `sorted(lifetimes)[len(lifetimes) // 2]`."""
    for lifetime_s in (4.0, 1.0, 3.0, 2.0):
        source.close(source.open(), lifetime_s)

    assert monitor.get_report()["median_lifetime"] == 3.0


def test_the_median_looks_back_on_a_window_and_the_mean_on_all(source):
    """Memory is bounded by the window."""
    monitor = ResourceMonitor(source, window=3)
    for lifetime_s in (100.0, 1.0, 2.0, 3.0):
        source.close(source.open(), lifetime_s)

    report = monitor.get_report()
    assert (report["median_lifetime"], report["avg_lifetime"], report["total_lifetimes_tracked"]) == (2.0, 26.5, 4)


@pytest.mark.parametrize("window", [0, -1])
def test_a_window_of_nothing_is_refused(source, window):
    """A median needs a lifetime."""
    with pytest.raises(ValueError, match=f"window is {window}, but a median needs at least 1 lifetime to look at"):
        ResourceMonitor(source, window=window)


def test_an_opening_that_raised_is_an_error_and_nothing_else(monitor, source):
    """Nothing is owed for it, so nothing is active."""
    source.tell(Opening, 1, object)
    source.tell(OpenFailed, 1, object, 0.0, OSError("no route"))

    assert counts(monitor) == (0, 0, 0, 1)


def test_a_failed_attempt_that_is_retried_is_no_error(monitor, source):
    """Only the end of an opening counts."""
    source.tell(Opening, 1, object)
    source.tell(OpenRetried, 1, object, 1, 0.1, OSError())
    source.tell(Opened, 1, object, 0.2, ())

    assert counts(monitor) == (1, 0, 1, 0)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), GeneratorExit()])
def test_an_opening_that_was_given_up_is_no_error(monitor, source, error):
    """A cancellation is nobody's fault."""
    source.tell(Opening, 1, object)
    source.tell(OpenFailed, 1, object, 0.0, error)

    assert counts(monitor) == (0, 0, 0, 0)


def test_a_closing_that_raised_is_a_disposal_and_an_error(monitor, source):
    """Nothing is owed any more, and somebody has to know."""
    id = source.open()
    source.tell(Closing, id, object)
    source.tell(CloseFailed, id, object, 0.0, 5.0, OSError())

    assert counts(monitor) == (1, 1, 0, 1)
    assert monitor.get_report()["median_lifetime"] == 5.0


def test_what_is_abandoned_is_an_error_neither_active_nor_disposed(monitor, source):
    """Nobody waits for it, and nobody knows whether it ended."""
    id = source.open()
    source.tell(Closing, id, object)
    source.tell(Abandoned, id, object, 10.0)

    assert counts(monitor) == (1, 0, 0, 1)


def test_what_was_open_before_is_not_counted(monitor, source):
    """A monitor counts from the moment it was made; `active_resources` never falls below 0."""
    source.close(99)

    assert monitor.get_report() == NOTHING_YET


def test_scopes_are_not_counted(monitor):
    """A scope is no resource."""
    monitor(ScopeEntered(0.0, "request", 2, 1))
    monitor(ScopeLeft(0.0, "request", 2, None))

    assert monitor.get_report() == NOTHING_YET


def test_metrics_is_a_copy(monitor):
    """A reader cannot change the counts."""
    monitor.metrics["resources_created"] = 7

    assert monitor.metrics["resources_created"] == 0


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1000)), max_size=60))
def test_active_is_created_minus_disposed(steps):
    """Whatever is opened and closed in whatever order, the counts agree with a plain model."""
    source = Source()
    monitor = ResourceMonitor(source)
    open_, lifetimes = [], []
    for opens, lifetime_s in steps:
        if opens or not open_:
            open_.append(source.open())
        else:
            source.close(open_.pop(len(open_) // 2), lifetime_s)
            lifetimes.append(lifetime_s)

    report = monitor.get_report()
    assert report["active_resources"] == len(open_) == report["resources_created"] - report["resources_disposed"]
    assert report["resources_disposed"] == report["total_lifetimes_tracked"] == len(lifetimes)
    assert report["median_lifetime"] == (sorted(lifetimes)[len(lifetimes) // 2] if lifetimes else 0)
    assert report["avg_lifetime"] == pytest.approx(sum(lifetimes) / len(lifetimes) if lifetimes else 0)


# By hand.


def test_tracking_by_hand_counts(monitor):
    """Objects that no container manages may report themselves."""
    tracked = Tracked(monitor)
    assert counts(monitor) == (1, 0, 1, 0)

    tracked.dispose()
    assert counts(monitor) == (1, 1, 0, 0)
    assert monitor.get_report()["total_lifetimes_tracked"] == 1


def test_tracking_twice_counts_once(monitor):
    """Each object has one creation and one disposal."""
    tracked = Tracked(monitor)
    monitor.track_resource_creation(tracked)
    tracked.dispose()
    tracked.dispose()

    assert counts(monitor) == (1, 1, 0, 0)


def test_a_disposal_without_creation_is_not_counted(monitor):
    """`active_resources` never falls below 0."""
    monitor.track_resource_disposal(object())

    assert monitor.get_report() == NOTHING_YET


def test_an_error_told_by_hand_counts(monitor):
    """Each report is one error."""
    monitor.track_resource_error(OSError())
    monitor.track_resource_error(OSError())

    assert counts(monitor) == (0, 0, 0, 2)


@pytest.mark.parametrize("key", [Tracked, object, Annotated[Tracked, "main"]])
def test_a_resource_that_tracks_itself_counts_once(monitor, source, key):
    """The opening that stands for it is passed over, whether its key is its class, a base of it or qualified."""
    tracked = Tracked(monitor)
    id = source.open(key)
    assert counts(monitor) == (1, 0, 1, 0)

    source.tell(Closing, id, key)
    tracked.dispose()
    source.tell(Closed, id, key, 0.0, 1.0, None)
    assert counts(monitor) == (1, 1, 0, 0)
    assert monitor.get_report()["total_lifetimes_tracked"] == 1


def test_a_resource_that_tracks_itself_while_it_opens_counts_once(monitor, source):
    """Its report comes between the two events of its opening."""
    source.tell(Opening, 1, Tracked)
    tracked = Tracked(monitor)
    source.tell(Opened, 1, Tracked, 0.0, ())

    assert counts(monitor) == (1, 0, 1, 0)
    del tracked


def test_others_are_counted_beside_a_resource_that_tracks_itself(monitor, source):
    """One opening stands for one object; the next one of the same class is counted."""
    tracked = Tracked(monitor)
    source.open(int)
    source.open(Tracked)
    source.open(Tracked)

    assert counts(monitor) == (3, 0, 3, 0)
    tracked.dispose()


def test_an_instance_that_is_opened_again_is_counted_again(monitor, source):
    """It reported one creation, in `__init__`; the second life is the container's to count."""
    tracked = Tracked(monitor)
    for _ in range(2):
        id = source.open(Tracked)
        source.tell(Closing, id, Tracked)
        tracked.dispose()
        source.tell(Closed, id, Tracked, 0.0, 1.0, None)

    assert counts(monitor) == (2, 2, 0, 0)


def test_an_error_told_by_hand_and_raised_counts_once(monitor, source):
    """The same object, twice told, is one error; another one is another."""
    error = OSError()
    id = source.open()
    source.tell(Closing, id, object)
    monitor.track_resource_error(error)
    source.tell(CloseFailed, id, object, 0.0, 1.0, error)
    assert counts(monitor) == (1, 1, 0, 1)

    source.tell(Opening, 50, object)
    source.tell(OpenFailed, 50, object, 0.0, error)
    assert counts(monitor) == (1, 1, 0, 2)


def test_errors_are_not_kept(monitor, source):
    """An error holds its traceback and the frames in it: a monitor lets go of it when the closing is over."""
    error = OSError()
    references = sys.getrefcount(error)
    id = source.open()
    source.tell(Closing, id, object)
    monitor.track_resource_error(error)
    source.tell(Closed, id, object, 0.0, 1.0, None)

    assert sys.getrefcount(error) == references


def test_tracked_objects_are_not_kept(monitor):
    """A leak stays visible as active, but the monitor is not what keeps it alive."""
    for _ in range(1000):
        Tracked(monitor)
    gc.collect()
    monitor.track_resource_disposal(None)

    assert counts(monitor) == (1000, 0, 1000, 0)
    assert not monitor._by_hand._live
    assert not monitor._by_hand._unmatched


def test_a_dead_object_stands_for_no_opening(monitor, source):
    """What comes after it is counted by its events."""
    Tracked(monitor)
    gc.collect()
    source.open(Tracked)

    assert counts(monitor) == (2, 0, 2, 0)


def test_objects_without_weak_references_are_tracked(monitor):
    """They are kept until their disposal is reported."""

    class Slotted:
        __slots__ = ()

    slotted = Slotted()
    monitor.track_resource_creation(slotted)
    monitor.track_resource_disposal(slotted)

    assert counts(monitor) == (1, 1, 0, 0)
    assert not monitor._by_hand._live


def test_unhashable_objects_are_tracked(monitor):
    """Objects are told apart by identity."""

    class Equal:
        def __eq__(self, other):
            return True

    monitor.track_resource_creation(first := Equal())
    monitor.track_resource_creation(second := Equal())
    monitor.track_resource_disposal(first)

    assert counts(monitor) == (2, 1, 1, 0)
    del second


def test_keys_that_are_no_classes_do_no_harm(monitor, source):
    """A string, or a protocol that cannot be asked at run time, matches nothing that is tracked by hand."""

    class Silent(Protocol):
        answer: int

    tracked = Tracked(monitor)
    source.open("name")
    source.open(Silent)

    assert counts(monitor) == (3, 0, 3, 0)
    del tracked


def test_automatic_false_counts_by_hand_only(source):
    """The container is not observed."""
    monitor = ResourceMonitor(source, automatic=False)
    tracked = Tracked(monitor)
    source.open("by a key that is no class")
    tracked.dispose()

    assert source.observers == []
    assert counts(monitor) == (1, 1, 0, 0)


# Threads.


def test_threads_lose_no_count(source):
    """Eight threads that report at once, by events and by hand, with a switch after every few instructions."""
    monitor = ResourceMonitor(source, window=10)
    start = threading.Barrier(8)

    def work(number):
        start.wait()
        for step in range(200):
            id = number * 1000 + step
            monitor(Opening(0.0, id, int, "", "root", 1))
            monitor(Opened(0.0, id, int, "", "root", 1, 0.0, ()))
            Tracked(monitor).dispose()
            monitor.track_resource_error(OSError())
            monitor.get_report()
            monitor(Closed(0.0, id, int, "", "root", 1, 0.0, 2.0, None))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert counts(monitor) == (3200, 3200, 0, 1600)
