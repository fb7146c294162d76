"""
Layering: in which column each node stands, so that every need leads from left to right.

Knows numbers only: nodes are 0, 1, 2 ... and each has a band, a range of columns of its own. Needs that lead back
(to a band further left, or round a circle) are turned round, and drawn so in the end. O((n + m) log n) for n nodes
with m needs.
"""

import heapq
import math
from collections.abc import Iterator, Sequence

Pair = tuple[int, int]


def turned(bands: Sequence[int], pairs: Sequence[Pair]) -> set[Pair]:
    """Return those of *pairs* that have to be turned round so that none leads back and there is no circle."""
    back = {(u, v) for u, v in pairs if u != v and bands[u] > bands[v]}
    below = _neighbours(len(bands), [(u, v) for u, v in pairs if u != v and bands[u] == bands[v]])
    above = [0] * len(bands)
    for found in below:
        for needed in found:
            above[needed] += 1
    state = [0] * len(bands)  # 1: on the path that is walked, 2: done
    for root in sorted(range(len(bands)), key=lambda node: (above[node] > 0, node)):
        path: list[tuple[int, Iterator[int]]] = [] if state[root] else [(root, iter(below[root]))]
        state[root] = state[root] or 1
        while path:
            u, targets = path[-1]
            v = next(targets, None)
            if v is None:
                state[u] = 2
                path.pop()
            elif state[v] == 1:
                back.add((u, v))
            elif state[v] == 0:
                state[v] = 1
                path.append((v, iter(below[v])))
    return back


def layers_of(bands: Sequence[int], pairs: Sequence[Pair], most: int) -> list[int]:
    """
    Return the column of each node.

    Args:
        bands: of each node, from 0 on without gaps.
        pairs: needs, none of which leads back or closes a circle.
        most: how many nodes a column takes, >= 1; what finds no room stands further right.
    """
    below = _neighbours(len(bands), pairs)
    above = _neighbours(len(bands), [(v, u) for u, v in pairs])
    columns = [0] * len(bands)
    begin = 0
    for band in range(max(bands, default=-1) + 1):
        members = [node for node, found in enumerate(bands) if found == band]
        end = _fill(members, bands, above, below, columns, begin, most)
        _pull(members, above, below, columns, (begin, end), most)
        begin = end
    return columns


def _fill(
    members: list[int], bands: Sequence[int], above: list[list[int]], below: list[list[int]], columns: list[int],
    begin: int, most: int,
) -> int:  # fmt: skip
    """Give each of *members* the first column with room behind all that need it, long chains first; return the end."""
    waiting = {node: sum(bands[u] == bands[node] for u in above[node]) for node in members}
    height = dict.fromkeys(members, 0)
    for node in _backwards(members, bands, above, below):
        height[node] = 1 + max((height[v] for v in below[node] if v in height), default=0)
    ready = [(begin, -height[node], node) for node in members if not waiting[node]]
    heapq.heapify(ready)
    n_in: dict[int, int] = {}
    while ready:
        column, rank, node = heapq.heappop(ready)
        if n_in.get(column, 0) >= most:
            heapq.heappush(ready, (column + 1, rank, node))
            continue
        n_in[column] = n_in.get(column, 0) + 1
        columns[node] = column
        for v in below[node]:
            if v in waiting:
                waiting[v] -= 1
                if not waiting[v]:
                    first = 1 + max(columns[u] for u in above[v] if bands[u] == bands[v])
                    heapq.heappush(ready, (first, -height[v], v))
    return max(n_in, default=begin - 1) + 1


def _backwards(members: list[int], bands: Sequence[int], above: list[list[int]], below: list[list[int]]) -> list[int]:
    """Return *members*, each behind all that it needs."""
    waiting = {node: sum(bands[v] == bands[node] for v in below[node]) for node in members}
    found = [node for node in members if not waiting[node]]
    for node in found:
        for u in above[node]:
            if u in waiting:
                waiting[u] -= 1
                if not waiting[u]:
                    found.append(u)
    return found


def _pull(
    members: list[int], above: list[list[int]], below: list[list[int]], columns: list[int], span: tuple[int, int],
    most: int,
) -> None:  # fmt: skip
    """
    Move things towards what they need where that makes lines shorter.

    Lines to one node run together: all that lead to a thing are one, and those to what many need cost a part each.
    """
    n_in = [0] * (span[1] - span[0])
    for node in members:
        n_in[columns[node] - span[0]] += 1
    for node in sorted(members, key=lambda each: (-columns[each], each)):
        if bool(above[node]) >= math.fsum(1 / len(above[v]) for v in below[node]):
            continue
        last = min([columns[v] for v in below[node] if v != node] + [span[1]]) - 1
        for column in range(min(last, span[1] - 1), columns[node], -1):
            if n_in[column - span[0]] < most:
                n_in[columns[node] - span[0]] -= 1
                n_in[column - span[0]] += 1
                columns[node] = column
                break


def _neighbours(n: int, pairs: Sequence[Pair]) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(n)]
    for u, v in pairs:
        found[u].append(v)
    return found
