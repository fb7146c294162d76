"""Mermaid, Graphviz, tree and JSON: read back by strict parsers that know the grammar of what is written."""

import json
import re
import shutil
import subprocess

import pytest

from tenure.draw.dot import dot_of
from tenure.draw.formats import FORMATS
from tenure.draw.mermaid import mermaid_of
from tenure.draw.tree import ASCII, tree_of
from tenure.draw.view import Group, Link, Node, Note, View
from tests.draw.grammar import parse_dot, parse_mermaid
from tests.draw.graphs import on_random_views

EVIL = 'a "quoted" \\N <b>&amp; #35; `x` | [y] {z} (end)\nsecond -->'


def node(id_, kind="value", label=None, **more):
    more = {"lifetime": "singleton", "group": "all", "is_async": False, "module": "app"} | more
    return Node(id_, label or id_.upper(), kind, **more)


def view(*nodes, links=(), title="a view", groups=("all",)):
    return View(title, nodes, tuple(links), tuple(Group(name) for name in groups))


GROUPS = ("functions", "request", "all")
LINKS = [
    Link("n0", "n1", ("database",)),
    Link("n1", "n2", ("settings",)),
    Link("n1", "n3"),
    Link("n2", "n4", ("clock",), is_wrong=True),
]
ALL_KINDS = view(
    node("n0", "function", "handler()", group="functions"),
    node("n1", "resource", "Database", is_async=True, made_by="open_database"),
    node("n2", "value", "Settings", is_critical=True),
    node("n3", "given", "Request", group="request", lifetime="request"),
    node("n4", "missing", "Clock", notes=(Note("error", "missing", "nothing is bound to it"),)),
    links=LINKS,
    groups=GROUPS,
)  # fmt: skip


@on_random_views
def test_mermaid_is_read_back(view):
    """Every node with its label, and every link, whatever is in the labels."""
    groups, nodes, links = parse_mermaid(mermaid_of(view))

    assert groups == [group.name for group in view.groups]
    assert nodes == {n.id: " ".join(f"{'~ ' * n.is_async}{' '.join(n.label.split())}".split(" ")) for n in view.nodes}
    assert [(a, b) for a, _, b in links] == [(link.source, link.target) for link in view.links]


@on_random_views
def test_dot_is_read_back(view):
    """Likewise, and the label is the whole one."""
    nodes, links = parse_dot(dot_of(view))
    labels = {n.id: f"{'~ ' * n.is_async}{n.label}".replace("\r", " ").replace("\x00", " ") for n in view.nodes}

    assert {id_: said["label"] for id_, said in nodes.items()} == labels
    assert [(a, b) for a, b, _ in links] == [(link.source, link.target) for link in view.links]


def test_mermaid_has_shapes_and_arrows():
    """One for each kind of node and of link, and a class for what is to be seen."""
    assert (
        mermaid_of(ALL_KINDS)
        == """\
---
title: "a view"
---
flowchart LR
  subgraph g0["functions"]
    n0>"handler#40;#41;"]
  end
  subgraph g1["request"]
    n3[/"Request"/]
  end
  subgraph g2["all"]
    n1(["~ Database"])
    n2["Settings"]
    n4{{"Clock"}}
  end
  n0 --> n1
  n1 --> n2
  n1 -.-> n3
  n2 --x n4
  linkStyle 3 stroke:#b3261e,stroke-width:2px
  classDef resource fill:#e3f4f1,stroke:#0f766e,color:#16202c
  class n1 resource
  classDef error stroke:#b3261e,stroke-width:3px
  class n4 error
  classDef critical stroke:#0b62b8,stroke-width:4px
  class n2 critical
"""
    )


@pytest.mark.parametrize("form", ["mermaid", "dot"])
def test_evil_names_stay_names(form):
    """What looks like syntax in a name, a title or a group is text."""
    evil = view(node("n0", label=EVIL, group=EVIL, made_by=EVIL), title=EVIL, groups=(EVIL,))
    parse = {"mermaid": parse_mermaid, "dot": parse_dot}[form]
    found = [*parse(FORMATS[form](evil))]

    assert len(found[1] if form == "mermaid" else found[0]) == 1


def test_dot_tells_kinds_and_marks_apart():
    """Shapes, second outlines, dashes, and tooltips with the details."""
    repeated = node("n5", "value", "Codec", lifetime="transient")
    nodes, links = parse_dot(dot_of(view(*ALL_KINDS.nodes, repeated, links=LINKS, groups=GROUPS)))

    assert [nodes[id_]["shape"] for id_ in sorted(nodes)] == ["cds", "box", "box", "note", "box", "box"]
    assert (nodes["n1"]["style"], nodes["n4"]["style"], nodes["n5"]["peripheries"]) == ("rounded,filled", "dashed", "2")
    assert nodes["n1"]["tooltip"].splitlines()[:2] == ["Database", "what: asynchronous resource"]
    assert [link[2].get("style") for link in links] == [None, None, "dashed", None]
    assert links[3][2]["arrowhead"] == "tee"


@pytest.mark.slow
def test_graphviz_reads_it():
    """The program itself draws every node and link."""
    program = shutil.which("dot")
    if program is None:
        pytest.skip("no dot here: apt-get install graphviz")
    evil = view(*ALL_KINDS.nodes, node("n5", label=EVIL), links=LINKS, groups=GROUPS)
    done = subprocess.run(
        [program, "-Tplain"], input=dot_of(evil), capture_output=True, text=True, check=True, timeout=50
    )

    assert done.stderr == ""
    words = [line.split()[0] for line in done.stdout.splitlines()]
    assert (words.count("node"), words.count("edge")) == (6, 4)


def test_a_tree():
    """Who is needed stands below; what was shown before is named again only; findings follow."""
    links = [*ALL_KINDS.links, Link("n3", "n1", ("database",))]
    assert (
        tree_of(view(*ALL_KINDS.nodes, links=links, groups=GROUPS))
        == """\
a view: 1 resource, 1 given, 1 missing, 1 value, 1 function, 5 needs, 1 error

functions
▷ handler()
└─ ● Database  asynchronous resource, singleton, by open_database
   ├─ ○ Settings  singleton, on the critical path
   │  └─ ✗ Clock  missing: nothing is bound to it, error!
   └─ ◇ Request  given by whoever enters the scope, request
      └─ ● Database ↑

error: nothing is bound to it

▷ function  ● resource  ○ value  ◇ given  ✗ missing  ↑ shown above
"""
    )


def test_a_tree_of_ascii():
    """For terminals that show nothing else."""
    text = tree_of(view(*ALL_KINDS.nodes, links=LINKS, groups=GROUPS), signs=ASCII)

    assert text.isascii()
    assert "`- * Database" in text


def test_a_tree_shows_circles():
    """What nothing outside leads to is shown all the same."""
    text = tree_of(view(node("n0"), node("n1"), links=[Link("n0", "n1", ("b",)), Link("n1", "n0", ("a",))]))

    assert "in circles\n○ N0  singleton\n└─ ○ N1  singleton\n   └─ ○ N0 ↑\n" in text


@on_random_views
def test_a_tree_shows_everything(view):
    """Each node once in full, and one line for each need besides, so that it is no longer than the graph is."""
    plain = tree_of(view, signs=ASCII)
    marks = sum(re.match(r"^[ |`-]*[*o+>!] ", line) is not None for line in plain.split("\n"))

    assert marks <= 2 * (len(view.nodes) + len(view.links)) + 40
    for each in view.nodes:
        assert each.label in plain


def test_a_long_chain_is_no_trouble():
    """A tree, a layout and the search for circles need no stack."""
    n = 3000
    chain = view(
        *(node(f"n{at}") for at in range(n)), links=[Link(f"n{at}", f"n{at + 1}", ("x",)) for at in range(n - 1)]
    )

    assert len(tree_of(chain).splitlines()) == n + 5


def test_json_is_the_view():
    """Everything but the keys."""
    assert json.loads(FORMATS["json"](ALL_KINDS)) == ALL_KINDS.as_dict()


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_drawn_of_nothing(form):
    """An empty container has a drawing in every format."""
    assert FORMATS[form](view(title="", groups=()))
