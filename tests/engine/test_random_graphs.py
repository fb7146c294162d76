"""
The laws as properties: random graphs, random lifetimes, one or two faults, in every world.

After every run, what was opened is closed, once, dependents first, and the right error left (L3, L9-L11, L18, L23-L25).
"""

import contextlib
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenure import Container, resource
from tenure.errors import CloseError, closing_errors
from tests.engine.support import ASYNC_KINDS, SYNC_KINDS, WORLDS, Fault, Story

LIFETIMES = ("singleton", "request", None)
_WIDTH = {"singleton": 0, None: 1, "request": 2}


@dataclass
class Node:
    name: str
    kind: str
    lifetime: str | None
    needs: list[int] = field(default_factory=list)
    is_plain: bool = False
    late: list[int] = field(default_factory=list)


@st.composite
def graphs(draw, kinds):
    """A list of nodes; each needs earlier ones that live as long (an ambient one lives as long as its user)."""
    nodes = []
    for number in range(draw(st.integers(1, 8))):
        lifetime = draw(st.sampled_from(LIFETIMES))
        usable = [i for i, other in enumerate(nodes) if _fits(nodes, i, lifetime)]
        needs = draw(st.lists(st.sampled_from(usable), unique=True, max_size=3)) if usable else []
        node = Node(f"N{number}", draw(st.sampled_from(kinds)), lifetime, sorted(needs))
        node.is_plain = draw(st.integers(0, 4)) == 0
        nodes.append(node)
    return nodes


def _fits(nodes, number, lifetime):
    """Tell whether a value of *lifetime* may need node *number*: below a singleton stands nothing of a request's."""
    if lifetime == "request":
        return True
    return _widest(nodes, number) < 2


def _widest(nodes, number):
    node = nodes[number]
    return max([_WIDTH[node.lifetime] if node.lifetime else 1, *(_widest(nodes, need) for need in node.needs)])


class Odd(BaseException):
    """No Exception, and no kind of its own."""


class Oracle(Story):
    """Checks each opening and closing against the instances that are open."""

    def __init__(self):
        super().__init__()
        self.open_values = []
        self.violations = []
        self.raised = []

    def violated(self, text):
        self.violations.append(text)

    def opened(self, name):
        self.log.append(f"open {name}")
        self.live.append(name)

    def closing(self, name):
        self.log.append(f"close {name}")
        if name not in self.live:
            self.violated(f"{name} is closed and not open")

    def closed(self, name):
        if name in self.live:
            self.live.remove(name)
        self.finished.append(name)
        fault = self.faults.get(f"close {name}")
        if fault is not None and fault not in self.raised:
            self.raised.append(fault)
            raise fault

    def lives(self, value):
        for need in _resources_below(value):
            if not any(need is other for other in self.open_values):
                self.violated(f"{value.name} opens while {need.name}, which it needs, is not open")
        self.open_values.append(value)

    def dies(self, value):
        if not any(value is other for other in self.open_values):
            self.violated(f"{value.name} closes and is not open")
        self.open_values = [other for other in self.open_values if other is not value]
        for other in self.open_values:
            if any(need is value for need in _resources_below(other)):
                self.violated(f"{value.name} closes before {other.name}, which needs it")


def _resources_below(value):
    """Return the resources that *value* was made from, through plain values too."""
    found, stack = [], [*value.needs]
    while stack:
        each = stack.pop()
        if not hasattr(each, "name"):
            stack.extend(each.args)
        else:
            found.append(each)
            stack.extend(each.needs)
    return found


def _plain(key, args):
    value = key()
    value.args = args
    return value


def build(nodes, story):
    container = Container()
    keys = []
    for node in nodes:
        needs = [keys[number] for number in node.needs]
        if node.is_plain:
            key = type(node.name, (), {})
            names = ", ".join(f"n{i}: T{i}" for i in range(len(needs)))
            space = {f"T{i}": need for i, need in enumerate(needs)} | {"key": key, "plain": _plain}
            exec(
                f"def make({names}):\n    return plain(key, list(locals().values()))",
                space,
            )
            container.bind(key, space["make"], scope=node.lifetime or "transient")
        else:
            key, target = story.target(node.name, *needs, kind=node.kind)
            container.bind(key, resource(scope=node.lifetime)(target))
        keys.append(key)
    return container, keys


async def live(world, container, keys, order, body_error, start):
    """One life of a container: perhaps an eager start, two requests, one of which may fail."""
    async with contextlib.AsyncExitStack() as stack:
        if start:
            await stack.enter_async_context(world.inside(container))
        else:
            stack.push_async_exit(_closing(world, container))
        for number, error in enumerate((None, body_error)):
            async with world.inside(container.resource_scope()):
                for wanted in order[number::2] or order:
                    await world.get(container, keys[wanted])
                if error is not None:
                    raise error


def _closing(world, container):
    async def leave(kind, error, trace):
        try:
            await world.close(container)
        except BaseException as other:
            if error is None:
                raise
            for each in getattr(other, "exceptions", (other,)):
                error.add_note(f"closing: {each!r}")
            late = [*closing_errors(error), *getattr(other, "exceptions", (other,))]
            error.late = late

    return leave


FAULTS = ("open", "close", "body", "none", "two closes", "open and close")


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", list(WORLDS))
def test_random_graphs(name):
    """Whatever fails, what was opened is closed, once, dependents first, and the error that leaves is the right one."""
    world = WORLDS[name]()
    kinds = SYNC_KINDS if name == "sync" else SYNC_KINDS + ASYNC_KINDS

    @settings(
        max_examples=300 if name == "sync" else 150,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        database=None,
    )
    @given(st.data())
    def check(data):
        nodes = data.draw(graphs(kinds))
        order = data.draw(st.lists(st.integers(0, len(nodes) - 1), min_size=1, max_size=6))
        start = data.draw(st.booleans())
        what = data.draw(st.sampled_from(FAULTS))
        resources = [node.name for node in nodes if not node.is_plain] or ["none"]
        kind_of_fault = data.draw(st.sampled_from([Fault, Fault, Odd, KeyboardInterrupt]))
        story = Oracle()
        body_error = Fault("body") if what == "body" else None
        if "open" in what:
            story.faults[f"open {data.draw(st.sampled_from(resources))}"] = kind_of_fault("open")
        for _ in range({"close": 1, "two closes": 2, "open and close": 1}.get(what, 0)):
            closing = data.draw(st.sampled_from(resources))
            story.faults.setdefault(f"close {closing}", kind_of_fault(f"close {closing}"))
        container, keys = build(nodes, story)
        caught = []

        async def run():
            try:
                await live(world, container, keys, order, body_error, start)
            except BaseException as error:
                caught.append(error)

        world.run(run)

        assert story.violations == []
        assert story.open_values == []
        assert story.live == []
        assert sorted(story.opens) == sorted(story.closes)
        check_error(story, caught, body_error)

    check()


def check_error(story, caught, body_error):
    """The error that leaves is the first that happened outside closing; closing errors alone leave as a group."""
    failed_to_open = [entry for entry in story.log if entry.startswith("fail ")]
    primary = story.faults[failed_to_open[0].replace("fail", "open")] if failed_to_open else body_error
    raised = story.raised
    if primary is None and not raised:
        assert caught == []
        return
    assert len(caught) == 1
    error = caught[0]
    if any(not isinstance(each, Fault) for each in (primary, *raised) if each is not None):
        assert set(_leaves(error)) <= {primary, *raised}
        return
    if failed_to_open:
        assert error is primary or isinstance(error, CloseError)
    elif primary is not None and not isinstance(error, CloseError):
        assert error is primary
    if isinstance(error, CloseError):
        assert raised
        assert set(_leaves(error)) <= set(raised)


def _leaves(error):
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]


def tell(world, nodes, order, faults):
    """Return what happened in one life, and the error that left it."""
    story, caught = Oracle(), []
    story.faults = {f"{act} {each}": Fault(f"{act} {each}") for act, each in faults}
    container, keys = build(nodes, story)

    async def run():
        try:
            await live(world, container, keys, order, None, start=False)
        except BaseException as error:
            caught.append((type(error), str(error)))

    world.run(run)
    return story.log, caught


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_all_worlds_tell_the_same_story():
    """L55: the same graph, requests and faults give the same openings and closings on sync, asyncio and trio."""

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(st.data())
    def check(data):
        nodes = data.draw(graphs(SYNC_KINDS))
        order = data.draw(st.lists(st.integers(0, len(nodes) - 1), min_size=1, max_size=6))
        names = [node.name for node in nodes]
        faults = data.draw(st.lists(st.tuples(st.sampled_from(["open", "close"]), st.sampled_from(names)), max_size=2))
        stories = {}
        for name, make_world in WORLDS.items():
            stories[name] = tell(make_world(), nodes, order, faults)

        assert stories["sync"] == stories["asyncio"] == stories["trio"]

    check()
