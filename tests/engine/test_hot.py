"""What requests by key are answered from at once: it is never out of date, and keeps no law from being kept."""

import pytest

from tenure import Container, resource
from tenure.errors import ContainerClosedError


class Settings:
    """A plain singleton."""


class Service:
    """A new object over a plain singleton."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings


def warmed(**options):
    """Return a container whose singleton and transient were asked for often enough to be answered at once."""
    container = Container(**options)
    container.bind(Settings, scope="singleton")
    container.bind(Service)
    for _ in range(3):
        container.get(Settings)
        container.get(Service)
    assert Settings in container.engine.hot
    assert Service in container.engine.hot.makers
    return container


def test_a_replaced_value_is_replaced_at_once():
    """L57: an override shows in what needs it, and goes again."""
    container = warmed()
    original, other = container.get(Settings), Settings()

    with container.override(Settings, value=other):
        assert container.get(Settings) is other
        assert container.get(Service).settings is other
        assert container.get(Service).settings is other
    assert container.get(Settings) is original
    assert container.get(Service).settings is original


def test_a_reset_value_is_made_anew():
    """L58: what is made of it is made of the new one."""
    container = warmed()
    before = container.get(Settings)
    container.reset(Settings)

    assert container.get(Settings) is not before
    assert container.get(Service).settings is container.get(Settings)


def test_closed_means_closed():
    """L50: neither a value nor a new object is handed out."""
    container = warmed()
    get = container.get
    container.close()

    for key in (Settings, Service):
        with pytest.raises(ContainerClosedError):
            get(key)


def test_reopened_it_serves_again():
    """L59: after a start, what is asked for is made anew."""
    container = warmed()
    before = container.get(Settings)
    container.close()
    container.start_sync()

    assert container.get(Settings) is container.get(Settings) is not before
    assert container.get(Service).settings is container.get(Settings)


def test_a_request_of_opening_code_counts():
    """L20, L57: what a resource asked for while it opened concerns it, however hot that was."""
    container, made = warmed(), []

    @resource(scope="singleton")
    def worker():
        made.append(container.get(Settings))
        yield "worker"

    container.bind("worker", worker)
    container.get("worker")
    container.get(Settings)
    other = Settings()
    with container.override(Settings, value=other):
        container.get("worker")

    assert made[1] is other
    container.close()


def test_the_second_opening_of_what_asks_counts_as_well():
    """L20: code that asked once is known to ask."""
    container, asked = warmed(), []

    @resource(scope="request")
    def unit():
        asked.append(container.get(Service).settings)
        yield "unit"

    container.bind("unit", unit)
    for _ in range(2):
        with container.resource_scope() as scope:
            scope.get("unit")
            assert Service in container.engine.graph.learned["unit"]

    assert asked[0] is asked[1]
    container.close()


def test_an_error_of_a_maker_is_explained():
    """L28: the note shows the way to the code that raised, as it does for what is made step by step."""
    container = Container()
    fails = []

    class Inner:
        def __init__(self) -> None:
            if fails:
                raise ValueError("inner")

    class Outer:
        def __init__(self, inner: Inner) -> None: ...

    Outer.__init__.__annotations__["inner"] = Inner
    container.bind(Inner)
    container.bind(Outer)
    for _ in range(3):
        container.get(Outer)
    assert Outer in container.engine.hot.makers
    fails.append(1)

    with pytest.raises(ValueError, match="inner") as caught:
        container.get(Outer)

    assert "Inner" in "".join(caught.value.__notes__)


def test_a_subclass_may_have_a_get_of_its_own():
    """What a subclass defines is what is called."""

    class Own(Container):
        def get(self, key):
            return key, super().get(key)

    container = Own()
    container.bind(Settings, scope="singleton")

    key, made = container.get(Settings)
    assert key is Settings
    assert isinstance(made, Settings)
    assert container[Settings] == (key, made)
