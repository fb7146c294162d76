"""What the demo is told from outside: how much traffic, and how wide its pools are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The sizes of one run; every field is at least 1."""

    n_requests: int = 3000
    n_clients: int = 16
    """Clients that ask at the same time; each keeps one connection to the server alive."""
    n_connections: int = 4
    """Connections to the database."""
    n_threads: int = 6
    """Threads that do what would block the event loop."""
