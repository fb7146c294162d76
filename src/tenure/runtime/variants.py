"""
A binding for one call: the same target and lifetime, with arguments of the caller's own.

Nothing is compiled for it; each argument is asked for as its edge says.
"""

from collections.abc import Callable
from typing import Any

from tenure.compile.expressions import instead_of
from tenure.lifecycle.claim import note_asked
from tenure.model.binding import NOTHING, TRANSIENT, Binding, Collect, Make
from tenure.model.graph import Edge
from tenure.runtime.misses import Miss, amiss, home_rule
from tenure.runtime.refusing import refuse_async, refuse_unforeseen
from tenure.runtime.scope import Scope


def value_of(engine: Any, binding: Binding, scope: Scope) -> Any:
    """
    Return what *binding* gives in *scope*, made of its own arguments unless it is there already.

    Raises what `Engine.value` raises.
    """
    note_asked(binding.key)
    if binding.lifecycle is None and binding.lifetime == TRANSIENT:
        refuse_async(engine, binding, scope)
        made = preparer(engine, binding, is_async=False)(scope)()
        refuse_unforeseen(binding, made)
        return made
    return Miss(engine, binding, is_variant=True)(scope)


async def avalue_of(engine: Any, binding: Binding, scope: Scope) -> Any:
    """Return what *binding* gives in *scope*, open; as `value_of`."""
    note_asked(binding.key)
    if binding.lifecycle is None and binding.lifetime == TRANSIENT:
        made = (await preparer(engine, binding, is_async=True)(scope))()
        if binding.make is Make.CALL:
            return made
        return await engine.settled(binding, True)(made)
    return await amiss(engine, binding, home_rule(engine, binding), is_variant=True)(scope)


def preparer(engine: Any, binding: Binding, is_async: bool) -> Any:
    """Return the function of a scope that gives the 0-argument call of the target; of one colour."""
    edges = engine.graph.edges(binding)

    def prepare(scope: Scope) -> "Callable[[], Any]":
        return _call(binding, edges, [_argument(engine, edge, scope) for edge in edges])

    async def aprepare(scope: Scope) -> "Callable[[], Any]":
        return _call(binding, edges, [await _aargument(engine, edge, scope) for edge in edges])

    return aprepare if is_async else prepare


def _call(binding: Binding, edges: tuple[Edge, ...], values: list[Any]) -> Callable[[], Any]:
    pairs = list(zip(edges, values, strict=True))
    args = [value for edge, value in pairs if edge.need.by_position]
    kwargs = {edge.need.name: value for edge, value in pairs if not edge.need.by_position}
    return lambda: binding.target(*args, **kwargs)


def _argument(engine: Any, edge: Edge, scope: Scope) -> Any:
    if not edge.sources:
        return edge.constant
    if instead_of(edge) is not NOTHING:
        return engine.lenient(edge.sources[0][1], instead_of(edge), is_async=False)(scope)
    values = [(name, engine.resolvers[source.key](scope)) for name, source in edge.sources]
    return _collected(edge, values)


async def _aargument(engine: Any, edge: Edge, scope: Scope) -> Any:
    if not edge.sources:
        return edge.constant
    if instead_of(edge) is not NOTHING:
        return await engine.lenient(edge.sources[0][1], instead_of(edge), is_async=True)(scope)
    values = [(name, await engine.aresolvers[source.key](scope)) for name, source in edge.sources]
    return _collected(edge, values)


def _collected(edge: Edge, values: list[tuple[str, Any]]) -> Any:
    if edge.need.collect is Collect.LIST:
        return [value for _, value in values]
    return dict(values) if edge.need.collect is Collect.DICT else values[0][1]
