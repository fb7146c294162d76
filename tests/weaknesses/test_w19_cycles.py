"""W19: cycles are not found: they end in a RecursionError."""

import sys

import pytest

from tests.weaknesses.support import THEIRS, Holds, contrast, opening

NOT_RECURSION = Holds(lambda seen: seen not in {"RecursionError", "nothing"}, "an error of its own")


@pytest.fixture(autouse=True)
def _low_limit(library):
    if library.root == THEIRS and sys.version_info >= (3, 13):
        pytest.skip("there a circle overflows the stack of C and kills the process")
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(400)
    yield
    sys.setrecursionlimit(before)


def error_of(act):
    try:
        act()
    except Exception as error:
        return type(error).__name__
    return "nothing"


def circle(library, log):
    """`a` needs `b`, which needs `a`."""
    a = library.resource(opening(log, "a"))
    b = library.resource(opening(log, "b"), a)
    a.add_args(b)
    return library.container(a=a, b=b)


@contrast(theirs="RecursionError", ours=NOT_RECURSION)
def test_a_circle_of_resources_is_named(library):
    """W19, L38: two resources that need each other are an error that says so."""
    return error_of(lambda: circle(library, []).init_resources())


@contrast(theirs="RecursionError", ours=NOT_RECURSION)
def test_a_circle_of_factories_is_named(library):
    """W19, L38: two factories that need each other are an error that says so."""
    one = library.providers.Factory(list)
    two = library.providers.Factory(list, one)
    one.add_args(two)
    return error_of(library.container(one=one, two=two).one)


@contrast(theirs="RecursionError", ours=NOT_RECURSION)
def test_a_circle_at_run_time_is_named(library):
    """W19, L38: a resource whose opening asks for itself is an error, not a hang."""
    asked = []

    def opens():
        asked[0]()
        yield

    container = library.container(a=library.resource(opens))
    asked.append(container.a)
    return error_of(container.a)


@contrast(theirs=[], ours=[])
def test_a_circle_opens_nothing(library):
    """W19, L51: a circle is found before anything was opened."""
    log = []
    error_of(lambda: circle(library, log).init_resources())
    return log
