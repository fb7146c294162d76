"""What a declaration says of a resource's health check. Data and bounds only; checks are made in `tenure.health`."""

import math
from collections.abc import Callable
from typing import Any

from tenure.errors import BindingError
from tenure.model.binding import Binding
from tenure.record import record, replace


@record
class Health:
    """
    How the health of an object is checked.

    Args:
        check: a function of the object, asynchronous or not, or the name of one of its methods. What it returns and
            raises means what docs/health.md says: False and an exception are bad, nothing and True are good. None: the
            first of `health_check()`, `ping()`, `execute("SELECT 1")`, `get("health_check_key")` that its class has.
        timeout_s: seconds, > 0, after which the check is given up and counts as failed.
        ttl_s: seconds, >= 0, for which its answer is good; nobody checks again in between.
        critical: whether the container is ready only while the object is not unhealthy; else it is degraded.
        liveness: whether the program should be restarted when the object is unhealthy.

    Raises:
        BindingError: an argument is out of its bounds.
    """

    check: Callable[[Any], Any] | str | None = None
    timeout_s: float = 5.0
    ttl_s: float = 1.0
    critical: bool = True
    liveness: bool = False

    def __post_init__(self) -> None:
        """Check the bounds."""
        if self.check is not None and not callable(self.check) and not _is_name(self.check):
            raise BindingError(f"check must be a function of the object or the name of a method, not {self.check!r}")
        _check_seconds("timeout_s", self.timeout_s, least=0, may_be_least=False)
        _check_seconds("ttl_s", self.ttl_s, least=0, may_be_least=True)
        for name in ("critical", "liveness"):
            if not isinstance(getattr(self, name), bool):
                raise BindingError(f"{name} must be True or False, not {getattr(self, name)!r}")


def checked_health(health: Any) -> Health | bool | None:
    """
    Return what `health=` of a declaration says: a Health, None if nothing, False if there is no check.

    Raises:
        BindingError: it is nothing that can be meant by it.
    """
    if health is None or health is False or isinstance(health, Health):
        return health
    if health is True:
        return Health()
    if isinstance(health, type):
        hint = ": Health()" if health is Health else ""
        raise BindingError(f"health takes a function of the object, not the class {health.__qualname__}{hint}")
    if not callable(health) and not _is_name(health):
        raise BindingError(
            f"health takes a function of the object, the name of a method, or a Health, not {health!r}; "
            "False says that there is no check"
        )
    return Health(health)


def with_health(binding: Binding, health: Any) -> Binding:
    """Return *binding* with the check that *health* says; raises as `checked_health` does."""
    return replace(binding, options=replace(binding.options, health=checked_health(health)))


def _is_name(text: Any) -> bool:
    return isinstance(text, str) and text.isidentifier()


def _check_seconds(name: str, seconds: Any, *, least: float, may_be_least: bool) -> None:
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool) and math.isfinite(seconds)
    if not is_number or seconds < least or (seconds == least and not may_be_least):
        bound = ">=" if may_be_least else ">"
        raise BindingError(f"{name} must be a finite number of seconds {bound} {least}, not {seconds!r}")
