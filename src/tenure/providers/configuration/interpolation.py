"""Environment variables in the text of a configuration file: `${NAME}` and `${NAME:default}`."""

import re
from collections.abc import Mapping
from re import Match

_MARKER = re.compile(r"\$\{(?P<name>[^{}:\n]+)(?::(?P<default>[^}\n]*))?\}")


def interpolated(text: str, variables: Mapping[str, str], *, required: bool) -> str:
    """
    Return *text* with the values of *variables* where it names them.

    A variable that is empty is defined. One that is undefined gives its default, or nothing if it has none. What
    comes in is not looked at again.

    Args:
        text: the text of a file, before it is parsed.
        variables: the environment.
        required: whether a variable without a default has to be defined.

    Raises:
        ValueError: one is required and undefined.

    >>> interpolated("${HOST}:${PORT:80}", {"HOST": "db"}, required=True)
    'db:80'
    """

    def value_of(marker: Match[str]) -> str:
        value: str | None = variables[marker["name"]] if marker["name"] in variables else marker["default"]
        if value is None and required:
            raise ValueError(f'Missing required environment variable "{marker["name"]}"')
        return value or ""

    return _MARKER.sub(value_of, text)
