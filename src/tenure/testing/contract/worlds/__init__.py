"""The worlds that checks run in; what one needs is imported when it is asked for."""

from tenure.testing.contract.worlds.base import Group, Hangs, Job, World
from tenure.testing.contract.worlds.loops import Asyncio, Uvloop
from tenure.testing.contract.worlds.plain import Sync

__all__ = ["WORLDS", "Group", "Hangs", "Job", "Sync", "World", "world"]

WORLDS = ("sync", "asyncio", "uvloop", "trio")


def world(name: str) -> World:
    """
    Return the world *name*.

    Raises:
        LookupError: there is none of that name.
        ImportError: what it runs on is not installed.
    """
    if name == "sync":
        return Sync()
    if name == "asyncio":
        return Asyncio()
    if name == "uvloop":
        import uvloop  # noqa: F401, PLC0415  # fails here, not in every check

        return Uvloop()
    if name == "trio":
        from tenure.testing.contract.worlds.trio_ import Trio  # noqa: PLC0415  # an extra

        return Trio()
    raise LookupError(f"the worlds are {', '.join(WORLDS)}; not {name!r}")
