"""Histograms of durations: quantiles within the error that they name, exact means and extremes, bounded memory."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.observe.histogram import LONGEST_S, N_BUCKETS, RELATIVE_ERROR, SHORTEST_S, Histogram, duration

DURATIONS = st.floats(SHORTEST_S, LONGEST_S)
ROUNDING = 1e-9
"""Share by which sums of floats may differ."""


def counted(durations):
    """Return a histogram of *durations*."""
    histogram = Histogram()
    for elapsed_s in durations:
        histogram.add(elapsed_s)
    return histogram


def nearest_rank(durations, share):
    """Return the quantile that a histogram estimates, by sorting everything."""
    return sorted(durations)[max(math.ceil(share * len(durations)), 1) - 1]


@given(st.lists(DURATIONS, min_size=1, max_size=200), st.floats(0, 1))
def test_quantiles_are_as_near_as_is_said(durations, share):
    """Whatever the durations are, at most `RELATIVE_ERROR` from the nearest rank."""
    true = nearest_rank(durations, share)

    assert abs(counted(durations).quantile(share) - true) <= true * (RELATIVE_ERROR + ROUNDING)


@given(st.lists(DURATIONS, min_size=1, max_size=50))
def test_the_other_numbers_are_exact(durations):
    """The number, the least and the greatest; the mean but for rounding."""
    found = counted(durations).distribution()

    assert (found.n, found.min_s, found.max_s) == (len(durations), min(durations), max(durations))
    assert found.mean_s == pytest.approx(statistics.fmean(durations))


@given(st.lists(DURATIONS, max_size=50), st.lists(DURATIONS, max_size=50))
def test_merging_is_counting_both(some, others):
    """Two histograms merged are the histogram of all."""
    merged = counted(some)
    merged.merge(counted(others))
    together = counted(some + others)

    assert merged._buckets == together._buckets
    assert (merged.n, merged.min_s, merged.max_s) == (together.n, together.min_s, together.max_s)
    assert merged.total_s == pytest.approx(together.total_s)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=300))
def test_memory_is_bounded(durations):
    """Negative and absurd durations land in the buckets at the ends."""
    assert len(counted(durations)._buckets) <= N_BUCKETS
    assert N_BUCKETS < 2000


def test_the_quantiles_of_one_value():
    """All of them are that value, exactly: estimates stay between the extremes."""
    found = counted([0.25] * 7).distribution()

    assert (found.min_s, found.median_s, found.p95_s, found.p99_s, found.max_s) == (0.25,) * 5


def test_what_never_happened():
    """Every number is 0, and it says so."""
    found = Histogram().distribution()

    assert (found.n, found.mean_s, found.median_s, found.max_s) == (0, 0.0, 0.0, 0.0)
    assert str(found) == "never"


def test_a_distribution_reads_in_units_that_fit():
    """Each number in its own."""
    assert str(counted([0.0005, 0.002, 3.0]).distribution()) == (
        "3 times: mean 1 s, median 2.01 ms, p95 3 s, p99 3 s, max 3 s"
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 ns"), (2.5e-8, "25 ns"), (1e-6, "1 µs"), (0.012345, "12.3 ms"), (1.0, "1 s"), (86400, "86400 s")],
)
def test_a_duration_in_words(seconds, text):
    """Three digits at most below 1000 s."""
    assert duration(seconds) == text


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan, 95])
def test_a_share_is_from_0_to_1(share):
    """A percentage is refused."""
    with pytest.raises(ValueError, match="a share from 0 to 1"):
        Histogram().quantile(share)
