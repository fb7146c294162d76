"""What is not right yet when threads link containers."""

import itertools
import sys

import pytest

from tenure import containers, providers
from tests.providers.support import Log, Thing, run_threads


@pytest.fixture
def _restless():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.slow
@pytest.mark.usefixtures("_restless")
def test_threads_that_open_while_others_link():
    """Each resource is opened once, whoever asks from which side at the moment of the link."""
    for _ in range(150):
        log = Log()
        one, other = containers.DynamicContainer(), containers.DynamicContainer()
        for container, name in ((one, "one"), (other, "other")):
            container.own = providers.Resource(log.plain(name))
            assert container.__tenure_engine__ is not None
        turns = itertools.count()

        def work(one=one, other=other, turns=turns):
            turn = next(turns)
            if turn % 4 < 2:
                return (one, other)[turn % 4].own()
            return providers.Factory(Thing, one.own, other.own)()

        _, errors = run_threads(work, 8)
        one.shutdown_resources()
        other.shutdown_resources()

        assert errors == []
        assert sorted(log.opens) == ["one", "other"]
        assert log.live == []
