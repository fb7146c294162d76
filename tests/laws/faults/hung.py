"""Singles of openings that hang, and obey a cancellation or not, when their container closes or their start is off."""

from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext, suppress
from typing import Any

from tenure import Container, resource
from tenure.errors import CloseError, ContainerClosedError, ResourceTimeoutError, closing_errors
from tenure.lifecycle.backends import current
from tests.laws.faults.singles import WITH_TASKS, Log, Single, opened
from tests.laws.faults.uses import World

LIMIT_S = 5.0
OPENS_AFTER_S = 100.0


def hanging(log: Log, is_stubborn: bool) -> Callable[[], AsyncIterator[str]]:
    """Return what hangs while it opens: until it is cancelled, or whoever cancels for `OPENS_AFTER_S`."""

    async def hung() -> AsyncIterator[str]:
        ends_at = current().now() + OPENS_AFTER_S
        log.steps.append("begin H")
        while current().now() < ends_at:
            try:
                with current().shield() if is_stubborn else nullcontext():
                    await current().sleep(ends_at - current().now())
            except BaseException as error:
                if is_stubborn and current().is_cancellation(error):
                    continue
                log.steps.append("undo H")
                raise
        log.steps.append("open H")
        try:
            yield "H"
        finally:
            log.steps.append("close H")

    return hung


def at_the_close(is_stubborn: bool) -> Single:
    """Return the single in which a container closes while somebody waits for what hangs."""

    async def code(world: World, log: Log) -> None:
        container = Container(close_timeout=LIMIT_S)
        container.bind("A", resource(scope="singleton")(opened(world, log, "A", "A")))
        container.bind("H", resource(scope="singleton")(hanging(log, is_stubborn)))
        await world.get(container, "A")
        told: list[BaseException] = []

        async def ask() -> None:
            with suppress(ContainerClosedError):
                await world.get(container, "H")
                log.broken.append("who waited got what hangs")

        async def close() -> None:
            while "begin H" not in log.steps:
                await world.pause()
            began = current().now()
            try:
                await container.aclose()
            except CloseError as error:
                told.extend(error.exceptions)
            taken = current().now() - began
            log.unless(taken <= 2 * LIMIT_S + 1, f"the close took {taken} s")

        await world.together([ask, close])
        log.expect("open A", "begin H", *([] if is_stubborn else ["undo H"]), "close A")
        _named(log, told)
        await _opened_late(log, is_stubborn)

    return Single("L37", code, WITH_TASKS)


def in_a_start(is_stubborn: bool) -> Single:
    """Return the single in which a start fails while something in it hangs."""

    async def code(world: World, log: Log) -> None:
        container = Container(close_timeout=LIMIT_S)
        failed: list[BaseException] = []

        async def fails() -> AsyncIterator[None]:
            while "begin H" not in log.steps:
                await world.pause()
            raise ValueError("fails")
            yield

        container.bind("A", resource(scope="singleton")(opened(world, log, "A", "A")))
        container.bind("H", resource(scope="singleton")(hanging(log, is_stubborn)))
        container.bind("F", resource(scope="singleton")(fails))
        began = current().now()
        try:
            await container.start()
        except ValueError as error:
            failed.extend(closing_errors(error))
        taken = current().now() - began
        log.unless(taken <= 2 * LIMIT_S + 1, f"the start took {taken} s")
        log.unless("close A" in log.steps, "what the start had opened is open")
        log.unless(is_stubborn or "undo H" in log.steps, "what hangs was not cancelled")
        _named(log, failed)
        log.steps.clear()
        await _opened_late(log, is_stubborn)
        await container.aclose()
        log.expect(*(["open H", "close H"] if is_stubborn else []))

    return Single("L60", code, WITH_TASKS)


def _named(log: Log, errors: list[Any]) -> None:
    labels = [error.label for error in errors if isinstance(error, ResourceTimeoutError)]
    log.unless(labels == ["'H'"], f"named were {labels}, of {errors}")


async def _opened_late(log: Log, is_stubborn: bool) -> None:
    """Wait until what did not end has opened: it is closed again at once."""
    if is_stubborn:
        await current().sleep(OPENS_AFTER_S)
        log.unless(log.steps[-2:] == ["open H", "close H"], f"what opened late is kept: {log.steps}")


HUNG = {
    "hangs-at-the-close": at_the_close(is_stubborn=False),
    "hangs-on-at-the-close": at_the_close(is_stubborn=True),
    "hangs-in-a-start": in_a_start(is_stubborn=False),
    "hangs-on-in-a-start": in_a_start(is_stubborn=True),
}
"""By name."""
