"""A scope around what a framework does with one message, whose resources see errors that the framework answers for."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from tenure.container import Container
from tenure.hosting.outcome import Outcome

T = TypeVar("T")

_outcome: ContextVar[Outcome | None] = ContextVar("tenure_outcome", default=None)


@asynccontextmanager
async def scoped(container: Container, scope: str, values: Mapping[Any, Any]) -> AsyncIterator[Outcome]:
    """
    Hold a scope called *scope*, which is given *values*, and show it what was noted when it ends.

    Raises:
        CloseError: closing failed behind an error that was only shown.
    """
    outcome = Outcome()
    token = _outcome.set(outcome)
    try:
        async with container.resource_scope(scope, values=values):
            yield outcome
            outcome.show()
    except BaseException as error:
        if not outcome.ends(error):
            raise
    finally:
        _outcome.reset(token)


async def called(container: Container, scope: str, values: Mapping[Any, Any], call: Callable[[], Awaitable[T]]) -> T:
    """
    Return what *call* returns, or raise what it raises, in a scope of its own.

    Its resources see the first error that was noted, rather than what a framework made of it.
    """
    raised, answers = None, []
    async with scoped(container, scope, values) as outcome:
        try:
            answers.append(await call())
        except BaseException as error:  # noqa: BLE001 - raised behind the scope, which sees the first one
            outcome.note(error)
            raised = error
    if raised is not None:
        try:
            raise raised
        finally:
            del raised  # its traceback holds this frame
    return answers[0]


def note(error: BaseException) -> None:
    """Have the resources of the current message see *error*, unless they are to see an earlier one."""
    outcome = _outcome.get()
    if outcome is not None:
        outcome.note(error)


def forget() -> None:
    """Forget what was noted for the current message, which is tried again: it is the last attempt that counts."""
    outcome = _outcome.get()
    if outcome is not None:
        outcome.error = None
