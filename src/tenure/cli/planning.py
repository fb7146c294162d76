"""
What a start of a container will open, in which order and what at the same time: worked out from the graph.

Opens nothing. A wave is what could open at the same time if every opening took equally long; the engine does better: it
begins each as soon as what it needs is open.
"""

from collections.abc import Sequence
from typing import Any

from tenure.binder import Binder
from tenure.keys import Key
from tenure.model.binding import Binding
from tenure.observe.snapshot import engine_of, is_async, names_of
from tenure.record import record


@record
class Step:
    """One resource that a start opens."""

    key: Key
    name: str
    wave: int
    """From 1; one more than the last of what it needs."""
    is_async: bool
    needs: tuple[str, ...]
    """Names of the resources of the start that have to be open before, also those below plain values."""
    scope: str
    where: str | None


def planned(container: Any) -> list[Step]:
    """
    Return what a start of *container* opens, dependencies first.

    Raises:
        MissingBindingError: something that it needs is not bound.
        CircularDependencyError: something needs itself.
        GraphError: a longer-lived value needs a shorter-lived one.
    """
    from tenure.runtime.starting import to_open  # noqa: PLC0415 - imported on use, as the containers do

    engine = engine_of(container)
    launched = [binding for binding, _ in to_open(engine, engine.root, _keys(container, engine))]
    names = names_of(list(engine.graph))
    below = _Below(engine.graph, {binding.key for binding in launched})
    waves: dict[Key, int] = {}
    steps = []
    for binding in launched:
        needs = below.of(binding)
        waves[binding.key] = wave = 1 + max((waves[key] for key in needs), default=0)
        said = tuple(names[key] for key in needs)
        steps.append(Step(
            binding.key, names[binding.key], wave, is_async(binding), said, binding.lifetime, binding.where
        ))  # fmt: skip
    return steps


def _keys(container: Any, engine: Any) -> Sequence[Key]:
    if isinstance(container, Binder):
        from tenure.runtime.starting import eager_keys  # noqa: PLC0415 - as above

        return eager_keys(engine)
    from tenure.containers.starting import resources_of  # noqa: PLC0415 - as above
    from tenure.providers.resource import BaseResource  # noqa: PLC0415 - as above

    return resources_of(container, BaseResource)


class _Below:
    """The nearest resources of a start below a binding, also through plain values."""

    def __init__(self, graph: Any, launched: set[Key]) -> None:
        self._graph = graph
        self._launched = launched
        self._known: dict[Key, dict[Key, None]] = {}

    def of(self, binding: Binding) -> dict[Key, None]:
        found = self._known.get(binding.key)
        if found is None:
            found = self._known[binding.key] = {}
            for edge in self._graph.edges(binding):
                for _, source in edge.sources:
                    found.update({source.key: None} if source.key in self._launched else self.of(source))
        return found


def needs_loop(steps: Sequence[Step]) -> bool:
    """Tell whether a start of *steps* has to be awaited; of one that has not, code may refuse to run on a loop."""
    return any(step.is_async for step in steps)


def longest_chain(steps: Sequence[Step]) -> list[str]:
    """Return names of which each needs the one before, as many as there can be; [] where nothing is opened."""
    by_name = {step.name: step for step in steps}
    at = max(steps, key=lambda step: step.wave, default=None)
    chain = []
    while at is not None:
        chain.append(at.name)
        at = max((by_name[name] for name in at.needs), key=lambda step: step.wave, default=None)
    return chain[::-1]


def waves_of(steps: Sequence[Step]) -> list[list[Step]]:
    """Return *steps* by wave."""
    found: list[list[Step]] = [[] for _ in range(max((step.wave for step in steps), default=0))]
    for step in steps:
        found[step.wave - 1].append(step)
    return found
