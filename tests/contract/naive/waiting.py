"""Containers that get tasks, threads and loops wrong."""

import asyncio
import contextlib
import threading

from tests.contract.adapters import by_hand
from tests.contract.naive.plain import Boasts


class Detaches(by_hand.Adapter):
    """Opens in a task that everybody waits for without a shield, and closes in one that nobody waits for."""

    name = "detaches"

    def __init__(self, graph):
        super().__init__(graph)
        self.tasks = {}

    async def aget(self, name):
        if name not in self.tasks:
            self.tasks[name] = asyncio.get_running_loop().create_task(super().aget(name))
        return await self.tasks[name]

    async def aclose(self):
        self.tasks.clear()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(super().aclose())


class Drops(by_hand.Adapter):
    """Opens in a task out of reach of cancellation, and forgets it when its caller is cancelled."""

    name = "drops"

    async def aget(self, name):
        apart = by_hand.Stack(self.graph)
        value = await asyncio.shield(asyncio.get_running_loop().create_task(apart.aget(name)))
        await asyncio.sleep(0)
        self.root.async_exits.push_async_exit(apart.__aexit__)
        return value

    async def astart(self):
        for node in self.graph:
            await self.aget(node.name)


class Waits(by_hand.Adapter):
    """Lets all but the first wait: for the same error over and over, or, if that is somebody's own, for ever."""

    name = "waits"
    raises_again = True

    def __init__(self, graph):
        super().__init__(graph)
        self.waiting = {}

    async def aget(self, name):
        if name in self.waiting:
            event, errors = self.waiting[name]
            await event.wait()
            if errors:
                self.again(errors[0], 5)
            return self.root.made[name]
        event, errors = self.waiting[name] = (asyncio.Event(), [])
        try:
            value = await super().aget(name)
        except BaseException as error:
            errors.append(error)
            if self.raises_again:
                event.set()
            raise
        event.set()
        return value

    def again(self, error, depth):
        if depth:
            self.again(error, depth - 1)
        raise error


class WaitsForEver(Waits):
    name = "waits for ever"
    raises_again = False


class HopsThreads(by_hand.Adapter):
    """Runs synchronous openings in a pool of threads."""

    name = "hops threads"

    async def aget(self, name):
        if self.graph[name].is_async or name in self.root.made:
            return await super().aget(name)
        found = []
        thread = threading.Thread(target=lambda: found.append(self.root.get(name)))
        thread.start()
        thread.join()
        return found[0]


class LoopBound(by_hand.Adapter):
    """Belongs to the loop that runs when it is built."""

    name = "loop-bound"

    def __init__(self, graph):
        super().__init__(graph)
        self.loop = asyncio.get_running_loop() if graph.is_async else None


class Stubborn(Boasts):
    """Tries again and again, whoever is cancelled; lets observers raise."""

    name = "stubborn"

    def get(self, name):
        if "observer" in self.graph.options:
            self.graph.options["observer"](name)
        return super().get(name)

    async def aget(self, name):
        if "observer" in self.graph.options:
            self.graph.options["observer"](name)
        return await asyncio.shield(asyncio.get_running_loop().create_task(self.insist(name)))

    async def insist(self, name):
        for _ in range(10):
            try:
                return await super().aget(name)
            except Exception:
                await asyncio.sleep(0.5)
        return None
