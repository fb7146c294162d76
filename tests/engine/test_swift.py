"""The swift way through a scope: taken where it may be, and left at once where it may not."""

import contextvars
import threading

import pytest

from tenure import Container, resource
from tenure.errors import CloseError, ContainerClosedError, ResourceProtocolError, ScopeError
from tenure.runtime.scope import State


class A:
    """Scoped, plain."""


class Low:
    """What others need."""


class High:
    """What needs it."""


class Story:
    """A container with two resources, one above the other, and what became of them."""

    def __init__(self):
        self.steps = []
        self.container = Container()
        self.hooks = {}

        def low():
            self.note("open low")
            try:
                yield Low()
            finally:
                self.note("close low")

        def high(low: Low):
            self.note("open high")
            try:
                yield High()
            finally:
                self.note("close high")

        self.container.bind(Low, resource(scope="request")(low))
        self.container.bind(High, resource(scope="request")(high))
        self.container.bind(A, scope="request")
        for _ in range(2):
            with self.container.resource_scope() as scope:
                scope.get(High)
                scope.get(A)
        assert self.container.engine.levels[None].plain[High] is not None
        self.steps.clear()

    def note(self, step):
        self.steps.append(step)
        hook = self.hooks.pop(step, None)
        if hook is not None:
            hook()


WHOLE = ["open low", "open high", "close high", "close low"]


def test_it_is_taken():
    """A scope that nobody else looks at stays simple from beginning to end."""
    story = Story()

    with story.container.resource_scope() as scope:
        scope.get(High)
        assert scope.get(Low) is scope.get(Low)
        assert scope.is_simple

    assert story.steps == WHOLE
    assert scope.is_simple
    assert not story.container.engine.root.children


def test_what_was_opened_is_seen():
    """L66: whoever looks sees the open resources, and the scope is left in order all the same."""
    story = Story()

    with story.container.resource_scope() as scope:
        high = scope.get(High)
        assert story.container.get_all_resources()[High] is high
        assert [each.label for each in story.container.snapshot().resources] == ["Low", "High"]

    assert story.steps == WHOLE


def test_an_error_of_the_body_reaches_the_resources():
    """L13: what the resources see is what ended the body."""
    story, fault = Story(), ValueError("body")
    with pytest.raises(ValueError, match="body") as caught, story.container.resource_scope() as scope:
        scope.get(High)
        raise fault

    assert caught.value is fault
    assert story.steps == WHOLE


@pytest.mark.parametrize("step", ["close high", "close low"])
def test_a_closing_that_fails_stops_no_other(step):
    """L24, L25: the others are closed, and the error is raised."""
    story, fault = Story(), ValueError("closing")

    def fail():
        raise fault

    story.hooks[step] = fail
    with pytest.raises(CloseError) as caught, story.container.resource_scope() as scope:
        scope.get(High)

    assert caught.value.exceptions == (fault,)
    assert story.steps == WHOLE
    assert not story.container.engine.root.children


def test_an_opening_that_fails_leaves_what_is_open_owed():
    """L4, L5: a failed get keeps what it opened until the scope ends; the next one tries again."""
    story, fault = Story(), ValueError("opening")

    def fail():
        raise fault

    story.hooks["open high"] = fail
    with story.container.resource_scope() as scope:
        with pytest.raises(ValueError, match="opening") as caught:
            scope.get(High)
        scope.get(High)

    assert caught.value is fault
    assert "High" in "".join(fault.__notes__)
    assert story.steps == ["open low", "open high", "open high", "close high", "close low"]


def test_what_yields_twice_is_closed():
    """Section 4: the generator is closed, and the error says what it did."""
    container, ended = Container(), []

    def twice():
        try:
            yield A()
            yield A()
        finally:
            ended.append(True)

    container.bind(A, resource(scope="request")(twice))
    for number in range(3):
        scope = container.resource_scope()
        with pytest.raises(CloseError) as caught, scope:
            scope.get(A)
        (error,) = caught.value.exceptions
        assert isinstance(error, ResourceProtocolError)
        assert "second time" in str(error)
        assert len(ended) == number + 1
    assert container.engine.levels[None].plain[A] is not None


def test_closing_the_container_from_inside_an_opening():
    """L37, L50: what opens then is closed again, and nobody gets it."""
    story = Story()
    story.hooks["open high"] = story.container.close
    scope = story.container.resource_scope()
    scope.__enter__()

    with pytest.raises(ContainerClosedError):
        scope.get(High)
    with pytest.raises(ContainerClosedError):
        scope.__exit__(None, None, None)

    assert sorted(story.steps) == sorted(WHOLE)
    assert story.steps.index("close high") > story.steps.index("open high")


def test_a_thread_that_asks_meanwhile_waits():
    """L2, L41: two threads in one scope get one object."""
    story, got, is_open, go_on = Story(), [], threading.Event(), threading.Event()

    def pause():
        is_open.set()
        go_on.wait(20)

    story.hooks["open high"] = pause
    with story.container.resource_scope() as scope:
        first = threading.Thread(target=contextvars.copy_context().run, args=(lambda: got.append(scope.get(High)),))
        first.start()
        is_open.wait(20)
        second = threading.Thread(target=contextvars.copy_context().run, args=(lambda: got.append(scope.get(High)),))
        second.start()
        while scope.is_simple:
            pass
        go_on.set()
        first.join()
        second.join()

    assert got[0] is got[1]
    assert story.steps == WHOLE


def test_a_thread_that_closes_meanwhile_waits():
    """L37: the container closes what is being opened just then, once it is open."""
    story, got, is_open, go_on = Story(), [], threading.Event(), threading.Event()

    def pause():
        is_open.set()
        go_on.wait(20)

    def open_():
        with pytest.raises(ContainerClosedError), story.container.resource_scope() as scope:
            got.append(scope.get(High))

    story.hooks["open high"] = pause
    opener = threading.Thread(target=open_)
    opener.start()
    is_open.wait(20)
    (scope,) = story.container.engine.root.children
    closer = threading.Thread(target=story.container.close)
    closer.start()
    while scope.is_simple:
        pass
    go_on.set()
    opener.join()
    closer.join()

    assert len(got) == 1
    assert story.steps == WHOLE


def test_an_override_shows_at_once():
    """L57: what was compiled before it stands aside."""
    story, other = Story(), High()

    with story.container.resource_scope() as scope:
        original = scope.get(High)
        with story.container.override(High, value=other):
            assert story.container.get(High) is other
        assert scope.get(High) is original

    assert story.steps == WHOLE


def test_an_observer_sees_everything():
    """Events are told from the moment somebody observes."""
    story, seen = Story(), []
    end = story.container.observe(seen.append)
    with story.container.resource_scope() as scope:
        scope.get(High)
    end()
    with story.container.resource_scope() as scope:
        scope.get(High)

    assert [type(each).__name__ for each in seen] == [
        "ScopeEntered", "Opening", "Opened", "Opening", "Opened",
        "ScopeLeaving", "Closing", "Closed", "Closing", "Closed", "ScopeLeft",
    ]  # fmt: skip
    assert story.steps == WHOLE * 2


def test_left_in_another_context():
    """Everything is closed, and the error says where a scope must be left."""
    story = Story()
    scope = story.container.resource_scope()
    scope.__enter__()
    scope.get(High)

    with pytest.raises(ScopeError, match="left in another"):
        contextvars.copy_context().run(scope.__exit__, None, None, None)
    assert story.steps == WHOLE
    contextvars.copy_context().run(lambda: None)


def test_it_asks_for_nothing_after_its_end():
    """L50: a scope that was left gives nothing."""
    story = Story()
    with story.container.resource_scope() as scope:
        scope.get(High)

    for key in (High, A):
        with pytest.raises(ContainerClosedError):
            scope.get(key)
    assert story.steps == WHOLE


@pytest.mark.parametrize("step", ["close high", "close low"])
def test_looking_while_it_closes(step):
    """L66, L10: closing code that has a look at what is open changes nothing about what is closed."""
    story, seen = Story(), []
    story.hooks[step] = lambda: seen.extend(story.container.snapshot().resources)
    with story.container.resource_scope() as scope:
        scope.get(High)

    assert [(each.label, each.state) for each in seen] == (
        [("Low", "open"), ("High", "closing")] if step == "close high" else [("Low", "closing")]
    )
    assert story.steps == WHOLE
    assert not story.container.engine.root.children


def test_a_leaving_that_ctrl_c_ended():
    """L43, L69: what was interrupted between two bytecodes is closed with the container, and nobody waits for it."""
    story = Story()
    scope = story.container.resource_scope()
    scope.__enter__()
    scope.get(High)
    del scope.idle  # as far as leaving had come
    scope.state = State.CLOSING

    story.container.close()

    assert story.steps == WHOLE
    assert scope.state is State.CLOSED
    with pytest.raises(ContainerClosedError):
        scope.__exit__(None, None, None)
