"""What the plugin watches is let go of."""

from tenure import Container
from tenure.events import Leak
from tenure.runtime import registry
from tenure.testing.leak_watch import LeakWatch, text_of


class Database:
    """Opened once."""


def make_database():
    """Open and close nothing."""
    yield Database()


def test_nothing_is_observed_after_the_test():
    """Containers go the swift way again; no new ones are watched."""
    watch = LeakWatch()
    watch.begin()
    container = Container()
    container.bind(Database, make_database, scope="singleton")
    container.get(Database)
    assert not container.engine.is_swift

    leaks = watch.end()
    watch.stop()

    assert [leak.label for leak in leaks] == ["Database"]
    assert container.engine.is_swift
    assert watch._born not in registry.newborn
    container.close()


def test_closing_lets_go_of_containers_that_last():
    """Whatever set them up has not ended, and nobody will ask."""
    watch = LeakWatch()
    watch.begin()
    with watch.setting_up("a fixture"):
        container = Container()
    watch.end()
    assert container.engine.observers != ()

    watch.close()

    assert container.engine.observers == ()


def test_many_leaks_are_told_in_part():
    """The others are counted."""
    leaks = tuple(Leak(0.0, "scope", n, f"scope {n}", f"scope {n}", n, 1.0) for n in range(5))

    assert text_of(leaks, limit=2).splitlines()[:4] == [
        "5 things opened by this test are still open:",
        "  scope 0 has been entered and not left for 1 s",
        "  scope 1 has been entered and not left for 1 s",
        "  and 3 more",
    ]
