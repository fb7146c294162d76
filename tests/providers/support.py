"""Resources of providers that write down what happens to them, and what one body needs on sync, asyncio and trio."""

import contextlib
import gc
import sys
from inspect import isawaitable

from tests.engine.support import Fault, checkpoint, run_threads


class Opened:
    """The value of a resource."""

    def __init__(self, name, needs):
        self.name = name
        self.needs = needs
        self.is_open = True

    def __repr__(self):
        return f"<{self.name}>"


class Thing:
    """What factories and singletons make of their arguments."""

    def __init__(self, *needs, **named):
        self.needs = (*needs, *named.values())


class Log:
    """
    What resources did.

    Attributes:
        entries: "open A" when the opening of A succeeded, "close A" when its closing ended.
        faults: errors to raise, by "open A" or "close A".
        told: the error that each was shown when it was closed, by name.
        live: what is open.
        gates: events that the opening or closing waits for, by "open A" or "close A" (asynchronous ones only).
        reached: names of gates that something waits at.
    """

    def __init__(self):
        self.entries = []
        self.faults = {}
        self.told = {}
        self.live = []
        self.gates = {}
        self.reached = []

    def __eq__(self, other):
        return self.entries == other

    def __repr__(self):
        return repr(self.entries)

    @property
    def opens(self):
        return [entry[5:] for entry in self.entries if entry.startswith("open ")]

    @property
    def closes(self):
        return [entry[6:] for entry in self.entries if entry.startswith("close ")]

    def _open(self, name, needs, cls):
        if f"open {name}" in self.faults:
            raise self.faults[f"open {name}"]
        for need in _resources_in(needs):
            assert need.is_open, f"{name} opens without {need}"
        value = cls(name, needs)
        self.live.append(value)
        self.entries.append(f"open {name}")
        return value

    def _close(self, value):
        above = [each for each in self.live if value in _resources_in(each.needs)]
        assert not above, f"{value} closes before {above}"
        self.live.remove(value)
        value.is_open = False
        self.entries.append(f"close {value.name}")
        if f"close {value.name}" in self.faults:
            raise self.faults[f"close {value.name}"]

    async def _gate(self, name):
        if name in self.gates:
            self.reached.append(name)
            await self.gates[name].wait()
        else:
            await checkpoint()

    def plain(self, name, cls=Opened):
        """Return a generator function that opens *name*, a *cls*."""

        def opening(*needs, **named):
            value = self._open(name, (*needs, *named.values()), cls)
            try:
                yield value
            except BaseException as error:
                self.told[name] = error
                raise
            finally:
                self._close(value)

        return opening

    def late(self, name, cls=Opened):
        """Return an asynchronous generator function that opens *name*, a *cls*."""

        async def opening(*needs, **named):
            await self._gate(f"open {name}")
            value = self._open(name, (*needs, *named.values()), cls)
            try:
                yield value
            except BaseException as error:
                self.told[name] = error
                raise
            finally:
                await self._gate(f"close {name}")
                self._close(value)

        return opening

    def of(self, world, name, cls=Opened):
        """Return what opens *name*, a *cls*, in the colour of *world*."""
        return self.late(name, cls) if world.is_async else self.plain(name, cls)


def _resources_in(needs):
    """Return the resources among *needs*, those that are reached through things and collections included."""
    found = []
    queue = list(needs)
    for need in queue:  # it grows while it is walked
        if isinstance(need, Opened):
            found.append(need)
        elif isinstance(need, Thing):
            queue.extend(need.needs)
        elif isinstance(need, list | tuple):
            queue.extend(need)
        elif isinstance(need, dict):
            queue.extend(need.values())
    return found


async def settled(value):
    """Await *value* if it has to be."""
    return await value if isawaitable(value) else value


@contextlib.contextmanager
def unraisable():
    """Collect what nobody could be told of."""
    told = []
    before, sys.unraisablehook = sys.unraisablehook, told.append
    try:
        yield told
        gc.collect()
    finally:
        sys.unraisablehook = before


__all__ = ["Fault", "Log", "Opened", "Thing", "run_threads", "settled", "unraisable"]
