"""What adapters share."""

import contextlib
import inspect

from tenure.testing.contract import NotOffered
from tenure.testing.contract.adapter import PLAIN, VALUE


def manager_of(node):
    """Return the function of *node*, a generator, as one that returns a context manager."""
    wrap = contextlib.asynccontextmanager if node.is_async else contextlib.contextmanager
    return wrap(node.factory)


def lifetimes(graph):
    """Return the lifetimes of the resources of *graph*."""
    return {node.lifetime for node in graph if node.flavour not in (PLAIN, VALUE)}


def only(graph, *allowed):
    """Refuse what has resources of other lifetimes."""
    if not lifetimes(graph) <= set(allowed):
        raise NotOffered


async def awaited(value):
    """Return *value*, awaited where that is how it comes."""
    return await value if inspect.isawaitable(value) else value


class Keyed:
    """Asks *source*, a scope of some library, by the types of nodes."""

    def __init__(self, graph, get=None, aget=None):
        self._graph = graph
        self._get = get
        self._aget = aget

    def get(self, name):
        return self._get(self._graph[name].type)

    async def aget(self, name):
        return await self._aget(self._graph[name].type)


class Inside:
    """Gives, when it is entered, what asks by the names of nodes."""

    def __init__(self, graph, manager):
        self.graph = graph
        self.manager = manager

    def __enter__(self):
        return Keyed(self.graph, get=self.manager.__enter__().get)

    def __exit__(self, *outcome):
        return self.manager.__exit__(*outcome)

    async def __aenter__(self):
        return Keyed(self.graph, aget=(await self.manager.__aenter__()).get)

    async def __aexit__(self, *outcome):
        return await self.manager.__aexit__(*outcome)
