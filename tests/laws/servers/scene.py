"""Which scenes there are: what each checks, and where it can be played."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.laws.servers.stage import Stage

Play: TypeAlias = Callable[[Stage], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that happens between a server and a container."""

    name: str
    play: Play
    laws: tuple[str, ...]
    """What it checks beside what every trace is checked for."""
    worlds: tuple[str, ...]
    """Names of the worlds where it can be played; the others may lack tasks and time limits."""

    def fits(self, client: Any, backend: str) -> bool:
        """Tell whether it can be played by the class *client* on *backend*."""
        return backend in client.backends and backend in self.worlds


SCENES: dict[str, Scene] = {}
"""By name, in the order of the files."""


ASYNC = ("asyncio", "uvloop", "trio")


def scene(*laws: str, worlds: tuple[str, ...] = ("sync", *ASYNC)) -> Callable[[Play], Play]:
    """Enter the decorated function as a scene, under its name with hyphens."""

    def enter(play: Play) -> Play:
        name = play.__name__.replace("_", "-")
        SCENES[name] = Scene(name, play, laws, worlds)
        return play

    return enter
