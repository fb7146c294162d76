"""W4: an asynchronous start that fails leaves siblings behind, which go on opening."""

import asyncio

from tests.weaknesses.support import contrast, done, leaves, live, opening_async, turns


async def attempt(log, act):
    """Do *act*; write down that it raised, and give what there is to read about it."""
    try:
        await done(act())
    except Exception as error:
        log.append("raised")
        return " ".join([*leaves(error), *getattr(error, "__notes__", [])])
    return ""


def slow_and_bad(library, log, gate):
    """`bad` fails at once, `slow` opens when *gate* is set."""
    return library.container(
        slow=library.resource(opening_async(log, "slow", gate=gate)),
        bad=library.resource(opening_async(log, "bad", fails=[RuntimeError("boom bad")])),
    )


def bad_and_worse(library, log, gate):
    """`bad` fails at once, `worse` when *gate* is set."""
    return library.container(
        worse=library.resource(opening_async(log, "worse", gate=gate, fails=[RuntimeError("boom worse")])),
        bad=library.resource(opening_async(log, "bad", fails=[RuntimeError("boom bad")])),
    )


async def through_gate(log, gate, work):
    """Start *work*, let it get as far as it can, set *gate*; what *work* gives."""
    task = asyncio.create_task(work)
    await turns()
    log.append("gate")
    gate.set()
    result = await task
    await turns()
    return result


@contrast(theirs=["raised", "gate", "+slow"], ours=["gate", "+slow", "-slow", "raised"])
async def test_nothing_opens_after_a_start_has_failed(library):
    """W4, L64: what was under way when a start failed has ended, and is closed, before the error leaves."""
    log, gate = [], asyncio.Event()
    container = slow_and_bad(library, log, gate)

    await through_gate(log, gate, attempt(log, container.init_resources))
    return [entry for entry in log if entry in {"raised", "gate", "+slow", "-slow"}]


@contrast(theirs=["slow"], ours=[])
async def test_a_failed_asynchronous_start_leaves_nothing_open(library):
    """W4, L4: nothing of a failed start is open once all tasks have come to rest."""
    log, gate = [], asyncio.Event()
    container = slow_and_bad(library, log, gate)

    await through_gate(log, gate, attempt(log, container.init_resources))
    return live(log)


@contrast(theirs=(True, False), ours=(True, True))
async def test_every_error_of_a_start_is_told(library):
    """W4, L25: a start in which two openings fail tells of both; the first error leaves as itself."""
    log, gate = [], asyncio.Event()
    container = bad_and_worse(library, log, gate)

    told = await through_gate(log, gate, attempt(log, container.init_resources))
    return told.startswith("boom bad"), "boom worse" in told


@contrast(theirs="boom worse", ours="")
async def test_a_shutdown_after_a_failed_start_does_not_raise_errors_of_the_start(library):
    """W4, L4, L29: an opening's error belongs to the start, not to a later shutdown."""
    log, gate = [], asyncio.Event()
    container = bad_and_worse(library, log, gate)

    async def start_and_stop():
        await attempt(log, container.init_resources)
        return await attempt(log, container.shutdown_resources)

    return await through_gate(log, gate, start_and_stop())
