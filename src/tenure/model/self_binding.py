"""
Objects that bind themselves: what is bound to a key may say itself by which bindings the key is served.

A pool is one: it binds itself, for the container to open and close, and what a scope borrows from it. Data only;
`Binder.bind` asks.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from tenure.errors import BindingError
from tenure.keys import Key, qualified
from tenure.model.binding import NOTHING, SINGLETON, TRANSIENT, Binding
from tenure.record import record


@record
class Asked:
    """What `bind` was told about an object that binds itself."""

    key: Key
    """What is asked for, qualified already; NOTHING where the object was bound alone, and has to know its key."""
    name: str | None = None
    """A qualifier for the key that the object knows; None where *key* says it all."""
    scope: str | None = None
    """The lifetime that the user wants for what consumers get; None: the object's own choice."""
    arguments: Mapping[str, Any] = {}
    """Constants by parameter name, for the function that the object calls."""
    ladder: tuple[str, ...] = ()
    """Names of the container's scopes, widest first, "call" last."""
    notify: Callable[[], Any] = lambda: None
    """Gives what shows events to the container's observers, None where there are none."""

    def usual_scope(self) -> str:
        """Return *scope*, else the scope of a request as this container has it, else that of one call."""
        if self.scope is not None:
            return self.scope
        return "request" if "request" in self.ladder else self.ladder[-2:][0]

    def refuse_kept(self, what: str) -> None:
        """
        Raise where the user wants something kept for good, or made anew, that is only lent to a scope.

        Raises:
            BindingError: *scope* is "singleton" or "transient"; *what* names the object in the text.
        """
        if self.scope in (SINGLETON, TRANSIENT):
            raise BindingError(
                f"what is borrowed from {what} belongs to a scope that gives it back, not to {self.scope!r}; "
                f'say scope="request" or the name of another scope, or leave it out'
            )


class BindsItself(Protocol):
    """What an object must be able to do so that `bind` leaves its bindings to it; asked on its class."""

    def __tenure_bind__(self, asked: Asked) -> Sequence[Binding]:
        """
        Return the bindings of the object, what others need first, the one that was asked for last.

        Must change nothing: `bind` may refuse them.

        Raises:
            BindingError: it cannot be bound like that.
        """
        ...


def asked_of(
    key: Any,
    target: Any,
    name: str | None,
    scope: str | None,
    arguments: Mapping[str, Any] | None,
    ladder: tuple[str, ...],
    notify: Callable[[], Any],
) -> Sequence[Binding]:
    """
    Ask what `bind` was given, *target* or alone *key*, for its bindings.

    The arguments are those of `bind`, and what `Asked` says of the container.
    """
    alone = target is NOTHING
    it: BindsItself = key if alone else target
    asked = Asked(NOTHING, name, scope, arguments or {}, ladder, notify) if alone else Asked(
        qualified(key, name), None, scope, arguments or {}, ladder, notify
    )  # fmt: skip
    return it.__tenure_bind__(asked)


def refuse_options(key: Any, target: Any, close: Any, resource: bool) -> None:
    """Raise BindingError where the user tells how what binds itself is closed."""
    if close is not None or resource:
        said = "close=" if close is not None else "resource=True"
        cls = type(key if target is NOTHING else target).__qualname__
        raise BindingError(f"a {cls} knows itself how it is closed: bind it without {said}")
