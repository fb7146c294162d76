"""
What every exporter is: an observer of one container that may fail, and that harms nobody then.

Knows events; must not know what it exports to.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from tenure.errors import BindingError
from tenure.events import Event
from tenure.lifecycle.unraisable import report
from tenure.observe.attributes import Bindings
from tenure.observe.monitor import Observable


class Exporter:
    """
    Shows the events of *container* to another system, from now on, until `detach()`.

    Where showing one raises, the container goes on as if nobody had looked. The first error is reported through
    `sys.unraisablehook`, the others are counted. As a context manager it detaches at the end.

    Args:
        container: anything with `observe(callback)`.
        name: what the container is called there, to tell several of them apart; not empty.

    Attributes:
        container: what it observes, by its name.
        n_failed: how many events could not be shown.

    Raises:
        BindingError: *name* is empty or no string.
    """

    def __init__(self, container: Observable, name: str) -> None:
        if not isinstance(name, str) or not name:
            raise BindingError(f"name takes what the container is called in what is exported, not {name!r}")
        self.container: str = name
        self.n_failed: int = 0
        self._bindings = Bindings(container)
        self._end: Callable[[], object] | None = None

    def __repr__(self) -> str:
        state = "attached to" if self._end is not None else "detached from"
        return f"<{type(self).__name__} {state} {self.container!r}>"

    def begin(self, container: Observable) -> Self:
        """Observe *container*; the last step of attaching."""
        end = container.observe(self)
        self._end = end if callable(end) else _nothing
        return self

    def __call__(self, event: Event) -> None:
        """Show *event*; never raises an `Exception`."""
        try:
            self.show(event)
        except Exception as error:  # noqa: BLE001 - an exporter must not disturb what it observes
            self.failed(error, event)

    def failed(self, error: Exception, what: object) -> None:
        """Count that *what* could not be shown, and report the first time."""
        self.n_failed += 1
        if self.n_failed == 1:
            report(error, f"{self!r} could not show {type(what).__name__}; later errors are only counted", self)

    def show(self, event: Event) -> None:
        """Show *event*; may raise."""
        raise NotImplementedError

    def detach(self) -> None:
        """Observe no longer. What was shown stays where it is. Again: a no-op."""
        end, self._end = self._end, None
        if end is not None:
            end()
            try:
                self.finish()
            except Exception as error:  # noqa: BLE001 - as above
                report(error, f"{self!r} could not be finished", self)

    def finish(self) -> None:
        """Let go of what would stay unfinished; may raise."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.detach()


def _nothing() -> None:
    """Ends the observing of what offers no way to end it."""


def missing_extra(module: str, package: str, extra: str, error: ImportError) -> ImportError:
    """Return the error that says which extra brings *package*, which *module* needs."""
    return ImportError(f"{module} needs {package}, which is not installed: pip install 'tenure[{extra}]' ({error})")
