"""What observers are shown of a scope's end, in which order."""

import gc

import pytest

from tenure import Container, containers, providers
from tenure.events import Closed, Closing, Leak, ScopeEntered, ScopeLeaving, ScopeLeft


class Thing:
    """Closed by a generator."""


def make_thing():
    """Open and close nothing."""
    yield Thing()


@pytest.fixture
def told():
    return []


@pytest.fixture
def container(told):
    container = Container(observers=[told.append])
    container.bind(Thing, make_thing, scope="request")
    with container:
        yield container


def kinds(told):
    """Return what was told of scopes and closings."""
    wanted = (ScopeEntered, ScopeLeaving, ScopeLeft, Closing, Closed)
    return [type(event) for event in told if isinstance(event, wanted)]


def test_leaving_is_told_before_anything_is_closed(container, told):
    """Then each closing, then that the scope is left."""
    with container.resource_scope() as scope:
        scope.get(Thing)

    assert kinds(told) == [ScopeEntered, ScopeLeaving, Closing, Closed, ScopeLeft]


def test_an_empty_scope_is_told_as_well(container, told):
    """Its leaving and that it is left, at one time."""
    with container.resource_scope():
        pass

    assert kinds(told) == [ScopeEntered, ScopeLeaving, ScopeLeft]
    assert told[-1].at == told[-2].at


def test_closing_a_container_is_told_of_its_root(told):
    """Once, however often it is closed."""
    container = Container(observers=[told.append])
    container.close()
    container.close()

    assert [(type(event), event.scope) for event in told] == [(ScopeLeaving, "root"), (ScopeLeft, "root")]


def test_what_ended_the_body_is_told(container, told):
    """The same error when the scope begins to be left and when it is left."""
    error = OSError("gone")
    with pytest.raises(OSError, match="gone"), container.resource_scope() as scope:
        scope.get(Thing)
        raise error

    assert [event.outcome for event in told if isinstance(event, ScopeLeaving | ScopeLeft)] == [error, error]


def test_a_leak_is_a_sentence():
    """Followed by where it was opened, if that is known."""
    frames = ("app.py:7 in main", "app.py:9 in <module>")

    assert str(Leak(0.0, "resource", 3, "Database", "root", 1, 2.0, frames)) == (
        "Database has been open for 2 s, owned by the container\n"
        "    opened by app.py:7 in main\n"
        "    called from app.py:9 in <module>"
    )


@pytest.mark.parametrize(
    ("kind", "label", "text"),
    [
        ("resource", "Session", "Session has been open for 2 s, owned by the scope 'request'"),
        ("scope", "request", "request has been entered and not left for 2 s"),
        ("borrowed", "pool of Session", "pool of Session has been borrowed and not given back for 2 s"),
    ],
)
def test_each_kind_of_leak_is_said_in_its_way(kind, label, text):
    """Who owns it is told of resources only."""
    assert str(Leak(0.0, kind, 3, label, "request", 2, 2.0)) == text


def test_what_ends_an_observer_does_not_keep_the_container():
    """It goes when nobody uses it any more, and warns of what it owes; ending it then is a no-op."""
    containers_of_mine = [Container()]
    containers_of_mine[0].bind(Thing, make_thing, scope="singleton")
    containers_of_mine[0].get(Thing)
    end = containers_of_mine[0].observe(print)
    containers_of_mine.clear()

    with pytest.warns(ResourceWarning, match="Thing"):
        gc.collect()
    end()


class Parts(containers.DeclarativeContainer):
    """What a container of the other face may include."""

    thing = providers.Resource(make_thing)


def joined(container):
    """Return a declarative container that has become part of *container*, and an observer that it had before."""
    parts, told = Parts(), []
    end = parts.observe(told.append)
    parts.init_resources()
    container.get(Thing)
    container.include(parts)
    return parts, told, end


@pytest.fixture
def including():
    container = Container()
    container.bind(Thing, make_thing, scope="singleton")
    return container


def test_an_observer_of_what_was_included_is_dismissed_by_its_own_end(including):
    """Two containers in use that become one have one engine; nobody is shown anything after the end."""
    parts, told, end = joined(including)
    n_told = len(told)
    assert n_told > 0

    end()
    parts.shutdown_resources()
    including.close()

    assert len(told) == n_told
    assert including.engine.notify is None


def test_an_observer_of_what_was_included_that_raises_is_dismissed(including, monkeypatch):
    """Reported once, as any other."""
    reported = []
    monkeypatch.setattr("sys.unraisablehook", reported.append)
    parts, _, _ = joined(including)

    def raises(event):
        raise OSError("full")

    parts.observe(raises)
    parts.shutdown_resources()
    including.close()

    assert [str(each.exc_value) for each in reported] == ["full"]
