"""A module that several containers are wired to."""

import warnings

import pytest

from tenure.wiring import Provide, UnresolvedMarkerError, UnresolvedMarkerWarning, inject, wire
from tests.wiring.support import Example, Other


@pytest.fixture
def made(module):
    return module(
        """
        attribute = Provide[Example.service]
        extra = Provide[Other.extra]

        @inject
        def both(service=Provide[Example.service], extra=Provide[Other.extra]):
            return service, extra

        def undecorated(service=Provide[Example.service]):
            return service
        """,
        Provide=Provide,
        inject=inject,
        Example=Example,
        Other=Other,
    )


def test_each_serves_its_own(container, made):
    """Each container serves its own markers; until all are served a call is refused."""
    container.wire(modules=[made])
    with pytest.raises(UnresolvedMarkerError, match=r"'extra'.*Example has no such provider"):
        made.both()
    other = Other()
    other.wire(modules=[made])

    assert made.both() == (container.service(), "extra")
    assert (made.attribute, made.extra) == (container.service(), "extra")


def test_unwire_of_one(container, made):
    """What one container takes back the other goes on serving."""
    other = Other()
    container.wire(modules=[made])
    other.wire(modules=[made])
    other.unwire()

    with pytest.raises(UnresolvedMarkerError, match="'extra'"):
        made.both()
    assert made.both(extra=1) == (container.service(), 1)
    assert made.undecorated() is made.attribute is container.service()
    assert repr(made.extra) == "Provide[Other.extra]"


def test_last_one_wins(container, made):
    """Of two instances of one class the one that was wired last serves, functions and attributes alike."""
    second = Example()
    container.wire(modules=[made])
    second.wire(modules=[made])

    assert made.undecorated() is made.attribute is second.service()
    container.unwire()
    assert made.undecorated() is made.attribute is second.service()
    second.unwire()
    assert repr(made.attribute) == "Provide[Example.service]"


def test_warning(container, made):
    """`warn_unresolved` warns of each marker that the container has nothing for, where `wire` was called."""
    with pytest.warns(UnresolvedMarkerWarning) as caught:
        container.wire(modules=[made], warn_unresolved=True)

    assert sorted(str(warning.message) for warning in caught) == [
        "Unresolved marker extra in <module 'wired_module'>",
        "Unresolved marker extra in both",
    ]
    assert {warning.filename for warning in caught} == {__file__}
    assert issubclass(UnresolvedMarkerWarning, RuntimeWarning)


def test_no_warning(container, made):
    """Without it nothing is said."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        container.wire(modules=[made])


def test_strict(container, made):
    """`strict=True` raises at once, for all markers that are left, and wires nothing."""
    with pytest.raises(UnresolvedMarkerError) as caught:
        container.wire(modules=[made], strict=True)

    places = [each.place for each in caught.value.unresolved]
    assert sorted(places) == ["attribute 'extra' of wired_module", "parameter 'extra' of wired_module.both"]
    assert str(caught.value).startswith("2 markers have nothing behind them\n1. ")
    with pytest.raises(UnresolvedMarkerError, match="no container was wired"):
        made.both()
    assert repr(made.attribute) == "Provide[Example.service]"


def test_strict_after_others(container, made):
    """`strict=True` does not mind markers that another container serves."""
    wire(Other(), modules=[made])
    container.wire(modules=[made], strict=True)

    assert made.both() == (container.service(), "extra")


def test_own_values_stay(container, made):
    """What the program has put in the place of a value is not replaced by another container."""
    container.wire(modules=[made])
    made.attribute = "mine"
    second = Example()
    second.wire(modules=[made])

    assert made.attribute == "mine"
    second.unwire()


def test_wired_again_without(container, made):
    """A container that is wired again serves only what it still has."""
    container.wire(modules=[made])
    container.providers.pop("service")
    del container.__dict__["service"]
    container.wire(modules=[made])

    with pytest.raises(UnresolvedMarkerError, match="Example has no such provider"):
        made.undecorated()
