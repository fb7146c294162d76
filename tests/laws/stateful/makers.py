"""
Resources of every kind, as users write them.

Nothing is compiled for them: a target takes any number of values, and `__signature__` says which it needs.
"""

import contextlib
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from tests.laws.rig.trace import CLOSING, Life
from tests.laws.stateful.nodes import KEYS, Node, Plain, Stage, Value


def target(stage: Stage, node: Node, keys: Sequence[Any] = KEYS) -> Any:
    """Return what makes *node*: a function or class whose parameters are of the types `keys[n]` for its needs."""
    made = _MAKERS[node.kind](stage, node.name)
    made.__name__ = made.__qualname__ = node.name
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    made.__signature__ = inspect.Signature(
        [inspect.Parameter(f"n{each}", kind, annotation=keys[each]) for each in node.needs]
    )
    return made


def _generator(stage: Stage, name: str) -> Any:
    def make(*given: Any) -> Any:
        value = Value(given)
        life = stage.begin(name, given)
        stage.end(life, value)
        shown = None
        try:
            yield value
        except BaseException as error:
            shown = error
            raise
        finally:
            stage.trace.note(CLOSING, life, shown)
            del shown, value, given
            stage.close(life)

    return make


def _async_generator(stage: Stage, name: str) -> Any:
    async def make(*given: Any) -> Any:
        given = (*given, *await stage.asked(name))
        value = Value(given)
        life = stage.begin(name, given)
        await stage.aend(life, value)
        shown = None
        try:
            yield value
        except BaseException as error:
            shown = error
            raise
        finally:
            stage.trace.note(CLOSING, life, shown)
            del shown, value, given
            await stage.aclose(life)

    return make


def _context(stage: Stage, name: str) -> Any:
    class Made(Value):
        def __init__(self, *given: Any) -> None:
            super().__init__(given)

        def __enter__(self) -> Any:
            stage.end(stage.begin(name, self.given), self)
            return self

        def __exit__(self, *outcome: object) -> None:
            stage.trace.note(CLOSING, self.life, outcome[1])
            stage.close(self.life)

    return Made


def _async_context(stage: Stage, name: str) -> Any:
    class Made(Value):
        def __init__(self, *given: Any) -> None:
            super().__init__(given)

        async def __aenter__(self) -> Any:
            await stage.aend(stage.begin(name, self.given), self)
            return self

        async def __aexit__(self, *outcome: object) -> None:
            stage.trace.note(CLOSING, self.life, outcome[1])
            await stage.aclose(self.life)

    return Made


def _methods(stage: Stage, name: str) -> Any:
    class Made(Value):
        def __init__(self, *given: Any) -> None:
            super().__init__(given)

        def initialize(self) -> None:
            stage.end(stage.begin(name, self.given), self)

        def dispose(self) -> None:
            stage.trace.note(CLOSING, self.life)
            stage.close(self.life)

    return Made


def _async_methods(stage: Stage, name: str) -> Any:
    class Made(Value):
        def __init__(self, *given: Any) -> None:
            super().__init__(given)

        async def initialize(self) -> None:
            await stage.aend(stage.begin(name, self.given), self)

        async def dispose(self) -> None:
            stage.trace.note(CLOSING, self.life)
            await stage.aclose(self.life)

        async def work(self) -> Life | None:
            return self.life

    return Made


def _plain(_: Stage, __: str) -> Any:
    def make(*given: Any) -> Any:
        return Plain(given)

    return make


_MAKERS: dict[str, Callable[[Stage, str], Any]] = {
    "generator": _generator,
    "manager": lambda stage, name: contextlib.contextmanager(_generator(stage, name)),
    "context": _context,
    "methods": _methods,
    "async generator": _async_generator,
    "async manager": lambda stage, name: contextlib.asynccontextmanager(_async_generator(stage, name)),
    "async context": _async_context,
    "async methods": _async_methods,
    "plain": _plain,
}
