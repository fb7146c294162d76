"""W3 to W6 on random programs: whatever fails, nothing is left open and no error is lost."""

import asyncio
import random

import pytest

from tests.weaknesses.support import Holds, Thing, contrast, done, leaves, live, opening, opening_async, turns

PROGRAMS = 60
NODES = 6
KINDS = {"synchronous": [opening], "asynchronous": [opening_async], "mixed": [opening, opening_async]}


def random_container(library, draw, log, kinds, faults):
    """A container of resources with lists between them; *faults* gives, by name, the options of what fails."""
    nodes = {}
    for number in range(NODES):
        needed = draw.sample(list(nodes.values()), k=min(len(nodes), draw.randrange(3)))
        opens = draw.choice(kinds)(log, f"n{number}", **faults.get(f"n{number}", {}))
        nodes[f"n{number}"] = library.resource(opens, *needed)
    names = list(nodes)
    draw.shuffle(names)
    return library.container(**{name: nodes[name] for name in names})


async def errors_of(act):
    try:
        await done(act())
    except Exception as error:
        return leaves(error)
    return []


@pytest.mark.parametrize("kind", KINDS)
@contrast(theirs=Holds(lambda leaks: leaks > 0, "some left open"), ours=0)
async def test_random_failed_starts_leave_nothing_open(library, kind):
    """W3, W4, W5, L4: whichever opening fails, nothing is open once the start has failed."""
    kept, leaks = [], 0
    for seed in range(PROGRAMS):
        draw, log = random.Random(seed), []
        faults = {f"n{draw.randrange(NODES)}": {"fails": [RuntimeError("boom")]}}
        kept.append(random_container(library, draw, log, KINDS[kind], faults))
        raised = await errors_of(kept[-1].init_resources)
        assert raised == ["boom"]
        leaks += len(live(log))
    return leaks


@pytest.mark.parametrize("kind", KINDS)
@contrast(theirs=Holds(lambda leaks: leaks > 0, "some left open"), ours=0)
async def test_random_failed_shutdowns_leave_nothing_open(library, kind):
    """W6, L10: whichever closings fail, everything is closed by one shutdown."""
    kept, leaks = [], 0
    for seed in range(PROGRAMS):
        draw, log = random.Random(seed), []
        failing = draw.sample(range(NODES), k=2)
        faults = {f"n{number}": {"fails_closing": RuntimeError(str(number))} for number in failing}
        kept.append(random_container(library, draw, log, KINDS[kind], faults))
        await done(kept[-1].init_resources())
        await errors_of(kept[-1].shutdown_resources)
        leaks += len(live(log))
    return leaks


@pytest.mark.parametrize("kind", KINDS)
@contrast(theirs=Holds(lambda lost: lost > 0, "some lost"), ours=0)
async def test_random_failed_shutdowns_tell_every_error(library, kind):
    """W6, L23: a shutdown raises exactly the errors that closing raised."""
    kept, lost = [], 0
    for seed in range(PROGRAMS):
        draw = random.Random(seed)
        failing = draw.sample(range(NODES), k=2)
        faults = {f"n{number}": {"fails_closing": RuntimeError(str(number))} for number in failing}
        kept.append(random_container(library, draw, [], KINDS[kind], faults))
        await done(kept[-1].init_resources())
        raised = await errors_of(kept[-1].shutdown_resources)
        lost += sorted(raised) != sorted(map(str, failing))
    return lost


@contrast(theirs=Holds(lambda leaks: leaks > 0, "some left open"), ours=0)
async def test_random_failed_starts_side_by_side_leave_nothing_open(library):
    """W4, L4, L18: two starts at the same time, one of which fails: nothing is lost, nothing closes too early."""
    kept, leaks = [], 0
    for seed in range(2 * PROGRAMS):
        draw, log = random.Random(seed), []
        nodes, failing = {}, f"n{draw.randrange(NODES)}"
        for number in range(NODES):
            name = f"n{number}"
            needs = draw.sample(list(nodes.values()), k=min(len(nodes), draw.randrange(3)))
            fails = [RuntimeError("boom")] if name == failing else []
            nodes[name] = library.resource(careful(log, name, draw.randrange(4), fails), *needs)
        kept.append(library.container(**nodes))
        await asyncio.gather(*(later(draw.randrange(9), kept[-1].init_resources) for _ in range(2)))
        await errors_of(kept[-1].shutdown_resources)
        leaks += len(live(log)) + log.count("too early")
    return leaks


async def later(pause, act):
    await turns(pause)
    return await errors_of(act)


def careful(log, name, pause, fails):
    """An async generator function that says "too early" where what it was given is closed before itself."""

    async def opens(*needs):
        await turns(pause)
        if fails:
            raise fails.pop()
        thing = Thing(name)
        log.append(f"+{name}")
        try:
            yield thing
        except RuntimeError:
            close(thing, needs)
            raise
        close(thing, needs)

    def close(thing, needs):
        thing.is_open = False
        log.append(f"-{name}" if all(need.is_open for need in needs) else "too early")

    return opens
