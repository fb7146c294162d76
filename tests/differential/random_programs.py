"""
Random programs as data: providers, what they are made from, where they stand, and what is done with them.

Knows neither library. What both libraries must agree on is drawn, what they differ in on purpose is not: see `playing`.
"""

from dataclasses import dataclass, field

from hypothesis import strategies as st

CALLED = ("factory", "singleton", "thread_safe_singleton", "callable", "resource", "coroutine", "async_resource")
SINGLETONS = ("singleton", "thread_safe_singleton")
RESOURCES = ("resource", "async_resource")
SYNC_KINDS = (
    "factory",
    "singleton",
    "thread_safe_singleton",
    "callable",
    "resource",
    "object",
    "list",
    "dict",
    "selector",
)
ASYNC_KINDS = ("factory", "singleton", "callable", "resource", "object", "list", "dict", "coroutine", "async_resource")
PLACES = ("core", "app", "users")
OPTION_VALUES = {"choice": "aaabbbc", "text": ("word", None), "number": ("1", "2", 3, 4, "no number")}
NAMES = ("x", "y", "z")
VALUES = st.one_of(st.integers(0, 9), st.sampled_from(["word", "", None]))


@dataclass(frozen=True)
class Need:
    """One argument: a plain value, or what stands behind node number *node* or option *option*."""

    kind: str
    node: int = 0
    value: object = None


@dataclass
class Node:
    """One provider: its kind, the container it stands in, and what it is made from."""

    name: str
    kind: str
    place: str
    args: list[Need] = field(default_factory=list)
    kwargs: dict[str, Need] = field(default_factory=dict)
    attributes: dict[str, Need] = field(default_factory=dict)
    value: object = None

    def needs(self):
        return [*self.args, *self.kwargs.values(), *self.attributes.values()]


@dataclass(frozen=True)
class Act:
    """One thing done with the program."""

    verb: str
    node: int = 0
    args: tuple = ()
    kwargs: tuple = ()
    value: object = None


@dataclass
class Program:
    nodes: list[Node]
    acts: list[Act]
    options: dict[str, object]
    is_dynamic: bool = False

    def resources_below(self, number):
        """Return the numbers of all nodes that node *number* is made from."""
        found, stack = set(), [number]
        while stack:
            for need in self.nodes[stack.pop()].needs():
                if need.kind in ("node", "chain") and need.node not in found:
                    found.add(need.node)
                    stack.append(need.node)
        return found


@st.composite
def needs(draw, nodes, place):
    """Something that a node in *place* may be made from: nodes that stand before it, options, values."""
    kinds = ["value", "option", "number"] + ["node"] * 6 * bool(nodes) + ["chain", "provider"] * bool(nodes)
    kind = draw(st.sampled_from(kinds))
    if kind == "option":
        return Need(kind, value=draw(st.sampled_from(sorted(OPTION_VALUES))))
    if kind == "number":
        return Need(kind, value="number")
    if kind == "value":
        return Need(kind, value=draw(VALUES))
    value = draw(st.sampled_from(["label", "first", "told", "absent"])) if kind == "chain" else None
    return Need(kind, node=draw(st.integers(0, len(nodes) - 1)), value=value)


@st.composite
def nodes_of(draw, kinds):
    nodes = []
    places = sorted(draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=9)), key=PLACES.index)
    for number, place in enumerate(places):
        usable = kinds if nodes else [kind for kind in kinds if kind != "selector"]
        node = Node(f"n{number}", draw(st.sampled_from(usable)), place, value=draw(VALUES))
        need = needs(nodes, place)
        if node.kind == "selector":
            behind = st.builds(Need, st.just("node"), node=st.integers(0, len(nodes) - 1))
            node.kwargs = {"a": draw(behind), "b": draw(behind)}
        elif node.kind != "object":
            node.args = [] if node.kind == "dict" else draw(st.lists(need, max_size=2))
            node.kwargs = {} if node.kind == "list" else draw(st.dictionaries(st.sampled_from(NAMES), need, max_size=2))
        if node.kind in ("factory", *SINGLETONS):
            node.attributes = draw(st.dictionaries(st.sampled_from(["p", "q"]), need, max_size=1))
        nodes.append(node)
    return nodes


@st.composite
def keywords(draw, nodes, number):
    """A keyword for a call of node *number*: its own, or after double underscores that of a dependency below it."""
    path = []
    while below := _forwarding(nodes[number]):
        name = draw(st.sampled_from([None, *below]))
        if name is None:
            break
        path.append(name)
        number = below[name]
    return "__".join([*path, draw(st.sampled_from(NAMES))])


def _forwarding(node):
    """
    Return which keywords reach which nodes; a selector's go to the provider that it chooses.

    Not with attributes: whether these or the arguments are resolved first would tell what a shared singleton is given.
    """
    kwargs = {} if node.kind == "selector" or node.attributes else node.kwargs
    return {name: need.node for name, need in kwargs.items() if need.kind == "node"}


@st.composite
def calls(draw, nodes, is_asynchronous):
    number = draw(st.integers(0, len(nodes) - 1))
    keyword = st.just("extra") if is_asynchronous else keywords(nodes, number)
    args = tuple(draw(st.lists(VALUES, max_size=1)))
    return Act("call", number, args, tuple(draw(st.dictionaries(keyword, VALUES, max_size=1)).items()))


def _acts(nodes, is_asynchronous):
    verbs = [
        "init",
        "shutdown",
        "reset_singletons",
        "init_one",
        "shutdown_one",
        "is_open",
        "reset",
        "full_reset",
        "copy",
    ]
    if not is_asynchronous:
        verbs += ["override", "override", "reset_override", "set_option", "set_option", "add_argument", "swap"]
    number = st.integers(0, len(nodes) - 1)
    other = st.builds(Act, st.sampled_from(verbs), number, value=st.one_of(VALUES, st.sampled_from("ab")))
    return st.lists(
        st.one_of(calls(nodes, is_asynchronous), calls(nodes, is_asynchronous), other), min_size=1, max_size=12
    )


@st.composite
def random_programs(draw, is_asynchronous=False):
    nodes = draw(nodes_of(ASYNC_KINDS if is_asynchronous else SYNC_KINDS))
    acts = draw(_acts(nodes, is_asynchronous))
    options = {name: draw(st.sampled_from(values)) for name, values in OPTION_VALUES.items()}
    return Program(nodes, acts, options, is_dynamic=draw(st.booleans()))
