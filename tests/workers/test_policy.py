"""How often a worker may crash: pure arithmetic, on a clock of the test's own."""

from hypothesis import given
from hypothesis import strategies as st

from tenure.workers.policy import Intensity, Policy


def test_crashes_within_the_window_count():
    """Two restarts in ten seconds are allowed, the third crash is one too many; old ones are forgotten."""
    intensity = Intensity(Policy(max_restarts=2, within_s=10.0))

    assert [intensity.crashed(now) for now in (0.0, 1.0, 2.0)] == [True, True, False]
    assert intensity.crashed(20.0)


@given(st.integers(0, 4), st.lists(st.floats(0.0, 5.0), max_size=30))
def test_no_window_has_more_restarts_than_allowed(max_restarts, gaps):
    """Whatever the times of the crashes: a restart follows one exactly if the window before it is not full."""
    intensity, now, crashes = Intensity(Policy(max_restarts=max_restarts, within_s=10.0)), 0.0, []
    for gap in gaps:
        now += gap
        crashes.append(now)

        assert intensity.crashed(now) == (sum(now - each <= 10.0 for each in crashes) <= max_restarts)


def test_delays_grow():
    """Each restart of a series waits twice as long as the one before, until the window has passed."""
    intensity = Intensity(Policy(backoff=1.0, within_s=10.0))
    delays = [intensity.crashed(now) and intensity.delay_s(0.0) for now in (0.0, 1.0, 2.0, 50.0)]

    assert delays == [1.0, 2.0, 4.0, 1.0]
