"""What a pool was told, checked. Data only."""

from collections.abc import Callable, Mapping
from typing import Any

from tenure.errors import BindingError
from tenure.model.binding import Binding
from tenure.model.methods import is_async_function
from tenure.pool.limits import Limits
from tenure.record import record


@record(kw_only=True, eq=False)
class Setup:
    """
    What a pool was told besides its sizes; `Pool` says what each means.

    Raises:
        BindingError: something cannot be called, or *discard* is no rule.
    """

    binding: Binding
    name: str | None
    is_async: bool
    limits: Limits
    arguments: Mapping[str, Any]
    check: Callable[[Any], Any] | None
    reset: Callable[[Any], Any] | None
    discard: Any
    on_late: Callable[[Any], Any] | None
    clock: Callable[[], float] | None
    background: bool

    def __post_init__(self) -> None:
        """Check what can be called."""
        for name in ("check", "reset", "on_late", "clock"):
            given = getattr(self, name)
            if given is not None and not callable(given):
                raise BindingError(f"{name} must be a function, not {given!r}")
            if is_async_function(given) and not (self.is_async and name in ("check", "reset")):
                raise BindingError(f"{name} is asynchronous, and nothing awaits it here; give a plain function")
        rule = self.discard
        classes = rule if isinstance(rule, tuple) else (rule,)
        are_errors = all(isinstance(each, type) and issubclass(each, BaseException) for each in classes)
        if not (rule is None or are_errors or (callable(rule) and not isinstance(rule, type))):
            raise BindingError(
                f"discard must be classes of errors, or a function of an item and an error (or None), not {rule!r}"
            )
