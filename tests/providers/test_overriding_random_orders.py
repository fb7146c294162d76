"""Random overrides and resets on random graphs, against a model that knows what every value is made of."""

from hypothesis import given
from hypothesis import strategies as st

from tenure import providers
from tests.providers.support import Log, Opened, Thing

KEPT = ("singleton", "resource")
KINDS = (*KEPT, "factory", "list")


class Node:
    """One provider as the model sees it: what it is made of, and what replaces it."""

    def __init__(self, kind, name, needs, log):
        self.kind, self.name, self.needs, self.stack = kind, name, needs, []
        below = [each.provider for each in needs]
        if kind == "resource":
            self.provider = providers.Resource(log.plain(name), *below)
        elif kind == "list":
            self.provider = providers.List(name, *below)
        else:
            cls = providers.Singleton if kind == "singleton" else providers.Factory
            self.provider = cls(Thing, name, *below)

    @property
    def counts(self):
        """What gives the value."""
        return self.stack[-1].counts if self.stack else self

    @property
    def made_of(self):
        """The names of everything that the value is made of: no replacement ever comes back under its name."""
        return (self.counts.name, *(need.made_of for need in self.counts.needs))


def check(node, value, known):
    """The *value* that *node* gave is made of what stands now, and is the object in *known* if one is there."""
    found = node.counts
    if isinstance(value, Opened):
        name, below = value.name, value.needs
        assert value.is_open
    else:
        name, *below = value if isinstance(value, list) else value.needs
    assert name == found.name
    for need, given_ in zip(found.needs, below, strict=True):
        check(need, given_, known)
    if found.kind in KEPT:
        assert known.setdefault(node.made_of, value) is value, f"{name} is not what it was"


def check_all(nodes, known):
    for node in nodes:
        check(node, node.provider(), known)


@st.composite
def graphs(draw):
    n = draw(st.integers(1, 5))
    below = [draw(st.lists(st.integers(0, i - 1), max_size=2, unique=True)) if i else [] for i in range(n)]
    return [(draw(st.sampled_from(KINDS)), needs) for needs in below]


def nodes_of(graph, log):
    nodes = []
    for kind, needs in graph:
        nodes.append(Node(kind, f"n{len(nodes)}", [nodes[each] for each in needs], log))
    return nodes


def override(nodes, which, kind, below, name, log):
    """Replace a node by a new one, which needs one further down if *below* says so."""
    which %= len(nodes)
    needs = [nodes[below % which]] if which and below is not None else []
    mine = Node(kind, name, needs, log)
    nodes[which].provider.override(mine.provider)
    nodes[which].stack.append(mine)
    return mine


def reset(node):
    node.provider.reset_last_overriding()
    node.stack.pop()


def shut(nodes, log):
    for node in nodes:
        if node.kind == "resource":
            node.provider.shutdown()
    assert log.live == []


overrides = st.tuples(st.just("override"), st.integers(0, 4), st.sampled_from(KINDS), st.integers(0, 4) | st.none())
looks = st.tuples(st.just("get"), st.integers(0, 4), st.none(), st.none())
resets = st.tuples(st.just("reset"), st.integers(0, 4), st.none(), st.none())
programs = st.lists(overrides | looks | resets, max_size=12)


@given(graphs(), programs)
def test_any_overrides_in_any_order(graph, program):
    """Whatever was given in a state of replacements is given again when that state is back: the very same object."""
    log, known = Log(), {}
    nodes = nodes_of(graph, log)
    replacing = []

    for number, (what, which, kind, below) in enumerate(program):
        node = nodes[which % len(nodes)]
        if what == "get":
            check(node, node.provider(), known)
        elif what == "override":
            replacing.append(override(nodes, which, kind, below, f"r{number}", log))
        elif node.stack:
            reset(node)
            check_all(nodes, known)

    for node in nodes:
        while node.stack:
            reset(node)
            check_all(nodes, known)
    shut((*nodes, *replacing), log)
