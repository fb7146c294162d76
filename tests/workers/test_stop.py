"""The notion of stopping: asked from anywhere, waited for from anywhere."""

import threading

import pytest

from tenure.workers import Stop, stopping
from tenure.workers.stop import serving
from tests.engine.support import WORLDS, run_threads


def test_the_first_reason_counts():
    """A stop is asked for once, for good."""
    stop = Stop()
    stop.request("first")
    stop.request("second")

    assert (stop.requested, stop.reason, repr(stop)) == (True, "first", "<Stop requested>")


def test_threads_are_woken():
    """Every thread that waits goes on, and those that come later do not wait."""
    stop = Stop()
    threading.Timer(0.01, stop.request).start()
    results, errors = run_threads(lambda: stop.wait_sync(5), 4)

    assert (results, errors) == ([True] * 4, [])
    assert stop.wait_sync(0)
    assert not Stop().wait_sync(0)


@pytest.mark.parametrize("name", ["asyncio", "trio"])
def test_tasks_are_woken_from_another_thread(name):
    """A task of either library may wait, whoever asks."""
    stop = Stop()

    async def body():
        threading.Thread(target=stop.request).start()
        await stop.wait()

    WORLDS[name]().run(body)

    assert stop.requested


def test_it_is_not_taken_for_a_flag():
    """`if stop:` is refused: it would always hold."""
    with pytest.raises(TypeError, match=r"ask stop\.requested"):
        bool(Stop())


def test_outside_a_run_nobody_stops():
    """`stopping()` can be asked anywhere; outside a run it gives one that nobody requests."""
    assert not stopping().requested


def test_the_only_run_is_seen_from_threads_of_its_own():
    """A thread inherits no context; the stop of the only run there is counts for it. Of several, none does."""
    first, second = Stop(), Stop()
    with serving(first):
        (seen,), _ = run_threads(stopping, 1)
        assert (seen is first, first.is_watched) == (True, True)
        with serving(second):
            assert stopping() is second
            (seen,), _ = run_threads(stopping, 1)
            assert seen not in (first, second)
