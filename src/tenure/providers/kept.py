"""Calls of providers whose value the container keeps: most of them find it there."""

from typing import Any

from tenure.providers import calling
from tenure.providers.base import Provider
from tenure.runtime.scope import current

_current = current.get


@calling.usual
def called_kept(provider: Any, /, *args: Any, **kwargs: Any) -> Any:
    """
    Return the value of *provider*, see `Provider.__call__`.

    Outside of scopes nobody has to be told who asks, and every opening runs in one. Where the value is there already,
    no argument counts.
    """
    mode = provider._async_mode
    if mode is not None and mode.engine.graph is mode.plain and _current() is None:
        try:
            return mode.kept[provider]
        except KeyError:
            pass
    return Provider.__call__(provider, *args, **kwargs)
