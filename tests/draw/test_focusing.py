"""One node and what is near it."""

import re

import pytest

from tenure.draw.focusing import focused
from tenure.draw.view import Group, Link, Node, View

LABELS = ["Handler", "app.Service", "Cache", "Database", "Settings", "'url'", "handle()", "other.Cache"]
PAIRS = [(0, 1), (1, 2), (1, 3), (3, 4), (2, 4), (6, 3)]
VIEW = View(
    "",
    tuple(Node(f"n{at}", label, "value", "singleton", f"g{at % 2}", False, "") for at, label in enumerate(LABELS)),
    tuple(Link(f"n{a}", f"n{b}", ("x",)) for a, b in PAIRS),
    (Group("g0"), Group("g1")),
)


def labels(view):
    return [node.label for node in view.nodes]


@pytest.mark.parametrize(
    ("depth", "expected"),
    [
        (0, ["Database"]),
        (1, ["app.Service", "Database", "Settings", "handle()"]),
        (None, ["Handler", "app.Service", "Database", "Settings", "handle()"]),
    ],
)
def test_what_is_near(depth, expected):
    """What it needs and what needs it, not what else those need."""
    assert labels(focused(VIEW, "Database", depth)) == expected


@pytest.mark.parametrize(
    ("name", "label"), [("Service", "app.Service"), ("url", "'url'"), ("handle", "handle()"), ("Cache", "Cache")]
)
def test_names_as_one_types_them(name, label):
    """Without quotes or brackets, and without what stands before the last dot; a whole name comes first."""
    assert labels(focused(VIEW, name, 0)) == [label]


def test_links_and_groups_follow():
    """Only those between what is left."""
    near = focused(VIEW, "Cache", 1)

    assert labels(near) == ["app.Service", "Cache", "Settings"]
    assert [(link.source, link.target) for link in near.links] == [("n1", "n2"), ("n2", "n4")]
    assert [group.name for group in focused(VIEW, "Settings", 0).groups] == ["g0"]


@pytest.mark.parametrize(
    ("name", "depth", "text"),
    [
        ("Databse", None, "nothing in the drawing is called 'Databse'; did you mean Database?"),
        ("Zzz", None, "nothing in the drawing is called 'Zzz'"),
        ("Database", -1, "depth is -1, but it says how many needs away from 'Database' is shown: 0 or more"),
    ],
)
def test_what_is_refused(name, depth, text):
    """With the near names."""
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        focused(VIEW, name, depth)


def test_an_end_that_several_names_have_is_refused():
    """All of them are told."""
    view = View(
        "", tuple(Node(f"n{at}", f"{part}.Cache", "value", "", "g", False, "") for at, part in enumerate("ab")), (), ()
    )

    with pytest.raises(ValueError, match=r"^'Cache' could be a.Cache or b.Cache$"):
        focused(view, "Cache")
