"""Timelines of starts and closes; here the events are made by hand, from schedules that are known."""

import itertools
import json
import sys

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
    ScopeLeaving,
    ScopeLeft,
    StartBegan,
    StartEnded,
)
from tenure.observe import Timeline, TimelineRecorder

BEGAN_AT = 100.0
"""When everything begins on the clock of the events, seconds."""


class Source:
    """Tells a recorder what a container would."""

    def observe(self, observer):
        """Tell nothing by itself."""


def recorded(events, **options):
    """Return a recorder that was shown *events*."""
    recorder = TimelineRecorder(Source(), **options)
    for event in sorted(events, key=lambda event: event.at):
        recorder(event)
    return recorder


def head(id, at):
    return BEGAN_AT + at, id, f"key {id}", f"key {id}", "root", 1


def opening(id, began, ended, *needs):
    """Return the events of one opening."""
    return [Opening(*head(id, began)), Opened(*head(id, ended), ended - began, needs)]


def closing(id, began, ended):
    """Return the events of one closing."""
    return [Closing(*head(id, began)), Closed(*head(id, ended), ended - began, 1.0, None)]


def start(*openings, ended, keys=None, error=None):
    """Return the timeline of one start."""
    events = list(itertools.chain(*openings))
    keys = tuple({event.key: None for event in events}) if keys is None else keys
    around = [StartBegan(BEGAN_AT, "root", 1, keys), StartEnded(BEGAN_AT + ended, "root", 1, ended, error)]
    (timeline,) = recorded([around[0], *events, around[1]]).starts
    return timeline


def close(opened, *closings, ended):
    """Return the timeline of one close of what was *opened* before."""
    began = ScopeLeaving(BEGAN_AT, "root", 1, None)
    events = [*itertools.chain(*opened), began, *itertools.chain(*closings)]
    (timeline,) = recorded([*events, ScopeLeft(BEGAN_AT + ended, "root", 1, None)]).closes
    return timeline


def labels(timeline):
    """Return the labels of the critical path."""
    return [next(span.label for span in timeline.spans if span.id == id) for id in timeline.critical]


# What a timeline tells.


def test_who_waited_for_whom():
    """A diamond: the bottom waited for both sides, each of them for the top."""
    timeline = start(
        opening(1, 0, 1), opening(2, 1, 3, 1), opening(3, 1, 5, 1), opening(4, 5, 6, 2, 3, 1), ended=6.5
    )  # fmt: skip

    assert {span.id: span.waited_for for span in timeline.spans} == {1: (), 2: (1,), 3: (1,), 4: (2, 3, 1)}
    assert [(span.began_s, span.elapsed_s) for span in timeline.spans] == [(0, 1), (1, 2), (1, 4), (5, 1)]
    assert timeline.critical == (1, 3, 4)
    assert (timeline.elapsed_s, timeline.critical_s) == (6.5, 6)


def test_a_wait_for_a_turn_is_idle_time():
    """Nothing that it waited for was going on, and it had not begun."""
    timeline = start(opening(1, 0, 1), opening(2, 4, 5, 1), opening(3, 2, 3), ended=5)

    assert {span.id: span.idle_s for span in timeline.spans} == {1: 0, 2: 3, 3: 2}


def test_what_was_being_opened_before_the_start():
    """Begins before the timeline does, and is part of it as its key is asked for."""
    events = [*opening(1, -2, 3), *opening(2, 3, 4, 1)]
    around = [StartBegan(BEGAN_AT, "root", 1, ("key 1", "key 2")), StartEnded(BEGAN_AT + 4, "root", 1, 4.0, None)]
    (timeline,) = recorded([*events, *around]).starts

    assert [(span.began_s, span.ended_s, span.idle_s) for span in timeline.spans] == [(-2, 3, 0), (3, 4, 0)]
    assert timeline.critical == (1, 2)


def test_what_others_open_meanwhile_is_no_part_of_a_start():
    """Save what the start's own keys were made from."""
    timeline = start(opening(1, 0, 1), opening(2, 0, 9), opening(3, 1, 2, 1), ended=9, keys=("key 3",))

    assert [span.id for span in timeline.spans] == [1, 3]


def test_a_failed_start():
    """What failed and why, and what was still under way."""
    error = ConnectionRefusedError("no server")
    failed = [Opening(*head(2, 0)), OpenRetried(*head(2, 1), 1, 0.5, error), OpenFailed(*head(2, 2), 2.0, error)]
    timeline = start(opening(1, 0, 1), failed, [Opening(*head(3, 1))], ended=2.5, error=error)

    assert [(span.outcome, span.error, span.n_retries, span.ended_s) for span in timeline.spans] == [
        ("done", None, 0, 1),
        ("failed", "ConnectionRefusedError: no server", 1, 2),
        ("under way", None, 0, 2.5),
    ]
    assert timeline.error == "ConnectionRefusedError: no server"


def test_closing_waits_for_dependents():
    """The other way round: what needs it is closed before."""
    opened = [opening(1, -9, -8), opening(2, -8, -7, 1), opening(3, -8, -7, 1)]
    timeline = close(opened, closing(2, 0, 1), closing(3, 0, 4), closing(1, 4, 5), ended=5)

    assert {span.id: span.waited_for for span in timeline.spans} == {2: (), 3: (), 1: (2, 3)}
    assert timeline.critical == (3, 1)


def test_closings_that_go_wrong():
    """Raised, given up, still running when the scope was left."""
    failed = [Closing(*head(1, 0)), CloseFailed(*head(1, 1), 1.0, 9.0, OSError("disk full"))]
    given_up = [Closing(*head(2, 0)), Abandoned(*head(2, 2), 2.0)]
    timeline = close([], failed, given_up, [Closing(*head(3, 1))], ended=3)

    assert [(span.outcome, span.error) for span in timeline.spans] == [
        ("failed", "OSError: disk full"), ("abandoned", None), ("under way", None),
    ]  # fmt: skip


def test_nothing_to_open():
    """An empty timeline has an empty path."""
    timeline = start(ended=0.5)

    assert (timeline.spans, timeline.critical, timeline.critical_s) == ((), (), 0)
    assert str(timeline) == "start of root: 500 ms, 0 spans\nnothing to wait for"


def test_a_timeline_reads_as_a_list():
    """A line per span; `*` marks the critical path."""
    refused = [Opening(*head(3, 0)), OpenRetried(*head(3, 1), 1, 0.1, OSError()), OpenFailed(*head(3, 2), 2, OSError())]
    timeline = start(opening(1, 0, 1), opening(2, 1, 5, 1), refused, ended=5, error=OSError())

    assert str(timeline).splitlines() == [
        "start of root: 5 s, 3 spans, ended by OSError",
        "critical path 5 s: key 1 → key 2",
        "*     0 ns + 1 s      key 1",
        "      0 ns + 2 s      key 3, 1 retries, failed: OSError",
        "*      1 s + 4 s      key 2, after key 1",
    ]


def test_a_timeline_goes_through_json():
    """And comes back equal."""
    timeline = start(opening(1, 0, 1), opening(2, 1, 3, 1), ended=4, error=OSError("x"))

    assert Timeline.from_dict(json.loads(json.dumps(timeline.as_dict()))) == timeline


# What a recorder keeps.


def cycle(number):
    """Return the events of one start and close of a container."""
    at = 10.0 * number
    return [
        StartBegan(at, "root", number, ("key",)),
        Opening(at + 1, number, "key", "key", "root", number),
        Opened(at + 2, number, "key", "key", "root", number, 1.0, ()),
        StartEnded(at + 3, "root", number, 3.0, None),
        ScopeLeaving(at + 4, "root", number, None),
        Closing(at + 5, number, "key", "key", "root", number),
        Closed(at + 6, number, "key", "key", "root", number, 1.0, 2.0, None),
        ScopeLeft(at + 7, "root", number, None),
    ]


def left_over(recorder):
    """Return whatever a recorder still holds besides its timelines."""
    return [*recorder._needs, *recorder._opening, *recorder._windows, *recorder._gone]


def test_the_last_timelines_are_kept():
    """As many as was asked for, the oldest first; nothing else is remembered of what is closed."""
    recorder = recorded([event for number in range(1, 6) for event in cycle(number)], keep=2)

    assert [timeline.scope_id for timeline in recorder.starts] == [4, 5]
    assert [timeline.scope_id for timeline in recorder.closes] == [4, 5]
    assert left_over(recorder) == []


def scope_events():
    """Return the events of one request that opens and closes something."""
    of = "key", "key", "request", 7
    return [
        Opening(1.0, 3, *of), Opened(2.0, 3, *of, 1.0, ()), ScopeLeaving(3.0, "request", 7, None),
        Closing(4.0, 3, *of), Closed(5.0, 3, *of, 1.0, 3.0, None), ScopeLeft(6.0, "request", 7, None),
    ]  # fmt: skip


@pytest.mark.parametrize("scopes", [False, True])
def test_closes_of_scopes_are_kept_when_asked_for(scopes):
    """Else only those of the container; nothing stays behind either way."""
    recorder = recorded(scope_events(), scopes=scopes)

    assert [timeline.scope for timeline in recorder.closes] == ["request"] * scopes
    assert left_over(recorder) == []


def test_too_many_spans_are_left_out():
    """The timeline says how many events were; memory is bounded."""
    events = [event for id in range(1, 6) for event in opening(id, id, id + 1)]
    around = [StartBegan(BEGAN_AT, "root", 1, tuple(f"key {id}" for id in range(1, 6)))]
    (timeline,) = recorded(
        [*around, *events, StartEnded(BEGAN_AT + 9, "root", 1, 9.0, None)], max_spans=2
    ).starts  # fmt: skip

    assert ([span.id for span in timeline.spans], timeline.n_dropped) == ([1, 2], 6)


def test_a_recorder_that_is_made_in_the_middle():
    """The end of what it did not see begin makes no timeline."""
    assert recorded([StartEnded(1.0, "root", 1, 1.0, None), ScopeLeft(2.0, "root", 1, None)]).starts == ()


def test_errors_are_not_kept():
    """Their tracebacks hold the frames of the user's code."""
    error = OSError("x")
    references = sys.getrefcount(error)
    recorder = TimelineRecorder(Source())
    recorder(StartBegan(0.0, "root", 1, ("key 1",)))
    recorder(Opening(*head(1, 0)))
    recorder(OpenFailed(*head(1, 1), 1.0, error))

    assert sys.getrefcount(error) == references


@pytest.mark.parametrize("name", ["keep", "max_spans"])
def test_bounds_are_refused(name):
    """Nothing to keep is nothing to tell."""
    with pytest.raises(ValueError, match=f"{name} is 0"):
        TimelineRecorder(Source(), **{name: 0})


# The critical path, on random graphs.


@st.composite
def graphs(draw):
    """Draw durations and, for each node, which of the nodes before it it needs."""
    n = draw(st.integers(1, 8))
    durations = [draw(st.integers(1, 20)) for _ in range(n)]
    needs = [draw(st.sets(st.integers(0, node - 1))) if node else set() for node in range(n)]
    return durations, needs


def every_chain(needs):
    """Give each chain of nodes in which each needs the one before it: by brute force, apart from what is tested."""

    def chains_to(node):
        yield [node]
        for need in needs[node]:
            for chain in chains_to(need):
                yield [*chain, node]

    for node in range(len(needs)):
        yield from chains_to(node)


def begins(durations, needs):
    """Return when each node begins if each begins as soon as what it needs has ended."""
    found = []
    for node_needs in needs:
        found.append(max((found[need] + durations[need] for need in node_needs), default=0))
    return found


@given(graphs())
def test_the_path_of_a_start_is_the_longest_chain(graph):
    """With no limit on what runs at a time, its length is that of the longest chain, and the whole takes as long."""
    durations, needs = graph
    began = begins(durations, needs)
    openings = [
        opening(node + 1, began[node], began[node] + durations[node], *(need + 1 for need in needs[node]))
        for node in range(len(needs))
    ]
    longest = max(sum(durations[node] for node in chain) for chain in every_chain(needs))

    timeline = start(*openings, ended=longest)

    chain = [id - 1 for id in timeline.critical]
    assert chain in list(every_chain(needs))
    assert timeline.critical_s == sum(durations[node] for node in chain) == longest


@given(graphs())
def test_the_path_of_a_close_is_the_longest_chain(graph):
    """The other way round: each waits for what needs it."""
    durations, needs = graph
    n = len(needs)
    dependents = [{above for above in range(n) if node in needs[above]} for node in range(n)]
    mirrored = [{n - 1 - above for above in dependents[n - 1 - node]} for node in range(n)]
    began = begins(durations[::-1], mirrored)[::-1]
    opened = [opening(node + 1, node - 50, node - 49, *(need + 1 for need in needs[node])) for node in range(n)]
    closings = [closing(node + 1, began[node], began[node] + durations[node]) for node in range(n)]
    longest = max(sum(durations[node] for node in chain) for chain in every_chain(needs))

    timeline = close(opened, *closings, ended=longest)

    chain = [id - 1 for id in timeline.critical]
    assert chain[::-1] in list(every_chain(needs))
    assert timeline.critical_s == sum(durations[node] for node in chain) == longest


def in_turns(durations, needs, n_turns):
    """Return when each node begins if at most *n_turns* run at a time, the first ready first."""
    ended, began, at = {}, {}, 0
    while len(began) < len(needs):
        running = [node for node in began if ended[node] > at]
        ready = [
            node for node in range(len(needs))
            if node not in began and all(need in ended and ended[need] <= at for need in needs[node])
        ]  # fmt: skip
        for node in ready[: n_turns - len(running)]:
            began[node], ended[node] = at, at + durations[node]
        at = min((end for end in ended.values() if end > at), default=at)
    return [began[node] for node in range(len(needs))]


@given(graphs(), st.integers(1, 3))
def test_with_turns_the_path_and_its_idle_times_make_up_the_whole(graph, n_turns):
    """The last to end is on it, each waited for the one before it, and nothing is missing between them."""
    durations, needs = graph
    began = in_turns(durations, needs, n_turns)
    openings = [
        opening(node + 1, began[node], began[node] + durations[node], *(need + 1 for need in needs[node]))
        for node in range(len(needs))
    ]
    whole = max(start + taken for start, taken in zip(began, durations, strict=True))

    timeline = start(*openings, ended=whole)

    spans = {span.id: span for span in timeline.spans}
    path = [spans[id] for id in timeline.critical]
    assert path[-1].ended_s == whole == sum(span.idle_s + span.elapsed_s for span in path)
    assert all(before.id in after.waited_for for before, after in itertools.pairwise(path))
    assert all(
        spans[id].ended_s <= before.ended_s
        for before, after in itertools.pairwise(path) for id in after.waited_for
    )  # fmt: skip
