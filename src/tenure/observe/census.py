"""
What is open in a container, by number: begun with what was open before, kept up by events.

Knows events and snapshots. What was never seen to begin is not taken away when it ends, so that no count is negative.
"""

from collections.abc import Hashable
from typing import Any, Generic, TypeVar

from tenure.events import Abandoned, Closed, CloseFailed, Event, Opened, ScopeEntered, ScopeLeft

N = TypeVar("N", bound=Hashable)


class Register(Generic[N]):
    """Numbers that are in, each with a note. A number that was taken out never comes in again."""

    def __init__(self) -> None:
        self._notes: dict[int, N] = {}
        self._early: set[int] | None = set()  # what was taken out before it was known whether it was in

    def put(self, number: int, note: N) -> bool:
        """Put *number* in; return whether it was out."""
        if number in self._notes or (self._early is not None and number in self._early):
            return False
        self._notes[number] = note
        return True

    def take(self, number: int) -> N | None:
        """Take *number* out; return its note, None if it was not in."""
        if self._early is not None:
            self._early.add(number)
        return self._notes.pop(number, None)

    def settle(self) -> None:
        """Forget what was taken out: whatever comes in from now on has just begun."""
        self._early = None

    def empty(self) -> list[N]:
        """Take everything out; return the notes."""
        notes, self._notes = [*self._notes.values()], {}
        return notes


class Census:
    """
    What is open: resources, noted as their label and the name of their scope; scopes, noted as their name.

    The root is no scope here: it is always there.
    """

    def __init__(self) -> None:
        self.resources: Register[tuple[str, str]] = Register()
        self.scopes: Register[str] = Register()

    def begin(self, container: Any) -> tuple[list[tuple[str, str]], list[str]]:
        """
        Put in what is open in *container*, of which every later event has been and will be taken.

        Returns:
            The notes of the resources and of the scopes that were put in.
        """
        look = getattr(container, "snapshot", None)
        found = look() if look is not None else None
        scopes, resources = (found.scopes, found.resources) if found is not None else ((), ())
        # Whoever closes already may have begun before anybody observed, and tells nobody of the end.
        staying = {view.id: view for view in scopes if view.state == "open"}
        put_resources = [
            (view.label, view.scope)
            for view in resources
            if view.id and view.state == "open" and view.scope_id in staying
            if self.resources.put(view.id, (view.label, view.scope))
        ]
        put_scopes = [
            view.name for view in staying.values() if view.parent_id is not None and self.scopes.put(view.id, view.name)
        ]
        self.resources.settle()
        self.scopes.settle()
        return put_resources, put_scopes

    def take(self, event: Event) -> int:
        """Take *event* into account; return 1 if something came in by it, -1 if something went, else 0."""
        match event:
            case Opened():
                return int(self.resources.put(event.id, (event.label, event.scope)))
            case Closed() | CloseFailed() | Abandoned():
                return -int(self.resources.take(event.id) is not None)
            case ScopeEntered():
                return int(self.scopes.put(event.scope_id, event.scope))
            case ScopeLeft():
                return -int(self.scopes.take(event.scope_id) is not None)
            case _:
                return 0
