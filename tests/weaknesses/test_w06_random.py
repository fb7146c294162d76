"""W3 to W6 on random programs: whatever fails, nothing is left open and no error is lost."""

import random

import pytest

from tests.weaknesses.support import Holds, contrast, done, leaves, live, opening, opening_async

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
