"""
Driver A: every fault at every step.

Cases are written "A:<world>:<shape>:<flavour>:<use>:<plan>", see `worlds`, `shapes`, `nodes`, `uses` and `plans`.
Plan "*" stands for every single fault, "**" for every pair; world "parity" for the same faults in every world.
"A:<world>:single:<name>" is a situation that needs no fault, see `singles`.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from tests.laws.faults.hung import HUNG
from tests.laws.faults.nodes import ASYNC_FLAVOURS, FLAVOURS, SYNC_FLAVOURS
from tests.laws.faults.odd import ODD
from tests.laws.faults.parity import PARITY_USES, compare
from tests.laws.faults.plans import parse
from tests.laws.faults.search import Search
from tests.laws.faults.sharing import SHARING
from tests.laws.faults.singles import play
from tests.laws.faults.uses import USES
from tests.laws.faults.worlds import WORLDS, has_uvloop
from tests.laws.rig.driver import Outcome
from tests.laws.rig.shapes import shape, shapes

LETTER = "A"
TITLE = "every fault at every step"

SINGLES = HUNG | ODD | SHARING
ALL_USES = tuple(USES)
PLAIN_USES = tuple(name for name, use in USES.items() if not use.waits_only)


@dataclass(frozen=True, slots=True)
class _Part:
    """
    Some of the cases: of all shapes of *sizes*, flavours and uses every *full*-th, every *quick*-th in the quick part.

    These are primes, so that no flavour or use is left out.
    """

    world: str
    sizes: tuple[int, ...]
    flavours: tuple[str, ...]
    uses: tuple[str, ...]
    plan: str
    full: int
    quick: int


PARTS = (
    _Part("sync", (1, 2, 3), SYNC_FLAVOURS, PLAIN_USES, "*", 3, 29),
    _Part("sync", (4,), SYNC_FLAVOURS, PLAIN_USES, "*", 11, 149),
    _Part("sync", (5,), SYNC_FLAVOURS, PLAIN_USES, "*", 23, 1999),
    _Part("sync", (1, 2, 3), SYNC_FLAVOURS, PLAIN_USES, "**", 5, 31),
    _Part("sync", (4,), SYNC_FLAVOURS, PLAIN_USES, "**", 31, 397),
    _Part("asyncio", (1, 2, 3), ASYNC_FLAVOURS, ALL_USES, "*", 7, 37),
    _Part("asyncio", (4,), ASYNC_FLAVOURS, ALL_USES, "*", 59, 499),
    _Part("asyncio", (1, 2, 3), SYNC_FLAVOURS, ALL_USES, "*", 11, 97),
    _Part("asyncio", (1, 2, 3), ASYNC_FLAVOURS, ALL_USES, "**", 23, 131),
    _Part("anyio", (1, 2, 3), ASYNC_FLAVOURS, ALL_USES, "*", 17, 149),
    _Part("trio", (1, 2, 3), ASYNC_FLAVOURS, ALL_USES, "*", 13, 61),
    _Part("trio", (4,), ASYNC_FLAVOURS, ALL_USES, "*", 97, 997),
    _Part("trio", (1, 2, 3), ASYNC_FLAVOURS, ALL_USES, "**", 41, 149),
    _Part("uvloop", (1, 2), ASYNC_FLAVOURS, ALL_USES, "*", 7, 53),
    _Part("parity", (1, 2, 3), SYNC_FLAVOURS, PARITY_USES, "*", 5, 53),
    _Part("parity", (4,), SYNC_FLAVOURS, PARITY_USES, "*", 59, 499),
)


def cases(full: bool) -> Iterator[str]:
    """Give every case; without *full*, the quick part."""
    for name, single in SINGLES.items():
        yield from (f"A:{world}:single:{name}" for world in single.worlds)
    for part in PARTS:
        if part.world == "uvloop" and not has_uvloop():
            continue
        texts = [f"{k}.{i}" for k in part.sizes for i in range(len(shapes(k)))]
        names = itertools.product(texts, part.flavours, part.uses)
        for text, flavour, use in itertools.islice(names, 0, None, part.full if full else part.quick):
            yield f"A:{part.world}:{text}:{flavour}:{use}:{part.plan}"


def run(case: str) -> list[Outcome]:
    """
    Run *case*.

    Raises:
        ValueError: it is no case of this driver.
    """
    letter, world_name, kind, *rest = f"{case}:::".split(":")
    if letter == LETTER and kind == "single" and rest[0] in SINGLES and world_name in SINGLES[rest[0]].worlds:
        return [play(case, SINGLES[rest[0]])]
    head, plan = _parsed(case)
    if head.startswith("A:parity:"):
        return compare(head, None if plan == "*" else [parse(plan)])
    world = WORLDS[head.split(":")[1]]()
    search = Search(world, head)

    async def single() -> None:
        await search.without()
        await search.run(parse(plan))

    try:
        world.drive({"*": search.singles, "**": search.pairs}.get(plan, single))
    finally:
        world.close()
    return search.outcomes()


def _parsed(case: str) -> tuple[str, str]:
    words = case.split(":")
    if len(words) != 6 or words[0] != LETTER:
        raise ValueError(f"{case!r} is no case of driver A: say A:sync:3.4:gen:eager:4=Fault")
    _, world, text, flavour, use, plan = words
    shape(text)
    for word, known in ((world, (*WORLDS, "parity")), (flavour, FLAVOURS), (use, USES)):
        if word not in known:
            raise ValueError(f"{word!r} in {case!r} is none of {', '.join(known)}")
    if plan not in ("*", "**"):
        parse(plan)
    return ":".join(words[:5]), plan
