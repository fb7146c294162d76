"""A check: one small function that shows whether a law holds; and the list of all of them."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias

from tenure.testing.contract.case import Case
from tenure.testing.contract.laws import law

Function: TypeAlias = Callable[[Case], Coroutine[Any, Any, None]]

EVERYWHERE = ("sync", "asyncio", "uvloop", "trio")
WITH_TASKS = ("asyncio", "uvloop", "trio")
ON_ASYNCIO = ("asyncio", "uvloop")
ON_THREADS = ("sync",)
VIRTUAL = ("asyncio", "trio")

CHECKS: list["Check"] = []
"""All of them, in the order of the files."""


@dataclass(frozen=True, slots=True)
class Check:
    """A function that shows whether *law* holds in one of *worlds*."""

    law: str
    worlds: tuple[str, ...]
    function: Function

    @property
    def name(self) -> str:
        """As in "the_body_s_error_leaves_as_itself"."""
        return self.function.__name__

    @property
    def sentence(self) -> str:
        """What it shows, in a sentence."""
        return (self.function.__doc__ or "").strip().partition("\n")[0]


def check(name: str, worlds: tuple[str, ...] = EVERYWHERE) -> Callable[[Function], Function]:
    """
    Declare a check of the law *name*.

    Raises:
        LookupError: there is no such law.
    """
    law(name)

    def declare(function: Function) -> Function:
        CHECKS.append(Check(name, worlds, function))
        return function

    return declare
