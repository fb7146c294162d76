"""A scope that is entered with all that one call asks for, whatever of it has to be awaited."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tenure.away.loop_calls import interruptible
from tenure.keys import Key
from tenure.resource_scope import ResourceScope


@asynccontextmanager
async def filled(
    scope: ResourceScope, wanted: Iterable[tuple[str, Key]], given: Mapping[str, Any]
) -> AsyncIterator[dict[str, Any]]:
    """
    Hold *scope* open, and give the keyword arguments of a call: *given*, and what is *wanted* besides.

    Args:
        scope: not entered yet; what is opened in it sees what interrupts the thread that waits.
        wanted: name and key of each injected parameter, in order.
        given: the caller's own keyword arguments, which win.

    Raises:
        BaseException: what an opening raises.
    """
    async with scope as opened:
        with interruptible():
            arguments = dict(given)
            for name, key in wanted:
                if name not in arguments:
                    arguments[name] = await opened.aget(key)
        yield arguments
