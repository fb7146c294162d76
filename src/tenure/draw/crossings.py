"""
The order within columns: few lines cross.

Sweeps to and fro that put everything at the barycentre or the median of its neighbours (Sugiyama, Tagawa and Toda
1981; Gansner and others 1993), then sifting as long as it helps (Matuszewski and others 1999). Counting takes
O(m log n) (Barth, Juenger and Mutzel 2002). Deterministic: what is equal stays in the order it had.
"""

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence

from tenure.draw.chains import Chains

_N_SWEEPS = 24
_N_ROUNDS = 4
"""How often at most everything is sifted; most graphs need two or three rounds."""
_LEAST_FAR, _MOST_FAR, _MOST_MOVES = 5, 80, 120_000
"""How many places something is moved at most, and how many such moves are looked at: large graphs take no longer."""


def ordered(chains: Chains, n_nodes: int) -> list[list[int]]:
    """Return for each column what stands in it, from the top down."""
    best = _first(chains, n_nodes)
    place = _places(best, len(chains.columns))
    least = n_crossings(best, chains)
    order = [list(column) for column in best]
    for sweep in range(_N_SWEEPS):
        if not least:
            break
        _sweep(order, chains, place, sweep)
        found = n_crossings(order, chains)
        if found < least:
            best, least = [list(column) for column in order], found
    place = _places(best, len(chains.columns))
    if least:
        _sift(best, chains, place)
    return best


def n_crossings(order: Sequence[Sequence[int]], chains: Chains) -> int:
    """Return how many pairs of lines cross."""
    place = _places(order, len(chains.columns))
    total = 0
    for column in order:
        seen: list[int] = []
        for node in column:
            ends = sorted([place[other] for other in chains.right[node]])
            total += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _first(chains: Chains, n_nodes: int) -> list[list[int]]:
    """Depth first from what nobody needs on, so that what belongs together stands together."""
    order: list[list[int]] = [[] for _ in range(max(chains.columns, default=-1) + 1)]
    met = [False] * len(chains.columns)
    roots = sorted(range(n_nodes), key=lambda node: (bool(chains.left[node]), not chains.right[node], node))
    for root in roots:
        stack = [root]
        while stack:
            node = stack.pop()
            if not met[node]:
                met[node] = True
                order[chains.columns[node]].append(node)
                stack += reversed(chains.right[node])
    return order


def _places(order: Sequence[Sequence[int]], n: int) -> list[int]:
    place = [0] * n
    for column in order:
        for number, node in enumerate(column):
            place[node] = number
    return place


def _sweep(order: list[list[int]], chains: Chains, place: list[int], number: int) -> None:
    """Sort each column by where its neighbours on one side are; what is equal changes places now and then."""
    rightwards, by_median, turns = number % 2 == 0, number % 4 > 1, number % 3 == 1
    sides = chains.left if rightwards else chains.right
    for column in order if rightwards else reversed(order):
        wanted = {node: _wanted(sides[node], place, by_median=by_median) for node in column}
        movable = [node for node in (reversed(column) if turns else column) if wanted[node] is not None]
        following = iter(sorted(movable, key=lambda node: wanted[node] or 0.0))
        # what has no neighbour there keeps its place
        column[:] = [node if wanted[node] is None else next(following) for node in column]
        for at, node in enumerate(column):
            place[node] = at


def _wanted(neighbours: Sequence[int], place: Sequence[int], *, by_median: bool) -> float | None:
    if not neighbours:
        return None
    if not by_median:
        return sum(place[other] for other in neighbours) / len(neighbours)
    places = sorted([place[other] for other in neighbours])
    return (places[(len(places) - 1) // 2] + places[len(places) // 2]) / 2


def _sift(order: list[list[int]], chains: Chains, place: list[int]) -> None:
    """Move each to the place in its column where least lines cross, as long as that helps."""
    far = min(max(_MOST_MOVES // len(place), _LEAST_FAR), _MOST_FAR)
    for _ in range(_N_ROUNDS):
        is_better = False
        for column in order:
            # what stands in this column does not change where its neighbours stand in theirs
            ends = {
                node: [sorted([place[other] for other in side[node]]) for side in (chains.left, chains.right)]
                for node in column
            }
            for node in sorted(column, key=lambda each: -len(ends[each][0]) - len(ends[each][1])):
                at = place[node]
                to = _best_place(column, at, ends, far)
                if to != at:
                    column.insert(to, column.pop(at))
                    for number in range(min(at, to), max(at, to) + 1):
                        place[column[number]] = number
                    is_better = True
        if not is_better:
            break


def _best_place(column: Sequence[int], at: int, ends: Mapping[int, Sequence[Sequence[int]]], far: int) -> int:
    """Return where what stands at *at* would have its lines cross least, its own place if nowhere less."""
    left, right = ends[column[at]]
    best, least = at, 0
    for to, step in ((max(at - far, 0) - 1, -1), (min(at + far, len(column) - 1) + 1, 1)):
        change = 0
        for number in range(at + step, to, step):
            other_left, other_right = ends[column[number]]
            change += step * (_gained(left, other_left) + _gained(right, other_right))
            if change < least:
                best, least = number, change
    return best


def _gained(mine: Sequence[int], other: Sequence[int]) -> int:
    """Return how many more lines cross where what ends at *mine* stands below what ends at *other*, both sorted."""
    if not mine or not other:
        return 0
    if mine[-1] < other[0]:
        return len(mine) * len(other)
    if mine[0] > other[-1]:
        return -len(mine) * len(other)
    return sum([(end < each) - (end > each) for end in mine for each in other])
