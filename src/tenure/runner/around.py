"""What is around main in either colour: the container as the current scope, `Stop` to be injected."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from tenure.binder import Binder
from tenure.events import Event, Opening
from tenure.runner.options import Runnable
from tenure.runner.verdict import interruption, verdict
from tenure.runtime.life import life_of
from tenure.runtime.scope import current
from tenure.workers.stop import Stop, stopping


@contextmanager
def inside(container: Any) -> Iterator[None]:
    """Let functions with `@inject` that name no container be served by *container*, in the body and its tasks."""
    token = current.set(engine_of(container).root)
    try:
        yield
    finally:
        current.reset(token)


@contextmanager
def told_of(stop: Stop, container: Any) -> Iterator[None]:
    """Let whoever watches *container* see *stop*, in the body: from its request on nothing new should be sent to it."""
    life = life_of(engine_of(container))
    life.stop = stop
    try:
        yield
    finally:
        life.stop = None


def engine_of(container: Any) -> Any:
    """Return the engine of *container*, of either face; a declarative one may have a provider of any name."""
    return container.engine if isinstance(container, Binder) else container.__tenure_engine__


class Pauses:
    """
    Ends the start of *container* before it opens another resource, once *stop* is requested.

    The start of synchronous resources has no other place where it can be ended without losing what was opened.
    """

    def __init__(self, container: Runnable, stop: Stop) -> None:
        self._container = container
        self._stop = stop
        self._end: Callable[[], None] | None = None
        self._raised: BaseException | None = None

    def __enter__(self) -> Self:
        self._end = self._container.observe(self._before_opening)
        return self

    def _before_opening(self, event: Event) -> None:
        if isinstance(event, Opening) and self._stop.requested:
            self._raised = self._raised or interruption(self._stop.reason)
            raise self._raised

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Let the start end; raise what the run has to raise in place of its own interruption."""
        raised, self._raised = self._raised, None
        if self._end is not None:
            self._end()
        if error is None or error is not raised:
            return False
        wanted = verdict(self._stop.reason, is_graceful=False)
        if wanted is not None and type(wanted) is not type(error):
            raise wanted
        return wanted is None


def offer_stop(container: Any) -> None:
    """Have a type-driven *container* inject the stop of the run, unless the user bound one of his own."""
    if hasattr(container, "bind") and Stop not in container:
        container.bind(Stop, stopping, scope="transient")
