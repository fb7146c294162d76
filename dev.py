#!/usr/bin/env python3
"""
The commands of a developer: `python3 dev.py demo`, `test`, `check`, `bench`, `instructions`, `laws`, `servers`, `docs`.

Needs nothing but a Python with pip. This file stays readable for old Pythons, so that they can say what is missing;
what the commands do is in `tools/`.
"""

import sys

OLDEST = (3, 11)


def main():
    """Run one command and return its exit code; 2 where this Python is too old."""
    if sys.version_info < OLDEST:
        found, needed = "%d.%d" % sys.version_info[:2], "%d.%d" % OLDEST  # noqa: UP031  # old Pythons read this line
        sys.stderr.write("Tenure needs Python %s or newer; this is Python %s.\n" % (needed, found))  # noqa: UP031  # same
        sys.stderr.write("Run it by a newer one, for example: python%s dev.py %s\n" % (needed, " ".join(sys.argv[1:])))  # noqa: UP031  # same
        return 2
    from tools import commands  # noqa: PLC0415  # reads as new Python only

    return commands.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
