"""Count the waits of asynchronous code while it runs, and do something when one of them begins or has ended."""

from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar

from tenure.lifecycle.effects import Steps

T = TypeVar("T")

Look = Callable[[bool], BaseException | None]
"""Is called when a wait begins (False) and when it has ended well (True); gives the error to raise there, or None."""


class _Watched:
    """An awaitable that calls *look* at each of its waits."""

    def __init__(self, awaitable: Awaitable[Any], look: Look) -> None:
        self._awaitable = awaitable
        self._look = look

    def __await__(self) -> Generator[Any, Any, Any]:
        inner: Any = self._awaitable.__await__()
        send, throw = inner.send if hasattr(inner, "send") else lambda _: next(inner), inner.throw
        try:
            waits_for = send(None)
            while True:
                self._look(False)
                try:
                    sent = yield waits_for
                except BaseException as error:  # noqa: BLE001 - every outcome of a wait belongs to whoever waits
                    waits_for = throw(error)
                    continue
                error_there = self._look(True)
                waits_for = send(sent) if error_there is None else throw(error_there)
        except StopIteration as stop:
            return stop.value
        finally:
            inner.close()


def watched(steps: Steps[T], look: Look) -> Steps[T]:
    """Run *steps*, calling *look* at each wait of an awaitable that they yield."""
    try:
        effect = next(steps)
        while True:
            try:
                result = yield _Watched(effect, look) if isinstance(effect, Awaitable) else effect
            except GeneratorExit:
                steps.close()
                raise
            except BaseException as error:  # noqa: BLE001 - every outcome of a wait belongs to the steps
                effect = steps.throw(error)
            else:
                effect = steps.send(result)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]  # Generator[..., T] says so
