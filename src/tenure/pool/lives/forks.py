"""Forks: a child neither uses nor closes what its parent has."""

import os
import weakref
from typing import Any

_lives: "weakref.WeakSet[Any]" = weakref.WeakSet()
_watches = False


def disown_in_children(life: Any) -> None:
    """Have `disown` of *life* called in every child that is forked while somebody refers to it."""
    global _watches  # noqa: PLW0603 - once for the process
    _lives.add(life)
    if not _watches and hasattr(os, "register_at_fork"):
        _watches = True
        os.register_at_fork(after_in_child=_disown_all)


def _disown_all() -> None:
    for life in list(_lives):
        life.disown()
