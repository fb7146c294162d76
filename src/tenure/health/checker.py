"""
Ask the open resources of a container whether they still answer.

Knows the names that checks go by; must not open anything, must not raise, must not wait longer than its limit.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeAlias

from tenure.health.together import Late, all_of, within
from tenure.keys import show
from tenure.runtime.records import is_open

Status: TypeAlias = dict[str, Any]
"""`{"status": "healthy" | "unhealthy" | "error" | "unknown" | "not open" | <what the resource says>, ...}`"""


class Inspectable(Protocol):
    """What a checker asks of a container."""

    def get_all_resources(self) -> Mapping[Any, Any]:
        """Return the open resources by class; opens nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Check:
    """A method that tells whether a resource answers."""

    name: str
    arguments: tuple[str, ...] = ()
    status_if_raised: str = "error"
    """A method that is made for checking and raises is in error; one that is made for work tells of bad health."""


CHECKS = (
    Check("health_check"),
    Check("ping"),
    Check("execute", ("SELECT 1",), "unhealthy"),
    Check("get", ("health_check_key",), "unhealthy"),
)
"""In order of preference: the first one that the resource's class has is made, and no other."""


class ResourceHealthChecker:
    """
    Check the open resources of *container*, each by the first method that its class has.

    In order: `health_check()`, `ping()`, `execute("SELECT 1")`, `get("health_check_key")`. Methods are looked up on the
    class: a client that answers to any attribute is not taken to have them all. They may be coroutine functions or
    plain ones; a plain one runs where the checker runs and blocks it for as long as it takes, so its time limit cannot
    be kept.

    Args:
        container: anything with `get_all_resources()`.
        timeout_s: limit of each check, seconds, > 0; None waits for ever. A check that is late is cancelled.

    Raises:
        ValueError: *timeout_s* is not positive.
    """

    def __init__(self, container: Inspectable, *, timeout_s: float | None = 5.0) -> None:
        if timeout_s is not None and timeout_s <= 0:
            msg = f"timeout_s is {timeout_s}, but no check can answer in no time; None waits for ever"
            raise ValueError(msg)

        self.container = container
        self.timeout_s = timeout_s

    async def check_all_resources(self) -> dict[str, Status]:
        """
        Return the status of every open resource by the name of its class, all checked at the same time.

        Two classes of one name are told apart by their modules. Never raises; opens nothing.
        """
        resources = dict(self.container.get_all_resources())
        statuses = await all_of([partial(self.check_resource_health, resource) for resource in resources.values()])
        return dict(zip(_names(list(resources)), statuses, strict=True))

    async def check_resource_health(self, resource: Any) -> Status:
        """
        Return the status of *resource*; never raises.

        `{"status": "unknown", ...}` when it has no method to check it by, `{"status": "not open"}` when it is managed
        and not open: it is not opened for the sake of a check.
        """
        if is_open(resource) is False:
            return {"status": "not open"}
        check = next((check for check in CHECKS if _has_method(type(resource), check.name)), None)
        if check is None:
            return {"status": "unknown", "message": "No health check available"}

        try:
            return _status(check, await within(self.timeout_s, partial(_answer, resource, check)))
        except Late:
            return {"status": "unhealthy", "error": f"{check.name}: no answer within {self.timeout_s} s"}
        except Exception as error:  # noqa: BLE001 - whatever a resource raises is its status
            return {"status": check.status_if_raised, "error": str(error) or type(error).__name__}


async def _answer(resource: Any, check: Check) -> Any:
    answer = getattr(resource, check.name)(*check.arguments)
    return await answer if inspect.isawaitable(answer) else answer


def _status(check: Check, answer: Any) -> Status:
    """What a `health_check` answered, as a status; of the other methods it is enough that they answered."""
    if check.name != "health_check":
        return {"status": "healthy"}
    match answer:
        case Mapping():
            return {"status": "healthy", **answer}
        case None | True:
            return {"status": "healthy"}
        case False:
            return {"status": "unhealthy", "error": "health_check answered False"}
        case str():
            return {"status": answer}
        case _:
            return {"status": "healthy", "answer": answer}


def _has_method(class_: type, name: str) -> bool:
    # `hasattr` alone would ask the metaclass as well.
    return any(name in vars(base) for base in class_.__mro__) and callable(getattr(class_, name, None))


def _names(keys: list[Any]) -> list[str]:
    """Return the names of *keys*: that of the class, with its module where two have the same."""
    short = [key.__name__ if isinstance(key, type) else show(key) for key in keys]
    return [
        f"{key.__module__}.{key.__qualname__}" if isinstance(key, type) and short.count(name) > 1 else name
        for key, name in zip(keys, short, strict=True)
    ]
