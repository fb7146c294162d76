"""
All shapes of graphs: the directed acyclic graphs of k nodes, one of each kind.

A shape is written "k.i": the i-th of k nodes, from 0. There are 1, 2, 6, 31 and 302 for k = 1 … 5.
"""

import itertools
from functools import cache
from typing import TypeAlias

Shape: TypeAlias = tuple[tuple[int, ...], ...]
"""For each node the earlier nodes that it needs."""


@cache
def shapes(k: int) -> tuple[Shape, ...]:
    """Return one graph of *k* nodes of each kind, always in the same order."""
    found: dict[tuple[tuple[int, int], ...], Shape] = {}
    pairs = [(low, high) for high in range(k) for low in range(high)]
    for chosen in itertools.product((False, True), repeat=len(pairs)):
        edges = [pair for pair, is_in in zip(pairs, chosen, strict=True) if is_in]
        found.setdefault(_canonical(k, edges), _shape(k, edges))
    return tuple(found.values())


def shape(text: str) -> Shape:
    """
    Return the shape written *text*.

    Raises:
        ValueError: there is none.
    """
    k, _, i = text.partition(".")
    known = shapes(int(k))
    if not 0 <= int(i) < len(known):
        raise ValueError(f"there are {len(known)} shapes of {k} nodes; not {text}")
    return known[int(i)]


def _shape(k: int, edges: list[tuple[int, int]]) -> Shape:
    return tuple(tuple(low for low, high in edges if high == node) for node in range(k))


def _canonical(k: int, edges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return min(tuple(sorted((p[low], p[high]) for low, high in edges)) for p in itertools.permutations(range(k)))


if __name__ == "__main__":
    print([len(shapes(k)) for k in range(1, 6)])
