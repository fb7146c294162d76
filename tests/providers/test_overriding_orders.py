"""Overrides: what is not right yet."""

import pytest

from tenure import containers, providers
from tests.providers.support import Thing
from tests.providers.test_overriding import singleton  # noqa: F401  # a fixture


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_overlapping_overrides(singleton, order):  # noqa: F811  # the fixture
    """Two dependencies replaced and put back in any order: the originals return."""
    a, b = singleton(["a"]), singleton(["b"])
    top = singleton([a, b])
    before = a(), b(), top()

    a.override(singleton(["x"]))
    with_x = top()
    b.override(singleton(["y"]))
    assert [need.needs[0] for need in top().needs] == ["x", "y"]
    for name in order:
        {"a": a, "b": b}[name].reset_last_overriding()
        if name == "b" and order == "ba":
            assert top() is with_x

    assert (a(), b(), top()) == before


def test_an_original_whose_resource_was_shut_down_meanwhile_is_made_anew(log):
    """Nothing comes back that was made of what is closed."""
    pool = providers.Resource(log.plain("pool"))
    top = providers.Singleton(Thing, pool)
    top()

    with top.override(providers.Object("mine")):
        pool.shutdown()

    assert top().needs[0].is_open
    pool.shutdown()


def test_a_container_override_of_two_that_one_needs():
    """Undone, the very same originals are back, in whatever order the names are."""

    class App(containers.DeclarativeContainer):
        one = providers.Singleton(Thing, 1)
        two = providers.Singleton(Thing, 2)
        both = providers.Singleton(Thing, one, two)

    class Fakes(containers.DeclarativeContainer):
        one = providers.Singleton(Thing, "one")
        two = providers.Singleton(Thing, "two")

    app = App()
    before = app.both()

    app.override(Fakes())
    assert [need.needs[0] for need in app.both().needs] == ["one", "two"]
    app.reset_last_overriding()

    assert app.both() is before


def test_undoing_all_overrides_of_a_container():
    """`reset_override` brings the very same originals back, in whatever order they were replaced."""

    class App(containers.DeclarativeContainer):
        one = providers.Singleton(Thing, 1)
        two = providers.Singleton(Thing, 2)
        both = providers.Singleton(Thing, one, two)

    app = App()
    before = app.both()

    app.two.override(providers.Object("two"))
    app.one.override(providers.Object("one"))
    app.both()
    app.reset_override()
    assert app.both() is before
    app.one.override(providers.Object("one"))
    app.two.override(providers.Object("two"))
    app.both()
    app.reset_override()

    assert app.both() is before


def test_an_original_is_back_although_its_replacement_needed_what_was_replaced():
    """What stood in for it is none of what it was made of."""
    below, top = providers.Singleton(Thing, "below"), providers.Singleton(Thing, "top")
    before = top()
    top.override(providers.Factory(Thing, below))
    below.override(providers.Singleton(Thing, "mine"))
    top()

    below.reset_override()
    top.reset_override()

    assert top() is before


def test_an_original_above_a_resource_is_back(log):
    """What was opened meanwhile is closed, and takes nothing with it of what was there before."""
    leaf = providers.Singleton(Thing, "leaf")
    pool = providers.Resource(log.plain("pool"), leaf)
    service = providers.Singleton(Thing, pool)
    before = service()

    with leaf.override(providers.Singleton(Thing, "mine")):
        assert service() is not before

    assert service() is before
    pool.shutdown()
