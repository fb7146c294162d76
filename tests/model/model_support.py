"""Graphs without a container: bindings from what `bind` would be given, and graphs drawn from numbers alone."""

from tenure.declare import lifecycle_on, options_of
from tenure.errors import MissingBindingError
from tenure.model.binding import NOTHING, TRANSIENT, Binding, Make, Need
from tenure.model.build import Declared, autobinding, binding_of
from tenure.model.check import findings_of
from tenure.model.graph import Graph

DECLARED = Declared(options_of, lifecycle_on)
LADDER = ("session", "request", "call")


def bound(*targets, **options):
    """Return the binding of (key, target) or of a target alone, as `bind` makes it."""
    key, target = targets if len(targets) == 2 else (_key_of(targets[0]), targets[0])
    return binding_of(key, target, DECLARED, **options)


def _key_of(target):
    return target if isinstance(target, type) or hasattr(target, "__origin__") else NOTHING


def graph_of(*bindings, autobind=True):
    """Return the graph of *bindings*; classes bind themselves unless *autobind* is false."""
    by_itself = (lambda key: autobinding(key, DECLARED)) if autobind else (lambda _: None)
    return Graph({binding.key: binding for binding in bindings}, by_itself)


def found_in(*bindings, ladder=LADDER, consumers=(), sync=False, autobind=True):
    """Return all findings about *bindings*, those of level "info" left out."""
    found = findings_of(graph_of(*bindings, autobind=autobind), ladder, consumers, sync=sync)
    return [finding for finding in found if finding.level != "info"]


def kinds(findings):
    """Return what each finding says in two words: its kind and what it is about."""
    return [(finding.kind, finding.key) for finding in findings]


class CountingGraph(Graph):
    """Counts how often it is asked what serves a need."""

    __slots__ = ("n_edges",)

    def __init__(self, bindings, autobind):
        super().__init__(bindings, autobind)
        self.n_edges = 0

    def edge(self, binding, need):
        self.n_edges += 1
        return super().edge(binding, need)


def numbered(needs, lifetime=TRANSIENT, kind=Graph):
    """Return a graph of the keys "k0", "k1", …; *needs* says for each number which numbers it needs."""
    bindings = {}
    for number, below in enumerate(needs):
        of_it = tuple(Need(f"p{each}", f"k{each}") for each in below)
        chosen = lifetime(number) if callable(lifetime) else lifetime
        bindings[f"k{number}"] = Binding(f"k{number}", Make.CALL, object, chosen, of_it)
    return kind(bindings, lambda _: None)


def chain(n):
    """Return the needs of a chain of *n*: each number needs the next."""
    return [[number + 1] if number + 1 < n else [] for number in range(n)]


def layers(n, width=10):
    """Return the needs of *n* numbers in layers: each number needs the whole layer below."""
    last = (n - 1) // width * width
    return [
        list(range((number // width + 1) * width, min((number // width + 2) * width, n))) if number < last else []
        for number in range(n)
    ]


def is_served(graph, binding):
    """Tell whether every need of *binding* is served."""
    try:
        graph.edges(binding)
    except MissingBindingError:
        return False
    return True
