"""
The scope of one call with `Closing`: one for each engine concerned, and what is filled in before and inside it.

What is marked `Closing` is filled in inside. Other parameters belong to whatever is around the call, and are filled in
before; save those that need a resource which a `Closing` parameter needs as well: the call has one of it, so both are
filled in inside.
"""

from collections.abc import Iterable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from tenure.errors import TenureError
from tenure.keys import Key
from tenure.model.binding import AMBIENT, CALL, TRANSIENT
from tenure.runtime.entering import EnterableScope, prepared
from tenure.runtime.scope import Scope
from tenure.wiring.injected import Filler, Plan
from tenure.wiring.together import Together, together

_OF_THE_CALL = (TRANSIENT, AMBIENT, CALL)


@dataclass(frozen=True, slots=True)
class Parts:
    """When what is filled in."""

    before: tuple[Filler, ...]
    """Before the scope is entered."""
    inside: tuple[Filler, ...]
    """Inside of it."""
    opened_before: tuple[Together, ...]
    """What is opened at the same time before *before*; nothing where the function cannot await."""
    opened_inside: tuple[Together, ...]
    """The same before *inside*."""
    engines: tuple[Any, ...]
    """Those that *closing* of the plan concerns, in order."""
    stamp: tuple[tuple[Any, Any], ...]
    """Every engine concerned, and its plans: it is worked out anew when bindings have changed."""

    @property
    def is_valid(self) -> bool:
        """Whether the bindings are what they were."""
        for engine, plans in self.stamp:  # noqa: SIM110 - a generator costs more than the loop
            if engine.plans is not plans:
                return False
        return True


class CallScope:
    """
    What is around one call: enter it once, with `with` or `async with`.

    Args:
        engines: those of the parameters that it is for.
    """

    __slots__ = ("_handles", "_stack")

    def __init__(self, engines: Iterable[Any]) -> None:
        self._handles = [prepared(EnterableScope(), engine, CALL) for engine in engines]
        self._stack: Any = None

    def detach(self) -> Scope | None:
        """Make it current no longer, without leaving it; return the scope that a generator sets while it runs."""
        scopes = [handle.detach() for handle in reversed(self._handles)]
        return scopes[0] if scopes else None

    def __enter__(self) -> None:
        if len(self._handles) == 1:
            self._stack = self._handles[0]
            self._handles[0].__enter__()
            return
        with ExitStack() as stack:
            for handle in self._handles:
                stack.enter_context(handle)
            self._stack = stack.pop_all()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        left: bool | None = self._stack.__exit__(kind, error, trace)
        return left

    async def __aenter__(self) -> None:
        if len(self._handles) == 1:
            self._stack = self._handles[0]
            await self._handles[0].__aenter__()
            return
        async with AsyncExitStack() as stack:
            for handle in self._handles:
                await stack.enter_async_context(handle)
            self._stack = stack.pop_all()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        left: bool | None = await self._stack.__aexit__(kind, error, trace)
        return left


def parts(plan: Plan) -> Parts:
    """Return when what of *plan* is filled in; it is worked out anew when bindings have changed."""
    known: Parts | None = plan.parts
    if known is None or not known.is_valid:
        known = plan.parts = _part(plan)
    return known


def _part(plan: Plan) -> Parts:
    engines = dict.fromkeys(provider.__tenure_engine__ for provider in plan.providers.values())
    stamp = tuple((engine, engine.plans) for engine in engines)
    names = {name for name, _, _ in plan.closing}
    concerned = dict.fromkeys(plan.providers[name].__tenure_engine__ for name, _, _ in plan.closing)
    shared: set[Key] = set()
    for name in names:
        shared |= _reached(plan.providers[name])
    if shared:
        names |= {name for name, provider in plan.providers.items() if shared & _reached(provider)}
    before = tuple(each for each in plan.direct if each[0] not in names)
    inside = (*(each for each in plan.direct if each[0] in names), *plan.closing)
    return Parts(before, inside, _together(plan, before), _together(plan, inside), tuple(concerned), stamp)


def _together(plan: Plan, fillers: tuple[Filler, ...]) -> tuple[Together, ...]:
    names = [name for name, _, _ in fillers if name in plan.providers]
    return together(plan.providers[name] for name in names) if plan.is_async else ()


def _reached(provider: Any) -> set[Key]:
    """Return the resources that *provider* needs and that live no longer than their user."""
    graph = provider.__tenure_engine__.graph
    try:
        graph.order((provider,))
    except TenureError:  # whoever asks for the value is told
        return set()
    found: set[Key] = set()
    seen: set[Key] = set()
    stack = [graph.require(provider)]
    while stack:
        binding = stack.pop()
        if binding.key in seen or binding.lifetime not in _OF_THE_CALL:
            continue
        seen.add(binding.key)
        if binding.lifecycle is not None:
            found.add(binding.key)
        stack += [source for edge in graph.edges(binding) for _, source in edge.sources]
        stack += [graph.require(key) for key in binding.later]
    return found
