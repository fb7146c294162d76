"""Containers with a dictionary and an exit stack that promise more than they keep."""

import asyncio
import contextlib
import threading

from tenure.testing.contract.adapter import PLAIN, VALUE
from tests.contract.adapters import by_hand

EVERYTHING = frozenset(
    {"open_timeout", "close_timeout", "retry", "max_parallel", "parallel", "notes", "observer", "priority"}
)


class ByHand(by_hand.Adapter):
    """A dictionary and an exit stack."""

    name = "by hand"


class Closes(by_hand.Adapter):
    """Says that it is closed for good, and serves on."""

    name = "final"
    reopens = False


class Boasts(by_hand.Adapter):
    """Claims to have everything, and does little of it."""

    name = "boasts"
    options = EVERYTHING
    restarts = True

    @contextlib.contextmanager
    def override(self, name, value):
        self.get(name) if not self.graph.is_async else None
        before = self.root.made.pop(name, None)
        self.root.made[name] = value
        self.root.enter(value)
        yield
        del before

    def reset(self, name):
        self.root.made.pop(name, None)

    async def areset(self, name):
        self.root.made.pop(name, None)

    def check(self):
        for node in self.graph:
            if node.flavour not in (PLAIN, VALUE) and not self.graph.is_async:
                self.get(node.name)

    async def probe(self):
        for node in self.graph:
            await self.aget(node.name) if self.graph.is_async else self.get(node.name)

    def close(self):
        self.root.__exit__(None, None, None)


class OneLock(by_hand.Adapter):
    """Holds one lock while user code runs."""

    name = "one lock"

    def __init__(self, graph):
        super().__init__(graph)
        self.lock = asyncio.Lock() if graph.is_async else threading.Lock()

    def get(self, name):
        with self.lock:
            return super().get(name)

    async def aget(self, name):
        async with self.lock:
            return await super().aget(name)

    def close(self):
        with self.lock:
            super().close()

    async def aclose(self):
        async with self.lock:
            await super().aclose()


class SharesAll(by_hand.Adapter):
    """Has one instance of everything, scopes or no scopes; closes what it was given; remembers failures."""

    name = "shares all"

    def __init__(self, graph):
        super().__init__(graph)
        self.failures = {}
        for node in graph:
            if node.flavour == VALUE:
                self.root.enter(node.factory)

    def scope(self):
        return contextlib.nullcontext(self)

    ascope = scope

    def get(self, name):
        if name in self.failures:
            raise self.failures[name]
        try:
            return super().get(name)
        except Exception as error:
            self.failures[name] = error
            raise

    async def aget(self, name):
        if name in self.failures:
            raise self.failures[name]
        try:
            return await super().aget(name)
        except Exception as error:
            self.failures[name] = error
            raise


class Truthy(by_hand.Adapter):
    """Takes None for "not there yet", closes on its first scope's end, and leaves threads behind."""

    name = "truthy"

    def __init__(self, graph):
        super().__init__(graph)
        self.never = threading.Event()

    def get(self, name):
        value = super().get(name)
        if not value or isinstance(value, Exception):
            self.root.made.pop(name, None)
        return value

    async def aget(self, name):
        value = await super().aget(name)
        if not value or isinstance(value, Exception):
            self.root.made.pop(name, None)
        return value

    def scope(self):
        return self.root

    ascope = scope

    def close(self):
        super().close()
        threading.Thread(target=self.never.wait, args=(20,), daemon=True).start()

    async def aclose(self):
        await super().aclose()
        self.task = asyncio.get_running_loop().create_task(asyncio.sleep(1000))


class Eager(by_hand.Adapter):
    """Opens as soon as it is built."""

    name = "eager"

    def __init__(self, graph):
        super().__init__(graph)
        if not graph.is_async:
            for node in graph:
                if node.lifetime == "singleton":
                    self.get(node.name)


class NoCache(by_hand.Adapter):
    """Makes everything anew each time, and closes none of it."""

    name = "no cache"

    def __init__(self, graph):
        super().__init__(graph)
        self.kept = []

    def get(self, name):
        self.root = by_hand.Stack(self.graph)
        self.kept.append(self.root)
        return super().get(name)

    async def aget(self, name):
        self.root = by_hand.Stack(self.graph)
        self.kept.append(self.root)
        return await super().aget(name)

    def close(self):
        pass

    async def aclose(self):
        pass


class HoardingStack(by_hand.Stack):
    """Keeps itself, and everything it ever made."""

    def __init__(self, graph, outer, hoard):
        super().__init__(graph, outer)
        self.hoard = hoard
        hoard.append(self)

    def get(self, name):
        self.hoard.append(super().get(name))
        return self.hoard[-1]

    async def aget(self, name):
        self.hoard.append(await super().aget(name))
        return self.hoard[-1]


class Hoards(by_hand.Adapter):
    """Keeps everything it ever made, scopes included."""

    name = "hoards"

    def __init__(self, graph):
        super().__init__(graph)
        self.hoard = []

    def get(self, name):
        value = super().get(name)
        self.hoard.append(value)
        return value

    async def aget(self, name):
        value = await super().aget(name)
        self.hoard.append(value)
        return value

    def scope(self):
        return HoardingStack(self.graph, self.root, self.hoard)

    ascope = scope


class Groups(by_hand.Adapter):
    """Puts every error of a body into a group, and makes circles of contexts."""

    name = "groups"
    options = frozenset({"notes"})

    @contextlib.asynccontextmanager
    async def ascope(self):
        try:
            async with super().ascope() as stack:
                yield stack
        except BaseException as error:
            raise BaseExceptionGroup("in the scope", [error]) from None

    def close(self):
        self.circle(super().close)

    async def aclose(self):
        try:
            await super().aclose()
        except Exception as error:
            raise in_circle(error) from None

    def circle(self, function):
        try:
            function()
        except Exception as error:
            raise in_circle(error) from None


def in_circle(error):
    """Return an error that leads to *error* and back."""
    outer = RuntimeError("closing failed")
    while error.__context__ is not None:
        error = error.__context__
    error.__context__ = outer
    outer.__context__ = error
    return _Circular(outer)


class _Circular(Exception):
    """Has a context whatever `raise` makes of it."""

    def __init__(self, context):
        super().__init__("circular")
        self.__context__ = context

    @property
    def __context__(self):
        return self.circle

    @__context__.setter
    def __context__(self, context):
        self.circle = context
