"""W3: a start that fails leaves open what it had opened."""

import pytest

from tests.weaknesses.support import contrast, done, live, opening, opening_async


def chain(library, log, fails):
    """`b`, whose opening fails as long as there is an error in *fails*, needs `a`."""
    a = library.resource(opening(log, "a"))
    return library.container(a=a, b=library.resource(opening(log, "b", fails=fails), a))


@contrast(theirs=["+a", "!b"], ours=["+a", "!b", "-a"])
def test_a_failed_start_closes_what_it_opened(library):
    """W3, L4: what a failed start had opened is closed before the error leaves."""
    log = []
    container = chain(library, log, [RuntimeError("boom")])

    with pytest.raises(RuntimeError, match="boom"):
        container.init_resources()
    seen = list(log)
    container.shutdown_resources()
    return seen


@contrast(theirs=["+a", "!b", "+b"], ours=["+a", "!b", "-a", "+a", "+b"])
def test_a_failed_start_can_be_repeated(library):
    """W3, L4, L7: the next start begins from nothing."""
    log = []
    container = chain(library, log, [RuntimeError("boom")])

    with pytest.raises(RuntimeError, match="boom"):
        container.init_resources()
    container.init_resources()
    seen = list(log)
    container.shutdown_resources()
    return seen


@contrast(theirs=True, ours=False)
def test_a_failed_start_leaves_nothing_initialized(library):
    """W3, L4: after a failed start the container is as it was before."""
    container = chain(library, [], [RuntimeError("boom")])

    with pytest.raises(RuntimeError, match="boom"):
        container.init_resources()
    return container.a.initialized


@contrast(theirs=["a"], ours=[])
async def test_a_lifespan_that_fails_to_start_leaves_nothing_open(library):
    """W3, L4: an application whose start fails has no leaving that could close its resources."""
    log = []
    lifespan = library.module("ext.starlette").Lifespan
    a = library.resource(opening_async(log, "a"))
    container = library.container(
        a=a,
        b=library.resource(opening_async(log, "b", fails=[RuntimeError("boom")]), a),
        __self__=library.providers.Self(),
    )

    with pytest.raises(RuntimeError, match="boom"):
        async with lifespan(container)(None):
            pass
    return live(log)


@contrast(theirs=["old"], ours=["old"])
def test_what_was_open_before_a_failed_start_stays_open(library):
    """W3, L4: a start that fails closes what it opened, and nothing else."""
    log = []
    old = library.resource(opening(log, "old"))
    container = library.container(old=old, bad=library.resource(opening(log, "bad", fails=[OSError("no")]), old))
    container.old()

    with pytest.raises(OSError, match="no"):
        container.init_resources()
    left = live(log)
    container.shutdown_resources()
    return left


@contrast(theirs=["+a", "!b", "-a"], ours=["+a", "!b", "-a"])
async def test_a_failed_get_keeps_what_is_owed(library):
    """W3, L5: what a failed get had opened is still closed by the container's shutdown."""
    log = []
    container = chain(library, log, [RuntimeError("boom")])

    with pytest.raises(RuntimeError, match="boom"):
        container.b()
    await done(container.shutdown_resources())
    return log


@contrast(theirs=["inner"], ours=[])
def test_a_failed_start_closes_what_containers_inside_opened(library):
    """W3, L4: resources of nested containers are part of the start."""
    log = []
    inner = library.providers.Container(library.declare(db=library.resource(opening(log, "inner"))))
    bad = library.resource(opening(log, "bad", fails=[RuntimeError("boom")]), inner.db)
    container = library.container(inner=inner, bad=bad)

    with pytest.raises(RuntimeError, match="boom"):
        container.init_resources()
    return live(log)


@contrast(theirs=["body"], ours=["body"])
async def test_a_lifespan_opens_and_closes(library):
    """W3: a lifespan that can start opens the resources around its body."""
    log = []
    lifespan = library.module("ext.starlette").Lifespan
    container = library.container(a=library.resource(opening_async(log, "a")), __self__=library.providers.Self())

    async with lifespan(container)(None):
        log.append("body" if live(log) else "not open")
    return [entry for entry in log if "body" in entry and not live(log)]
