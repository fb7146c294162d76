"""
The order of closing: the reverse of opening, corrected by needs.

They count where something was opened after what depends on it (L18).
"""

from collections.abc import Sequence

from tenure.lifecycle.exits import Exit


def in_closing_order(exits: Sequence[Exit]) -> list[Exit]:
    """
    Return *exits*, given in order of opening, in the order in which they must be closed.

    Every exit comes before those that it needs; otherwise the last opened comes first. O(n + needs).
    """
    dependents: dict[int, list[Exit]] = {}
    for exit_ in exits:
        for need in exit_.needs:
            dependents.setdefault(need.number, []).append(exit_)
    ordered: dict[int, Exit] = {}
    for last in reversed(exits):
        stack = [last]
        while stack:
            top = stack[-1]
            waiting = [d for d in dependents.pop(top.number, ()) if d.number not in ordered]
            if waiting:
                stack.extend(waiting)
            else:
                stack.pop()
                ordered.setdefault(top.number, top)
    return list(ordered.values())
