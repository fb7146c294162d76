"""L9 to L17: what closing promises."""

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from tenure.testing.contract.case import Case
from tenure.testing.contract.check import WITH_TASKS, check
from tenure.testing.contract.nodes import Given
from tenure.testing.contract.recorder import CLOSED, CLOSING, OPENED


@check("L9")
async def closed_once_over_all_ends(case: Case) -> None:
    """The end of a scope, a close and another close each close what they owe, once."""
    case.node("A")
    case.node("B", "A", lifetime="request")
    container = case.build()
    async with container.scope() as scope:
        await scope.get("B")
    await container.close()
    await container.close()

    case.expect_all_closed()
    case.expect_none(case.trace.twice())


@check("L9")
async def a_failed_closing_is_not_repeated(case: Case) -> None:
    """What raised while it closed is not closed again by a second close."""
    case.node("A", closes=case.failing(ValueError("A")))
    container = case.build()
    await container.get("A")
    await container.caught(container.close)
    await container.caught(container.close)

    case.expect(case.trace.count(CLOSING, "A") == 1, "one call of its closing code is all")


@check("L10")
async def everything_is_closed_although_some_fail(case: Case) -> None:
    """When the second of three fails to close, nothing is open after close has raised."""
    case.chain("A", "B", "C")
    case.node("D")
    case.bodies["B"].closes = case.failing(ValueError("B"))
    container = case.build()
    for name in "CD":
        await container.get(name)
    await container.caught(container.close)

    case.expect_all_closed()


@check("L11")
async def a_singleton_outlives_the_scope_that_asked(case: Case) -> None:
    """A singleton asked for in a scope stays open when the scope ends; what the scope owns closes then."""
    case.node("A")
    case.node("B", "A", lifetime="request")
    container = case.build()
    async with container.scope() as scope:
        await scope.get("B")
        case.expect(not case.trace.lives(CLOSING), "nothing closes while the scope is open")
    case.expect(case.trace.names(CLOSED) == "B", f"the end of a scope closes B; closed: {case.trace.names(CLOSED)}")
    await container.close()
    case.expect(case.trace.names(CLOSED) == "B A", "the close closes A")


@check("L12")
async def a_ready_made_object_is_left_alone(case: Case) -> None:
    """An object that was given is used, and never entered or closed."""
    noted = case.ready("A")
    case.node("B", "A")
    container = case.build()
    b = await container.get("B")
    await container.close()

    case.expect(isinstance(b.needs[0], case.type_of("A")), "what was given is used")
    case.expect(not noted, f"what was given is left alone; called: {', '.join(noted)}")


@check("L13")
async def a_resource_sees_the_error_of_the_body(case: Case) -> None:
    """Each resource of a scope is shown the very error that ended the body."""
    case.chain("A", "B", lifetime="request")
    container = case.build()
    error = ValueError("body")
    try:
        async with container.scope() as scope:
            await scope.get("B")
            raise error
    except ValueError:
        pass
    except BaseExceptionGroup:
        pass
    for name in "BA":
        seen = [step.error for step in case.trace.of(name, CLOSING)]
        case.expect(seen == [error], f"{name} is shown the error of the body; it saw {seen}")
    await container.close()


@check("L13")
async def a_resource_sees_no_error_where_there_was_none(case: Case) -> None:
    """On a plain end, and on close, resources are shown nothing."""
    case.node("A")
    case.node("B", lifetime="request")
    container = case.build()
    async with container.scope() as scope:
        await scope.get("A")
        await scope.get("B")
    await container.close()

    seen = [step.error for name in "AB" for step in case.trace.of(name, CLOSING)]
    case.expect(seen == [None, None], f"nothing is shown where nothing happened; they saw {seen}")


@check("L14")
async def a_swallowed_error_still_leaves(case: Case) -> None:
    """A resource that swallows the error of the body hides it neither from the caller nor from other resources."""
    case.node("A", lifetime="request")
    case.node("B", "A", lifetime="request", swallows=True)
    container = case.build()
    error = ValueError("body")
    left: BaseException | None = None
    try:
        async with container.scope() as scope:
            await scope.get("B")
            raise error
    except ValueError as raised:
        left = raised
    case.expect(left is error, "the error of the body leaves although B swallowed it")
    seen = [step.error for step in case.trace.of("A", CLOSING)]
    if any(step.error for step in case.trace.of("B", CLOSING)):
        case.expect(seen == [error], f"A is shown it too; it saw {seen}")
    await container.close()


@check("L15")
async def closing_again_does_nothing(case: Case) -> None:
    """Closing what was never used, or is closed, does nothing."""
    case.node("A")
    container = case.build()
    await container.close()
    case.expect(not case.trace.steps, "closing what was never used does nothing")
    case.trace.steps.clear()
    container = case.build()
    await container.get("A")
    for _ in range(3):
        await container.close()
    case.expect_none(case.trace.twice())


@check("L15", WITH_TASKS)
async def a_second_close_waits_for_the_first(case: Case) -> None:
    """Two closes at once: both return when everything is closed, and not before."""
    go = case.world.event()

    async def wait(life: object) -> None:
        await go.wait()

    case.node("A", closes=wait)
    container = case.build()
    await container.get("A")
    async with case.world.tasks() as tasks:
        first = tasks.start(container.close)
        await case.world.settle()
        second = tasks.start(container.close)
        await case.world.settle()
        was_done = second.is_done
        go.set()
    case.expect(second.error is None, f"the second close raises nothing; it raised {second.error!r}")
    case.expect(not was_done, "the second close waits for the first; it came back while A was closing")
    case.expect(first.error is None, f"the first close raises nothing; it raised {first.error!r}")
    case.expect(case.trace.names(CLOSED) == "A", "A is closed once")


@check("L16")
async def nothing_is_kept_alive(case: Case) -> None:
    """After close nothing but the user holds what was made: it dies without the garbage collector."""
    case.chain("A", "B")
    container = case.build()
    refs = {name: weakref.ref(await container.get(name)) for name in "BA"}
    with _no_collector():
        await container.close()
        await case.world.settle()
        held = [name for name, ref in refs.items() if ref() is not None]
    case.expect(not held, f"a closed container holds nothing it made; it holds {', '.join(held)}")


@check("L16")
async def nothing_of_a_scope_is_kept_alive(case: Case) -> None:
    """After the end of a scope nothing but the user holds what was made in it."""
    case.chain("A", "B", lifetime="request")
    container = case.build()
    refs = {}
    with _no_collector():
        async with container.scope() as scope:
            for name in "BA":
                refs[name] = weakref.ref(await scope.get(name))
        del scope
        await case.world.settle()
        held = [name for name, ref in refs.items() if ref() is not None]
    await container.close()
    case.expect(not held, f"nothing holds what an ended scope made; {', '.join(held)} live on")


@check("L17")
async def what_was_reset_is_owed_no_more(case: Case) -> None:
    """What was closed early is not closed again by the close."""
    case.node("A")
    case.node("B")
    container = case.build()
    for name in "AB":
        await container.get(name)
    await container.reset("A")
    case.expect(case.trace.names(CLOSED) == "A", "closed early means closed now, and nothing else")
    await container.close()

    case.expect(case.trace.names(CLOSED) == "A B", f"the close closes the rest; closed: {case.trace.names(CLOSED)}")


@check("L12")
async def an_override_is_left_alone(case: Case) -> None:
    """An object that stands in for a node for a while is not closed."""
    case.node("A")
    container = case.build(for_tests=True)
    noted: list[str] = []
    async with container.override("A", Given(noted)):
        await container.get("A")
    await container.close()
    case.expect(not noted, f"an object of the user's is left alone; called: {', '.join(noted)}")
    case.expect(not case.trace.lives(OPENED), "what is overridden is not opened")


@contextmanager
def _no_collector() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
