"""
Chains: a need that passes columns gets a bend in each of them, so that a line goes through gaps between boxes only.

All lines to one node share their bends: they run together, as cables do, and nobody has to follow fifty parallels to
the settings. A need that was turned round has bends of its own.
"""

import itertools
from collections.abc import Sequence

from tenure.draw.layers import Pair
from tenure.record import record


@record(unguarded=True)
class Chains:
    """A graph in which each line leads from one column to the next; numbers from the number of nodes on are bends."""

    columns: list[int]
    """Of each node and bend."""
    left: list[list[int]]
    """Of each node and bend, what leads to it from the column before."""
    right: list[list[int]]
    """Of each node and bend, where it leads in the column after."""
    routes: dict[Pair, tuple[int, ...]]
    """Of each need as it was given: its node, the bends, the node that it needs."""


def chains_of(columns: Sequence[int], pairs: Sequence[Pair], back: set[Pair]) -> Chains:
    """
    Return the chains of *pairs*.

    Args:
        columns: of each node.
        pairs: needs, no node needs itself.
        back: those that were turned round, which lead from right to left.
    """
    where = list(columns)
    shared: dict[tuple[object, int], int] = {}
    lines: dict[Pair, None] = {}
    routes: dict[Pair, tuple[int, ...]] = {}
    for u, v in pairs:
        first, last = (v, u) if (u, v) in back else (u, v)
        owner: object = (u, v) if (u, v) in back else v
        route = [first]
        for column in range(columns[first] + 1, columns[last]):
            bend = shared.get((owner, column))
            if bend is None:
                bend = shared[owner, column] = len(where)
                where.append(column)
            route.append(bend)
        route.append(last)
        for a, b in itertools.pairwise(route):
            lines[a, b] = None
        routes[u, v] = tuple(reversed(route)) if (u, v) in back else tuple(route)
    left: list[list[int]] = [[] for _ in where]
    right: list[list[int]] = [[] for _ in where]
    for a, b in lines:
        right[a].append(b)
        left[b].append(a)
    return Chains(where, left, right, routes)
