"""
W20: the cost of a shutdown grows with the square of the number of resources, or worse.

Nothing is timed: Python calls are counted (`sys.setprofile`). dependency-injector is compiled and shows only the calls
of `related`, which a subclass of its `Resource` defines in Python; of Tenure every call counts, so that it is judged
more strictly.
"""

import sys

from tests.weaknesses.support import Holds, contrast, opening


def counted(act):
    """How many Python functions *act* calls."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return calls


def resource_class(library):
    """A resource provider that says in Python what it is related to."""

    class Related(library.providers.Resource):
        @property
        def related(self):
            yield from super().related

    return Related


def independent(library, count):
    resource = resource_class(library)
    return library.container(**{f"r{number}": resource(opening([], "r")) for number in range(count)})


def chain(library, count):
    resource = resource_class(library)
    links = {"r0": resource(opening([], "r"))}
    for number in range(1, count):
        links[f"r{number}"] = resource(opening([], "r"), links[f"r{number - 1}"])
    return library.container(**links)


def growth(build, library, count, act):
    """By which factor the number of calls grows from *count* resources to twice as many."""
    calls = []
    for size in (count, 2 * count):
        container = build(library, size)
        if act == "shutdown_resources":
            container.init_resources()
        calls.append(counted(getattr(container, act)))
        container.shutdown_resources()
    return calls[1] / calls[0]


LINEAR = Holds(lambda factor: factor < 2.3, "twice as many resources cost twice as much")


@contrast(theirs=Holds(lambda factor: factor > 3.5, "four times as much"), ours=LINEAR)
def test_closing_independent_resources_is_linear(library):
    """W20: twice as many independent resources make twice as many calls in a shutdown."""
    return growth(independent, library, 60, "shutdown_resources")


@contrast(theirs=Holds(lambda factor: factor > 6, "eight times as much"), ours=LINEAR)
def test_closing_a_chain_is_linear(library):
    """W20: a chain that is twice as long makes twice as many calls in a shutdown."""
    return growth(chain, library, 20, "shutdown_resources")


@contrast(theirs=LINEAR, ours=LINEAR)
def test_opening_independent_resources_is_linear(library):
    """W20: twice as many independent resources make twice as many calls in a start."""
    return growth(independent, library, 60, "init_resources")


@contrast(theirs=LINEAR, ours=LINEAR)
def test_opening_a_chain_is_linear(library):
    """W20: a chain that is twice as long makes twice as many calls in a start."""
    return growth(chain, library, 20, "init_resources")
