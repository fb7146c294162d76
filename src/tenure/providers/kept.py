"""`Kept`: a provider whose value the container keeps, so that most calls find it there."""

from typing import TYPE_CHECKING

from tenure.lifecycle.claim import opening
from tenure.providers import calling
from tenure.providers.base import Provider, T_co
from tenure.runtime.scope import current

_current = current.get
_openings = opening.get


class Kept(Provider[T_co]):
    """A provider of a value that is made once; where it is there already, no argument of a call counts."""

    __slots__ = ()

    if not TYPE_CHECKING:

        @calling.usual
        def __call__(self, *args, **kwargs):
            """Return the value, see `Provider.__call__`; outside of scopes and openings nobody has to be told."""
            mode = self._async_mode
            if mode is not None and mode.engine.graph is mode.plain and _current() is None and not _openings():
                try:
                    return mode.kept[self]
                except KeyError:
                    pass
            return Provider.__call__(self, *args, **kwargs)
