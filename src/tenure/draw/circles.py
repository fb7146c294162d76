"""Who needs himself, by way of others: the strongly connected parts of a graph (Kosaraju, without recursion)."""

from collections.abc import Iterable, Iterator, Sequence

Links = Sequence[tuple[str, str]]


def in_circles(ids: Sequence[str], links: Links) -> dict[str, str]:
    """
    Return, for each of *ids* that is part of a circle, an id that is the same for all parts of it. O(n + m).

    Args:
        ids: of nodes.
        links: pairs of ids, who needs whom.
    """
    below, above = _neighbours(ids, links), _neighbours(ids, [(target, source) for source, target in links])
    finished = list(_walk(ids, below, set()))
    met: set[str] = set()
    found: dict[str, str] = {}
    for root in reversed(finished):
        members = list(_walk([root], above, met))
        if len(members) > 1 or root in below[root]:
            found.update(dict.fromkeys(members, root))
    return found


def _walk(roots: Iterable[str], next_to: dict[str, list[str]], met: set[str]) -> Iterator[str]:
    """Go depth first through what was not *met* yet, and give each when all behind it is done."""
    for root in roots:
        stack = [(root, False)]
        while stack:
            node, is_done = stack.pop()
            if is_done:
                yield node
            elif node not in met:
                met.add(node)
                stack.append((node, True))
                stack += [(other, False) for other in next_to[node]]


def _neighbours(ids: Sequence[str], links: Links) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {id_: [] for id_ in ids}
    for source, target in links:
        found[source].append(target)
    return found
