"""Objects that open again after a start that failed, a reset, a dispose by hand: dependencies first, never twice."""

import pytest

from tenure import Container, resource
from tenure.errors import ContainerClosedError


class Base:
    """Opens and closes; knows whether it is open."""

    is_open = False

    def initialize(self) -> None:
        assert not self.is_open
        self.is_open = True

    def dispose(self) -> None:
        assert self.is_open
        self.is_open = False


@resource(scope="singleton")
class Pool(Base):
    """What others need."""


def test_a_start_that_failed_leaves_no_dependency_closed():
    """L11: what opens again opens what it was made from first, without a loop as well."""
    failures = [ValueError("first time")]

    @resource(scope="singleton")
    class Store(Base):
        def __init__(self, pool: Pool) -> None:
            self.pool = pool

        def initialize(self) -> None:
            assert self.pool.is_open
            if failures:
                raise failures.pop()
            super().initialize()

    container = Container()
    container.bind(Pool)
    container.bind(Store)
    with pytest.raises(ValueError, match="first time"):
        container.start_sync()

    store = container.get(Store)

    assert (store.is_open, store.pool.is_open) == (True, True)
    container.close()
    assert (store.is_open, store.pool.is_open) == (False, False)


class Cursor:
    """Made anew each time."""


class View:
    """Made of a cursor."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor


class Report:
    """Made of another cursor."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor


class Broken:
    """Never opens."""

    def __init__(self, report: Report) -> None:
        raise ValueError("no disk")


def test_a_start_that_fails_forgets_only_what_was_made_from_its_own():
    """L2, L11: a shared value made from another instance of what a failed start closed stays the one it is."""
    container = Container()
    closed = []

    @resource(scope="transient")
    def cursor():
        one = Cursor()
        yield one
        closed.append(one)

    container.bind(Cursor, cursor)
    container.bind(View, scope="singleton")
    container.bind(Report, scope="singleton")
    container.bind(Broken, resource(scope="singleton")(Broken))
    view = container.get(View)
    with pytest.raises(ValueError, match="no disk"):
        container.start_sync()

    assert container.get(View) is view
    assert view.cursor not in closed
    assert container.get(Report).cursor not in closed
    container.close()


def test_what_was_disposed_of_by_hand_is_made_anew_by_a_reset():
    """L17, L58: after a reset, an object of before does not open any more, and says so in public words."""
    container = Container()
    container.bind(Pool)
    before = container.get(Pool)
    before.dispose()
    container.reset(Pool)

    with pytest.raises(ContainerClosedError) as refused:
        before.initialize()

    assert type(refused.value) is ContainerClosedError
    assert not before.is_open
    after = container.get(Pool)
    assert after is not before
    assert after.is_open
    container.close()
