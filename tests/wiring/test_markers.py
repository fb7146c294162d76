"""What markers stand for, and what is injected for them."""

import re

import pytest

from tenure.providers.configuration import UndefinedOptionError
from tenure.wiring import (
    Closing,
    Modifier,
    Provide,
    Provider,
    UnresolvedMarkerError,
    as_,
    as_float,
    as_int,
    inject,
    invariant,
    provided,
    required,
)
from tests.wiring.support import Example, Inner, Service


def without_addresses(value):
    """Return *value* as an id that is the same in every process."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(value))


def injected(container, marker):
    """Return what a function gets for *marker*."""

    @inject
    def function(value=marker):
        return value

    container.wire(modules=[function])
    try:
        return function()
    finally:
        container.unwire()


@pytest.mark.parametrize("marker", [Provide[Example.service], Provide["service"], Provide("service")])
def test_value(container, marker):
    """A provider of the class and its name both stand for the container's own provider."""
    assert injected(container, marker) is container.service()


@pytest.mark.parametrize("marker", [Provide[Example.inner.service], Provide["inner.service"]])
def test_value_inside(container, marker):
    """What is inside of a container in the container is reached by attributes and by a dotted name."""
    assert injected(container, marker) is container.inner.service()


@pytest.mark.parametrize("marker", [Provide[Example.inner.given], Provide["inner.given"]])
def test_dependency(container, marker):
    """A dependency gives what it was given."""
    assert injected(container, marker) == 5


@pytest.mark.parametrize("marker", [Provide[Example.chosen], Provide["chosen"]])
def test_selector(container, marker):
    """A selector gives what is selected."""
    assert injected(container, marker) == "second"


@pytest.mark.parametrize("marker", [Provide[Example.chosen.one], Provide["chosen.one"]])
def test_one_of_a_selector(container, marker):
    """One provider of a selector is reached as its attribute."""
    assert injected(container, marker) == "first"


@pytest.mark.parametrize("marker", [Provide[Example], Provide["<container>"], Provide[Example.__self__]])
def test_container(container, marker):
    """The class of the container stands for the container."""
    assert injected(container, marker) is container


@pytest.mark.parametrize(
    "marker",
    [
        Provider[Example.service],
        Provider["service"],
        Provide[Example.service.provider],
        Provide["service.provider"],
        Provider[Example.service.provider],
    ],
)
def test_provider(container, marker):
    """`Provider` and `.provider` stand for the container's provider itself."""
    assert injected(container, marker) is container.service


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        (Provide[Example.service.provided.number], 1),
        (Provide["service.provided.number"], 1),
        (Provide["service", provided().number], 1),
        (Provide[Example.table.provided["item"].number], 3),
        (Provide["table", provided()["item"].number], 3),
        (Provide[Example.table.provided["item"].double.call()], 6),
        (Provide[Example.table.provided["item"].double.call(plus=1)], 7),
        (Provide[Example.table.provided["item"].double.call(Example.inner.given)], 11),
        (Provide["table", provided()["item"].double.call(4)], 10),
        (Provide[Example.inner.service.provided.number], 7),
        (Provide["numbers", provided()[1]], 2),
    ],
    ids=without_addresses,
)
def test_provided(container, marker, expected):
    """Attributes, items and calls of the value are reached through `provided`, of the class or as a modifier."""
    assert injected(container, marker) == expected


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        (Provide[Example.config.port], "80"),
        (Provide["config.port"], "80"),
        (Provide[Example.config.port.as_int()], 80),
        (Provide["config.port", as_int()], 80),
        (Provide["config.deep.rate", as_float()], 2.5),
        (Provide["config.deep.rate", as_(len)], 3),
        (Provide[Example.config.deep.rate.as_(len)], 3),
        (Provide["config.port", required()], "80"),
        (Provide["config.port", required().as_int()], 80),
        (Provide["config.port", required().as_float()], 80.0),
        (Provide["config.port", required().as_(list)], ["8", "0"]),
        (Provide[Example.config.port.required().as_int()], 80),
        (Provide["config.deep", invariant("config.port")], "eighty"),
        (Provide[Example.config.deep[Example.config.port]], "eighty"),
        (Provide["config.nothing"], None),
        (Provide[Example.config.port, as_int()], 80),
    ],
    ids=without_addresses,
)
def test_options(container, marker, expected):
    """Options are reached by name, from the class or as text, and converted by modifiers."""
    assert injected(container, marker) == expected


def test_whole_configuration(container):
    """A configuration itself gives all of its options."""
    assert injected(container, Provide["config"])["port"] == "80"


@pytest.mark.parametrize("marker", [Provide["config.nothing", required()], Provide[Example.config.nothing.required()]])
def test_required_option(container, marker):
    """An option that is required and not defined is an error of the call."""
    with pytest.raises(UndefinedOptionError, match="nothing"):
        injected(container, marker)


def test_option_changes(container):
    """An option has the value of the time of the call."""

    @inject
    def function(port=Provide[Example.config.port.as_int()]):
        return port

    container.wire(modules=[function])
    before = function()
    container.config.port.from_value("81")

    assert (before, function()) == (80, 81)


def test_override(container):
    """A provider that is overridden gives what replaces it, for as long as it does."""

    @inject
    def function(service=Provide[Example.service]):
        return service

    container.wire(modules=[function])
    with container.service.override("replaced"):
        meanwhile = function()

    assert meanwhile == "replaced"
    assert function() is container.service()


def test_own_modifier(container):
    """A modifier of one's own gets the provider and finds others by name."""

    class Pair(Modifier):
        def modify(self, provider, providers_map):
            return provider.provided.double.call(providers_map.resolve_provider("inner.given"))

    assert injected(container, Provide["service", Pair()]) == 7


@pytest.mark.parametrize("marker", [Closing[Provide["service"]], Closing["service"], Closing[Example.service]])
def test_closing_of_a_value(container, marker):
    """`Closing` of what is no resource gives the value."""
    assert injected(container, marker) is container.service()


def test_closing_of_a_provider(container):
    """`Closing` of a `Provider` gives the provider."""
    assert injected(container, Closing[Provider["service"]]) is container.service


@pytest.mark.parametrize(
    "marker",
    [
        Provide["nothing"],
        Provide["inner.nothing"],
        Provide["service.number"],
        Provide["service.override"],
        Provide[""],
        Provide[5],
        Provide[None],
        Provide[Service],
        Provide[Inner.service],
    ],
    ids=without_addresses,
)
def test_unresolved(container, marker):
    """What the container does not have is an error of the call."""
    with pytest.raises(UnresolvedMarkerError):
        injected(container, marker)


def test_derived_container():
    """A marker of a base class stands for what the derived class has under that name."""

    class Derived(Example):
        service = Example.made

    container = Derived()

    assert injected(container, Provide[Example.service]).number == 2
    assert injected(container, Provide[Example.numbers]) == [1, 2]
    assert injected(container, Provide[Example]) is container


def test_repr():
    """Markers and modifiers show as they are written."""
    assert repr(Provide["a", as_int()]) == "Provide['a', TypeModifier(<class 'int'>)]"
    assert repr(Closing[Provide[Example.service]]) == "Closing[Provide[Example.service]]"
    assert repr(Provide[Example]) == "Provide[Example]"
    assert repr(provided().a["b"].call(1)) == "ProvidedInstance().a['b'].call()"
    assert repr(required().as_int()) == "RequiredModifier(TypeModifier(<class 'int'>))"
    assert repr(invariant("a")) == "InvariantModifier('a')"


def test_marker_used_as_value():
    """A marker that is taken for the value says what was forgotten."""
    with pytest.raises(AttributeError, match=r"Provide\['service'\] is a marker and has no 'number'.*wire"):
        _ = Provide["service"].number


def test_modifiers_are_not_changed():
    """A `provided()` may be used as the beginning of several."""
    start = provided().a
    first, second = start.b, start.c

    assert (str(start), str(first), str(second)) == (".a", ".a.b", ".a.c")
