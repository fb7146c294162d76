"""Timelines of what a container really does, in every way in which it starts and closes."""

import itertools
from typing import Annotated

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure import Container
from tenure.observe import TimelineRecorder

SYNC = """
def make_{n}({needs}):
    yield {n}
"""
ASYNC = """
async def make_{n}({needs}):
    for _ in range({n} % 3):
        await anyio.sleep(0)
    yield {n}
    await anyio.sleep(0)
"""


def key(number):
    return Annotated[object, f"n{number}"]


def container_of(needs, template):
    """Return a container with a resource per node and what it needs, and the recorder of its timelines."""
    container = Container()
    recorder = TimelineRecorder(container)
    for number, below in enumerate(needs):
        parameters = ", ".join(f"p{each}: Annotated[object, 'n{each}']" for each in below)
        names = {"Annotated": Annotated, "anyio": anyio}
        exec(template.format(n=number, needs=parameters), names)
        container.bind(key(number), names[f"make_{number}"], scope="singleton")
    return container, recorder


def check_start(timeline, needs):
    """Everything is in it once, waited for what it needs, and the path leads to the last to end."""
    n = len(needs)
    number_of = {span.id: next(k for k in range(n) if f"'n{k}'" in span.label) for span in timeline.spans}
    assert sorted(number_of.values()) == list(range(n))
    for span in timeline.spans:
        waited = {number_of[id] for id in span.waited_for}
        assert waited == reachable(number_of[span.id], needs, waited)
        assert all(other.ended_s <= span.began_s for other in timeline.spans if other.id in span.waited_for)
    check_path(timeline)


def reachable(node, needs, told):
    """Return what must be told of *node*: its needs at least; what they need may be told as well."""
    everything, queue = set(needs[node]), list(needs[node])
    for each in queue:
        everything |= needs[each]
        queue.extend(needs[each])
    assert set(needs[node]) <= told
    return told & everything


def check_close(timeline, start):
    """What needs it was closed before, as the start's timeline tells who needs whom."""
    dependents = {span.id: set() for span in start.spans}
    for span in start.spans:
        for need in span.waited_for:
            dependents[need].add(span.id)

    assert {span.id: set(span.waited_for) for span in timeline.spans} == dependents
    check_path(timeline)


def check_path(timeline):
    spans = {span.id: span for span in timeline.spans}
    path = [spans[id] for id in timeline.critical]

    assert path[-1].ended_s == max(span.ended_s for span in timeline.spans) <= timeline.elapsed_s
    assert all(before.id in after.waited_for for before, after in itertools.pairwise(path))
    assert path[0].waited_for == ()
    assert sum(span.idle_s + span.elapsed_s for span in path) == pytest.approx(path[-1].ended_s)


GRAPHS = st.lists(st.sets(st.integers(0, 7)), min_size=1, max_size=8).map(
    lambda drawn: [{need for need in needs if need < number} for number, needs in enumerate(drawn)]
)


@given(GRAPHS, st.booleans())
@settings(max_examples=40, deadline=None)
def test_without_a_loop(needs, parallel):
    """One after the other, or on threads."""
    container, recorder = container_of(needs, SYNC)
    container.start_sync(parallel=parallel)
    container.close()

    check_start(recorder.starts[0], needs)
    check_close(recorder.closes[0], recorder.starts[0])


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@given(needs=GRAPHS, max_parallel=st.sampled_from([None, 1, 2]))
@settings(max_examples=20, deadline=None)
def test_on_a_loop(backend, needs, max_parallel):
    """Independent ones at the same time, as far as there are turns."""

    async def main():
        container, recorder = container_of(needs, ASYNC)
        await container.start(max_parallel=max_parallel)
        await container.aclose()
        return recorder

    recorder = anyio.run(main, backend=backend)

    check_start(recorder.starts[0], needs)
    check_close(recorder.closes[0], recorder.starts[0])


def test_a_start_that_fails():
    """The first failure is told; what was open is closed again, which is no part of the start's timeline."""

    def refuse():
        raise ConnectionRefusedError("no server")
        yield

    container, recorder = container_of([set()], SYNC)
    container.bind(key(1), refuse, scope="singleton")
    with pytest.raises(ConnectionRefusedError):
        container.start_sync()
    (timeline,) = recorder.starts

    assert [(span.outcome, span.error) for span in timeline.spans] == [
        ("done", None), ("failed", "ConnectionRefusedError: no server"),
    ]  # fmt: skip
    assert timeline.error == "ConnectionRefusedError: no server"
    container.close()


def test_a_scope_that_is_started():
    """Its timeline has its name, and only what was not open yet."""
    container, recorder = container_of([set()], SYNC)

    class Session:
        """Needs the first."""

    def make_session(below: Annotated[object, "n0"]):
        yield Session()

    container.bind(Session, make_session, scope="request")
    with container, container.resource_scope() as scope:
        scope.start_sync(Session)

    assert [(timeline.scope, len(timeline.spans)) for timeline in recorder.starts] == [("root", 1), ("request", 1)]
    assert recorder.starts[1].spans[0].waited_for == ()
    assert [timeline.scope for timeline in recorder.closes] == ["root"]


def test_a_recorder_that_is_detached():
    """Records no more, and keeps what it has."""
    container, recorder = container_of([set()], SYNC)
    container.start_sync()
    recorder.detach()
    recorder.detach()
    container.close()

    assert (len(recorder.starts), recorder.closes) == (1, ())


def test_what_a_failed_start_opened_waited_for_is_known():
    """It is closed before the start ends, and what it waited for is on the timeline all the same."""

    class First: ...

    class Second: ...

    class Third: ...

    def open_first():
        yield First()

    def open_second(first: First):
        yield Second()

    def refuse(second: Second):
        raise OSError("no")
        yield

    container = Container()
    container.bind(First, open_first, scope="singleton")
    container.bind(Second, open_second, scope="singleton")
    container.bind(Third, refuse, scope="singleton")
    recorder = TimelineRecorder(container)
    with pytest.raises(OSError, match="no"), container:
        pass

    first, second, _ = recorder.starts[0].spans
    assert second.waited_for == (first.id,)
