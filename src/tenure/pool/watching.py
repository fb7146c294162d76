"""Who is shown what happens to a pool: its own observers and those of the container that it is bound in."""

from collections.abc import Callable

from tenure.errors import BindingError
from tenure.events import Event, Observer
from tenure.lifecycle.opening import Notify
from tenure.lifecycle.unraisable import report


class Watched:
    """
    The observers of one pool.

    Attributes:
        outer: gives what shows events to the observers of a container, None where there are none.
    """

    __slots__ = ("_observers", "outer")

    def __init__(self) -> None:
        self._observers: tuple[Observer, ...] = ()
        self.outer: Callable[[], Notify | None] | None = None

    def add(self, observer: Observer) -> Callable[[], None]:
        """Show events to *observer* from now on; return the function that ends it."""
        if not callable(observer):
            raise BindingError(f"an observer is called with each event, and {observer!r} is not callable")
        self._observers = (*self._observers, observer)

        def remove() -> None:
            self._observers = tuple(each for each in self._observers if each is not observer)

        return remove

    def notify(self) -> Notify | None:
        """Return what shows an event to everybody, None where nobody looks."""
        outer = self.outer() if self.outer is not None else None
        return self._tell if self._observers else outer

    def _tell(self, event: Event) -> None:
        outer = self.outer() if self.outer is not None else None
        if outer is not None:
            outer(event)
        for observer in self._observers:
            try:
                observer(event)
            except Exception as error:  # noqa: BLE001 - an observer must not disturb what it observes
                self._observers = tuple(each for each in self._observers if each is not observer)
                report(error, f"observer {observer!r} raised and is dismissed", observer)
