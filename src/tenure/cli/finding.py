"""Look up what `module:name` names on the command line."""

import importlib
import sys
from pathlib import Path
from typing import Any


class Refused(Exception):  # noqa: N818 - a verdict, never seen outside
    """
    The command cannot do what it was asked to.

    Attributes:
        status: the exit status.
    """

    def __init__(self, text: str, status: int = 2) -> None:
        super().__init__(text)
        self.status: int = status


def found_at(source: str, what: str = "key") -> Any:
    """
    Import and return what *source* names, as in `app.main:container`; *what* says what it should be.

    Raises:
        Refused: there is no such thing.
        BaseException: what the module raised while it was imported.
    """
    name, colon, path = source.partition(":")
    if not (name and colon and path):
        raise Refused(f"{source!r} does not say where the {what} is; say it as module:{what}")
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # a console script does not look where it is run
    try:
        found: Any = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name == error.name or name.startswith(f"{error.name}.")):
            raise
        raise Refused(f"there is no module {error.name!r}") from None
    for attribute in path.split("."):
        if not hasattr(found, attribute):
            raise Refused(f"{source!r}: {attribute!r} is not there")
        found = getattr(found, attribute)
    return found
