"""W15: nested calls that close, and calls whose closing fails."""

import asyncio

from tests.weaknesses.support import contrast, done, live, opening, opening_async, outcome


@contrast(
    theirs=["+s", "outer", "inner", "-s", "outer uses False"], ours=["+s", "outer", "inner", "outer uses True", "-s"]
)
def test_an_inner_call_does_not_close_the_outer_ones(library):
    """W15, L11, #699: what the outer call uses stays open until the outer call ends."""
    log = []
    container = library.container(s=library.resource(opening(log, "s")))
    inner = library.injected(container, lambda s: log.append("inner"), s=library.closing("s"))

    def body(s):
        log.append("outer")
        inner()
        log.append(f"outer uses {s.is_open}")

    library.injected(container, body, s=library.closing("s"))()
    container.unwire()
    return log


@contrast(theirs=False, ours=True)
def test_an_inner_call_is_given_the_outer_ones(library):
    """W15, L47: an inner call shares the instance of the call around it, and leaves it open."""
    container = library.container(s=library.resource(opening([], "s")))
    inner = library.injected(container, lambda s: s, s=library.closing("s"))
    outer = library.injected(container, lambda s: inner() is s and s.is_open, s=library.closing("s"))

    shared = outer()
    container.unwire()
    return shared


@contrast(theirs=["~b", "~a", "-a", "-b"], ours=["~b", "-b", "~a", "-a"])
async def test_two_resources_of_a_call_close_in_order(library):
    """W15, L18: where `b` needs `a`, `a` begins to close when `b` has been closed."""
    log = []

    async def body(b):
        return

    def paused(name):
        """A resource whose closing takes a while: `b` longer than `a`."""

        async def opens(*_needs):
            yield name
            log.append(f"~{name}")
            for _ in range(1 if name == "a" else 5):
                await asyncio.sleep(0)
            log.append(f"-{name}")

        return opens

    a = library.resource(paused("a"))
    container = library.container(a=a, b=library.resource(paused("b"), a))
    function = library.injected(container, body, b=library.closing("b"))
    await function()
    container.unwire()
    return log


def failing_to_close(library, log):
    x = opening(log, "x", fails_closing=RuntimeError("x"))
    y = opening(log, "y", fails_closing=RuntimeError("y"))
    return library.container(x=library.resource(x), y=library.resource(y))


@contrast(theirs=["y"], ours=[])
def test_an_error_on_closing_does_not_keep_the_others_open(library):
    """W15, L24: all resources of a call are closed, although one fails to."""
    log = []
    container = failing_to_close(library, log)
    function = library.injected(container, lambda x, y: None, x=library.closing("x"), y=library.closing("y"))

    try:
        function()
    except Exception:
        log.append("raised")
    container.unwire()
    return live(log)


def body_that_fails(x):
    raise ValueError("body")


@contrast(theirs="RuntimeError", ours="ValueError")
def test_the_bodys_error_leaves_as_itself(library):
    """W15, L25: an error on closing does not take the place of the body's error."""
    container = failing_to_close(library, [])
    function = library.injected(container, lambda x: body_that_fails(x), x=library.closing("x"))

    try:
        function()
    except Exception as error:
        return type(error).__name__
    finally:
        container.unwire()


@contrast(theirs="RuntimeError", ours="ValueError")
async def test_the_bodys_error_leaves_an_asynchronous_call_as_itself(library):
    """W15, L25: an error on asynchronous closing does not take the place of the body's error."""

    async def body(x):
        raise ValueError("body")

    x = opening_async([], "x", fails_closing=RuntimeError("x"))
    container = library.container(x=library.resource(x))
    function = library.injected(container, body, x=library.closing("x"))

    result = await outcome(function())
    container.unwire()
    return result


@contrast(theirs="", ours="x")
def test_errors_on_closing_are_told_with_the_bodys(library):
    """W15, L25: the note of the body's error names the error on closing."""
    container = failing_to_close(library, [])
    function = library.injected(container, lambda x: body_that_fails(x), x=library.closing("x"))

    try:
        function()
    except Exception as error:
        notes = " ".join(getattr(error, "__notes__", []))
        return "x" if "RuntimeError" in notes and "x" in notes else notes
    finally:
        container.unwire()


@contrast(theirs=["+a", "+b", "-b", "-a"], ours=["+a", "+b", "-b", "-a"])
async def test_a_transitive_resource_of_a_call_is_closed(library):
    """W15, #633: a resource that a factory of the call needs is closed too, after what needs it."""
    log = []
    a = library.resource(opening(log, "a"))
    b = library.resource(opening(log, "b"), a)
    container = library.container(a=a, b=b, service=library.providers.Factory(list, library.providers.List(b)))
    function = library.injected(container, lambda service: None, service=library.closing("service"))

    function()
    container.unwire()
    await done(container.shutdown_resources())
    return log
