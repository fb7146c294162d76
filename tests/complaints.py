"""What a program that was run with `-X dev -W error` complains of, on stderr."""

import re

_SLOW = re.compile(r"^Executing <.* took [\d.]+ seconds\n", re.MULTILINE)
"""asyncio's, of a callback of more than 0.1 s: so it is said of any program where the machine is busy enough."""


def complaints(stderr: str) -> str:
    """Return *stderr* without what it says of the machine alone; "" where nothing is wrong."""
    return _SLOW.sub("", stderr)
