"""Driver G: real servers, killed, frozen, full and started again at every phase, and asked what they saw."""

import contextlib
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import LAWS, Violation
from tests.laws.servers.clients import CLIENTS, client_for
from tests.laws.servers.scene import SCENES, Scene
from tests.laws.servers.scenes import cancelled, frozen, killed, limited, processes, requests
from tests.laws.servers.stage import Stage
from tests.laws.servers.worlds import WORLDS
from tests.real.running import ServerMissingError
from tests.real.started import server_of

LETTER = "G"
TITLE = "real servers"

PLAYED = (killed, frozen, cancelled, limited, requests, processes)
"""The files of scenes: importing them enters what they hold into `SCENES`."""

QUICK = (
    "G:sync:psycopg:killed-before-use",
    "G:sync:redis-py:killed-in-release",
    "G:sync:psycopg:commit-or-roll-back",
    "G:sync:redis-py:limit-reached",
    "G:asyncio:psycopg:frozen-at-the-end",
    "G:asyncio:asyncpg:limit-reached-by-a-start",
    "G:asyncio:redis-py:frozen-opening",
    "G:uvloop:asyncpg:closed-under-load",
    "G:sync:psycopg:cut-off-while-it-ends",
    "G:asyncio:redis-py:cut-off-and-killed",
    "G:trio:wire-postgres:cancelled-in-release",
    "G:trio:wire-redis:tried-until-it-is-up",
)


def cases(full: bool) -> Iterator[str]:
    """Give every case; without *full*, those of `QUICK`."""
    if not full:
        yield from QUICK
        return
    for client in CLIENTS:
        for backend in client.backends:
            for scene in SCENES.values():
                if scene.fits(client, backend):
                    yield f"{LETTER}:{backend}:{client.name}:{scene.name}"


def run(case: str) -> Outcome:
    """
    Play *case*, with servers that are started by the first case that needs them and end with the process.

    Where its server or client is not to be had, that is said once on standard error, and the outcome stands for no run.

    Raises:
        ValueError: it is no case of this driver.
    """
    try:
        backend, client, scene = _parsed(case)
        server = server_of(client.server)
    except ServerMissingError as missing:
        _say(f"driver {LETTER} leaves out cases: {missing}")
        return Outcome(case.split(":")[1], (), n_runs=0)
    server.clear()
    stage = Stage(WORLDS[backend](), client, server)
    try:
        with _listening(stage):
            stage.world.run(lambda: _played(scene, stage))
    except Exception as error:
        stage.found.append(Violation(scene.laws[0], f"the scene ended with {error!r}"))
    finally:
        stage.calm()
        server.thaw()
    found = [Violation(each.law, each.text, case) for each in stage.verdict()]
    return Outcome(backend, tuple(dict.fromkeys((*LAWS, *scene.laws))), violations=found)


@contextlib.contextmanager
def _listening(stage: Stage) -> Iterator[None]:
    """Take note of errors and warnings that reach nobody."""
    before = sys.unraisablehook
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", ResourceWarning)
        warnings.filterwarnings("always", "coroutine .* was never awaited")
        sys.unraisablehook = lambda told: stage.late(told.exc_value) if told.exc_value is not None else None
        try:
            yield
        finally:
            sys.unraisablehook = before
    for each in warned:
        stage.require(False, "L29", f"warned: {each.message}")


async def _played(scene: Scene, stage: Stage) -> None:
    try:
        await scene.play(stage)
    finally:
        await stage.settle()


def _parsed(case: str) -> tuple[str, Any, Scene]:
    letter, _, rest = case.partition(":")
    backend, client, name = [*rest.split(":"), "", "", ""][:3]
    scene = SCENES.get(name)
    if letter != LETTER or scene is None or backend not in WORLDS:
        raise ValueError(f"no case of driver {LETTER}: {case!r}")
    return backend, client_for(backend, client), scene


@cache
def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
