"""
Run hot paths, telling callgrind where each begins and ends.

    valgrind --tool=callgrind --dump-before=getpriority … python counting.py [WORD]

Callgrind writes what it has counted so far, and begins again at nought, whenever the process calls `getpriority`, which
nothing else here does. So one process counts all paths, and the start of Python is in a part that nobody looks at.
Prints a line of JSON for every second part, in their order: path, side, number of turns.
"""

import gc
import json
import os
import sys

from paths import PATHS

SIDES = ("ours", "by_hand")


def mark() -> None:
    """Make callgrind write a part and begin another."""
    os.getpriority(os.PRIO_PROCESS, 0)


def main(word: str) -> None:
    """Count the paths whose name holds *word*: each side for few turns, then for many."""
    for path in PATHS:
        if word not in path.name:
            continue
        for side in SIDES:
            turns = getattr(path, side)
            for _ in range(2):
                turns(path.few)  # what is compiled, specialised or cached once is no part of a turn
            for n in (path.few, path.many):
                gc.collect()
                gc.freeze()  # collections look at what the turns leave behind and at nothing else
                mark()
                turns(n)
                mark()
                print(json.dumps([path.name, side, n]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:] or [""])
