"""The tasks of the workers' benchmark: right results, and as many sessions as the table says."""

import pytest

from benchmarks.workers.__main__ import lines, measured
from benchmarks.workers.jobs import EACH, ONCE, WAYS, _open, result
from benchmarks.workers.server import serving


def test_every_way_does_the_job():
    """Those that open per task open as many sessions as there are tasks; the others one."""
    with serving() as server:
        try:
            found = measured(lambda function, n: [function(number) for number in range(n)], server, 5, 2)
        finally:
            ONCE.close()
            EACH.close()
            for discounts, _ in _open:
                discounts.close()
            _open.clear()

        assert server.n_sessions == 2 * 15 + 2
    assert {way: sessions for way, (_, _, sessions) in found.items()} == {
        way: 100 if way.startswith("per task") else 0 for way in WAYS
    }
    assert len(list(lines({"here": found}))) == 3 + len(WAYS)


def test_a_wrong_result_is_no_measurement():
    """It ends the benchmark."""
    with serving() as server, pytest.raises(AssertionError, match="per task, by hand: a wrong result"):
        measured(lambda function, n: [result(number) + 1 for number in range(n)], server, 2, 1)
