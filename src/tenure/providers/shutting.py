"""Shut resources down: at once where nothing has to be awaited."""

from collections.abc import Awaitable, Collection
from typing import Any

from tenure.errors import CloseError
from tenure.providers.pending import Done, Pending
from tenure.runtime import shutting_down
from tenure.runtime.scope import Scope


def shut_down(
    engine: Any,
    scopes: Collection[Scope],
    keys: Collection[Any],
    outcome: BaseException | None = None,
    *,
    single: bool = False,
) -> Awaitable[None]:
    """
    Close what *scopes* owe for *keys*, and before it what depends on it.

    Args:
        engine: the engine of the scopes.
        scopes: where to look.
        keys: providers.
        outcome: what the closing code is shown, None for an ordinary end.
        single: whether one error is raised as it is, not in a group.

    Returns:
        An awaitable; where nothing is asynchronous everything is done already.
    """
    keys = dict.fromkeys(keys)
    if not shutting_down.needs_await(engine, scopes, keys):
        try:
            shutting_down.shut_down_sync(engine, scopes, keys, outcome)
        except CloseError as group:
            raise _error(group, single) from None
        return Done(None)

    async def begin() -> None:
        try:
            await shutting_down.shut_down_async(engine, scopes, keys, outcome)
        except CloseError as group:
            raise _error(group, single) from None

    return Pending("shutting down", begin)


def _error(group: CloseError, single: bool) -> Exception:
    return group.exceptions[0] if single and len(group.exceptions) == 1 else group
