"""`python -m tests.pictures [NAME …]`: make the pictures of the documents anew, by the programs that they show."""

import argparse
import asyncio
import sys
from pathlib import Path

from tests.pictures.table import PICTURES

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


def main() -> int:
    """Make those that are named, or all; return 2 for a name that there is not."""
    parser = argparse.ArgumentParser(prog="dev.py pictures", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(PICTURES)}")
    names = parser.parse_args().names or list(PICTURES)
    unknown = [name for name in names if name not in PICTURES]
    if unknown:
        print(f"there is no picture {', '.join(unknown)}; there are {', '.join(PICTURES)}", file=sys.stderr)
        return 2
    FOLDER.mkdir(exist_ok=True)
    for name in names:
        path = FOLDER / name
        asyncio.run(PICTURES[name](path))
        print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
