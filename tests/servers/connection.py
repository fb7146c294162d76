"""A connection as handlers ask for it, and the account of who has it."""

import contextlib
from collections.abc import Iterator
from typing import Any


class StatementLimitError(Exception):
    """The server did not answer in time."""


class Connection:
    """
    What a pool lends.

    Args:
        raw: the connection of the client library.
        identity: what the server calls it, as text.
    """

    def __init__(self, raw: Any, identity: Any) -> None:
        self.raw = raw
        self.identity = str(identity)
        self.holder: str | None = None

    @contextlib.contextmanager
    def held(self, tag: str, account: Any) -> Iterator[None]:
        """Say that the request *tag* has it; it is wrong where another one does."""
        if self.holder is not None:
            account.is_wrong(f"{tag} was given the connection {self.identity}, which {self.holder} has")
        self.holder = tag
        try:
            yield
        finally:
            self.holder = None

    def compare(self, answer: tuple[Any, Any], tag: str, account: Any) -> None:
        """Look whether *answer*, the identity and the tag that the server gave, belongs to *tag* on this connection."""
        if (str(answer[0]), answer[1]) != (self.identity, tag):
            account.is_wrong(f"{tag} on {self.identity} was answered {answer!r}")
