"""W13: what an injected generator uses is closed before its body runs, and what is sent or thrown into it is lost."""

import contextlib

from tests.weaknesses.support import Holds, contrast, opening, opening_async


def generator(library, log, function):
    """*function*, a generator function with a parameter `conn` that is closed after the call."""
    opens = opening_async if function.__code__.co_flags & 0x200 else opening
    container = library.container(conn=library.resource(opens(log, "conn")))
    return library.injected(container, function, conn=library.closing("conn"))


@contrast(theirs=["+conn", "-conn", "one", "two"], ours=["+conn", "one", "two", "-conn"])
def test_a_generators_resource_is_open_while_it_runs(library):
    """W13, L11, #595: it is closed when the generator has finished, not before it begins."""
    log = []

    def items(conn):
        yield "one"
        yield "two"

    for item in generator(library, log, items)():
        log.append(item)  # noqa: PERF402  (one by one, between what the resource writes)
    return log


@contrast(theirs=[False, False], ours=[True, True])
def test_a_generator_uses_an_open_resource(library):
    """W13, L11: the value that the body uses is open each time."""

    def items(conn):
        yield conn.is_open
        yield conn.is_open

    return list(generator(library, [], items)())


@contrast(theirs=["+conn", "-conn", "body", "after"], ours=["+conn", "body", "after", "-conn"])
def test_a_dependency_that_yields(library):
    """W13, #671: what a web framework does with a `yield` dependency: as a context manager around the request."""
    log = []

    def dependency(conn):
        yield conn
        log.append("after")

    with contextlib.contextmanager(generator(library, log, dependency))():
        log.append("body")
    return log


@contrast(theirs=["+conn", "-conn", "one"], ours=["+conn", "one", "-conn"])
def test_a_generator_that_is_closed_early(library):
    """W13, L9: closing the generator closes its resource."""
    log = []

    class Connection:
        def __enter__(self):
            log.append("+conn")

        def __exit__(self, *outcome):
            log.append("-conn")

    def items(conn):
        yield "one"
        yield "two"

    container = library.container(conn=library.resource(Connection))
    running = library.injected(container, items, conn=library.closing("conn"))()
    log.append(next(running))
    running.close()
    return log


@contrast(theirs=["a", "got b", "returned c"], ours=["a", "got b", "returned c"])
def test_a_generator_is_sent_values(library):
    """W13: `send` and the return value work as without injection."""

    def items(conn):
        got = yield "a"
        got = yield f"got {got}"
        return f"returned {got}"

    running = generator(library, [], items)()
    seen = [next(running), running.send("b")]
    try:
        running.send("c")
    except StopIteration as stop:
        seen.append(stop.value)
    return seen


@contrast(theirs="sent None", ours="sent value")
async def test_an_async_generator_is_sent_values(library):
    """W13: `asend` reaches the body."""

    async def items(conn):
        got = yield "first"
        yield f"sent {got}"

    running = generator(library, [], items)()
    await anext(running)
    seen = await running.asend("value")
    await running.aclose()
    return seen


@contrast(theirs=Holds(lambda seen: "caught ValueError" not in seen, "not caught"), ours=["caught ValueError"])
async def test_an_error_is_thrown_into_an_async_generator(library):
    """W13: `athrow` reaches the body, as the error that it is."""
    seen = []

    async def items(conn):
        try:
            yield "first"
        except BaseException as error:
            seen.append(f"caught {type(error).__name__}")
            raise

    running = generator(library, [], items)()
    await anext(running)
    try:
        await running.athrow(ValueError("thrown"))
    except ValueError:
        pass
    return seen


@contrast(theirs=["+conn", "~conn", "-conn", "finally"], ours=["+conn", "finally", "~conn", "-conn"])
async def test_an_async_generator_ends_before_its_resource(library):
    """W13, L18: a thrown error ends the body first, and then closes what it uses."""
    log = []

    async def items(conn):
        try:
            yield "first"
        finally:
            log.append("finally")

    running = generator(library, log, items)()
    await anext(running)
    try:
        await running.athrow(ValueError("thrown"))
    except ValueError:
        pass
    await running.aclose()
    return [entry for entry in log if not entry.startswith(">")]


@contrast(theirs=["commit"], ours=["rollback"])
async def test_the_resource_of_a_generator_sees_the_error(library):
    """W7, W13, L13: an error thrown into an injected async generator rolls its resource back."""
    log = []

    async def transaction():
        try:
            yield "session"
        except ValueError:
            log.append("rollback")
            raise
        log.append("commit")

    async def dependency(session):
        yield session

    container = library.container(session=library.resource(transaction))
    function = library.injected(container, dependency, session=library.closing("session"))
    running = function()
    await anext(running)
    try:
        await running.athrow(ValueError("thrown"))
    except ValueError:
        pass
    await running.aclose()
    return log
