"""canary-framework: units that declare their dependencies; a root starts and stops its whole graph, or one unit."""

from canary_framework import Canary, dep, start, stop

from tenure.testing import contract
from tenure.testing.contract.adapter import ASYNC_PAIR
from tests.contract.adapters.support import only


def unit_of(node, units):
    """Return the class of the unit that makes the value of *node*."""

    async def open_(self):
        self.value = await node.factory(**{need.lower(): getattr(self, need).value for need in node.needs})

    async def close(self):
        value, self.value = self.value, None
        await node.close(value)

    needs = {need: dep(units[need]) for need in node.needs}
    return type(f"{node.name}Unit", (Canary,), {"open_": start(open_), "close": stop(close), **needs})


class Adapter(contract.Adapter):
    name = "canary-framework"
    distribution = "canary-framework"
    worlds = ("asyncio", "uvloop")
    flavours = (ASYNC_PAIR,)
    options = frozenset({"parallel"})
    reopens = True

    def __init__(self, graph):
        only(graph, "singleton")
        self.graph = graph
        units = {}
        for node in graph:
            if node.flavour != ASYNC_PAIR:
                raise contract.NotOffered  # every unit has a life
            units[node.name] = unit_of(node, units)
        self.root = type("Root", (Canary,), {name: dep(unit) for name, unit in units.items()})()

    async def aget(self, name):
        await self.root.init()
        unit = getattr(self.root, name)
        await unit.start()
        return unit.value

    async def astart(self):
        await self.root.init()
        await self.root.start()

    async def areset(self, name):
        if any(name in node.needs for node in self.graph):
            raise contract.NotOffered  # what is in use is not stopped
        await getattr(self.root, name).stop()

    async def aclose(self):
        await self.root.stop()
