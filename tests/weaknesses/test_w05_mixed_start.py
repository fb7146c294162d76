"""W5: a synchronous failure leaves asynchronous openings behind as orphans."""

import asyncio

from tests.weaknesses.support import Holds, contrast, done, live, opening, opening_async, turns

CONTAINERS = 20  # all kept alive: what dependency-injector begins before the failure depends on addresses


async def failed_start(library, log, kept, gate=None):
    """Start a container of eight asynchronous resources and one synchronous that fails; give the container."""
    bad = library.resource(opening(log, "bad", fails=[RuntimeError("boom")]))
    others = {f"a{number}": library.resource(opening_async(log, f"a{number}", gate=gate)) for number in range(8)}
    container = library.container(**others, bad=bad)
    kept.append((container, [object() for _ in range(len(kept))]))
    try:
        await done(container.init_resources())
    except RuntimeError:
        log.append("raised")
    return container


@contrast(theirs=Holds(lambda orphans: orphans > 0, "some orphans"), ours=0)
async def test_a_synchronous_failure_leaves_no_orphans(library):
    """W5, L4: nothing is open, and nothing opens later, once a start has failed."""
    kept, logs = [], []
    for _ in range(CONTAINERS):
        logs.append([])
        await failed_start(library, logs[-1], kept)
    await turns()
    return sum(len(live(log)) for log in logs)


@contrast(theirs=Holds(lambda late: late > 0, "some began later"), ours=0)
async def test_nothing_begins_to_open_after_a_synchronous_failure(library):
    """W5, L64: after the first failure nothing more begins."""
    kept, logs = [], []
    for _ in range(CONTAINERS):
        logs.append([])
        await failed_start(library, logs[-1], kept)
    await turns()
    return sum(entry.startswith(">") for log in logs for entry in log[log.index("raised") :])


@contrast(theirs=Holds(lambda left: left > 0, "tasks left"), ours=0)
async def test_no_task_is_left_after_a_synchronous_failure(library):
    """W5, L40: a start that failed leaves no task behind."""
    kept = []
    before = asyncio.all_tasks()
    for _ in range(CONTAINERS):
        await failed_start(library, [], kept)
    return len(asyncio.all_tasks() - before)
