"""
How far down each box and bend stands: near what it is joined to, long lines straight, and everything close together.

Sweeps to and fro move each column as near as its order allows to where its neighbours are: the least squares under
"each at least so far below the one above", which pooling of adjacent violators solves exactly (Ayer and others 1955;
Barlow and others 1972). Then the bends of one line are put at one height wherever there is room. O(n + m) a sweep.
"""

import itertools
from collections.abc import Callable, Sequence

from tenure.draw.chains import Chains

Apart = Callable[[int, int], float]
"""How far the middles of two neighbours in a column have to be from one another, the upper one first."""

_N_SWEEPS = 24
_GRAVITY = 0.1
"""How much everything wants to be in the middle of the page: without it parts may drift far apart."""
_STRAIGHT, _HALF, _PLAIN = 8.0, 2.0, 1.0
"""How much a line wants to be level: between two bends, between a bend and a box, between two boxes (Gansner 1993)."""


def placed(order: Sequence[Sequence[int]], chains: Chains, n_nodes: int, apart: Apart) -> list[float]:
    """
    Return for each node and bend where its middle is, the least being 0.

    Args:
        order: of each column, from the top down.
        chains: what leads where.
        n_nodes: numbers from this on are bends.
        apart: see `Apart`.
    """
    y = [0.0] * len(chains.columns)
    offsets = [_offsets(column, apart) for column in order]
    for column, offset in zip(order, offsets, strict=True):
        for node, down in zip(column, offset, strict=True):
            y[node] = down - offset[-1] / 2
    for sweep in range(_N_SWEEPS):
        rightwards = sweep % 2 == 0
        sides = (
            (chains.left, chains.right) if sweep >= _N_SWEEPS - 4 else (chains.left if rightwards else chains.right,)
        )
        for number in range(len(order)) if rightwards else reversed(range(len(order))):
            _settle(order[number], offsets[number], sides, n_nodes, y)
    _straighten(order, chains, n_nodes, apart, y)
    least = min(y, default=0.0)
    return [each - least for each in y]


def _offsets(column: Sequence[int], apart: Apart) -> list[float]:
    """Return how far below the first each has to be."""
    found = [0.0]
    for upper, lower in itertools.pairwise(column):
        found.append(found[-1] + apart(upper, lower))
    return found


def _settle(
    column: Sequence[int], offsets: Sequence[float], sides: Sequence[Sequence[Sequence[int]]], n_nodes: int,
    y: list[float],
) -> None:  # fmt: skip
    """Move *column* as near as can be to its neighbours on *sides*."""
    pools: list[tuple[float, float, int]] = []  # the mean of what is wanted, its weight, how many have been pooled
    for node, offset in zip(column, offsets, strict=True):
        total = weight = 0.0
        for side in sides:
            for other in side[node]:
                pull = _PLAIN if node < n_nodes and other < n_nodes else _HALF
                pull = _STRAIGHT if node >= n_nodes and other >= n_nodes else pull
                total += pull * y[other]
                weight += pull
        if not weight:  # what is joined to nothing there stays about where it is
            total, weight = y[node] * _GRAVITY, _GRAVITY
        weight += _GRAVITY
        mean, n_pooled = total / weight - offset, 1
        while pools and pools[-1][0] > mean:
            above, above_weight, n_above = pools.pop()
            mean = (above * above_weight + mean * weight) / (above_weight + weight)
            weight += above_weight
            n_pooled += n_above
        pools.append((mean, weight, n_pooled))
    at = 0
    for mean, _, n_pooled in pools:
        for node, offset in zip(column[at : at + n_pooled], offsets[at : at + n_pooled], strict=True):
            y[node] = mean + offset
        at += n_pooled


def _straighten(order: Sequence[Sequence[int]], chains: Chains, n_nodes: int, apart: Apart, y: list[float]) -> None:
    """Put the bends of one line at one height wherever what is above and below leaves room, long lines first."""
    above: dict[int, tuple[int, float]] = {}
    below: dict[int, tuple[int, float]] = {}
    for column in order:
        for upper, lower in itertools.pairwise(column):
            gap = apart(upper, lower)
            above[lower], below[upper] = (upper, gap), (lower, gap)

    def room(node: int) -> tuple[float, float]:
        up, down = above.get(node), below.get(node)
        least = y[up[0]] + up[1] if up else float("-inf")
        return least, y[down[0]] - down[1] if down else float("inf")

    for _ in range(3):
        for line in sorted(_lines(chains, n_nodes), key=len, reverse=True):
            at = 0
            while at < len(line):
                least, most = room(line[at])
                end = at + 1
                while end < len(line):
                    low, high = room(line[end])
                    if max(least, low) > min(most, high):
                        break
                    least, most, end = max(least, low), min(most, high), end + 1
                wanted = sorted(y[node] for node in line[at:end])[(end - at) // 2]
                for node in line[at:end]:
                    y[node] = min(max(wanted, least), most)
                at = end


def _lines(chains: Chains, n_nodes: int) -> list[list[int]]:
    """Return what is to be level: bends that follow one another, with the boxes at their ends."""
    found = []
    for bend in range(n_nodes, len(chains.columns)):
        if not any(other >= n_nodes for other in chains.left[bend]):
            line = [bend]
            if len(chains.left[bend]) == 1:
                line.insert(0, chains.left[bend][0])
            while line[-1] >= n_nodes:
                line.append(chains.right[line[-1]][0])
            found.append(line)
    found += [
        [node, chains.right[node][0]]
        for node in range(n_nodes)
        if len(chains.right[node]) == 1 == len(chains.left[chains.right[node][0]])
    ]
    return found
