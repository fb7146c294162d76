"""W8, W12, W16 on random programs: tasks that get, inject, start, shut down and are cancelled, all at the same time."""

import asyncio
import random

import pytest

from tests.weaknesses.support import Holds, Thing, contrast, done, turns

PROGRAMS = 25
TASKS = 6
REFUSED = ("ContainerClosedError", "CancelledError")


class Program:
    """`a` and `b` are asynchronous, `d` is not; `d` needs `b`, which needs `a` through a list."""

    def __init__(self, library, seed):
        self.draw = random.Random(seed)
        self.log = []
        self.odd = []
        self.made = 0
        a = library.resource(self.opening("a"))
        b = library.resource(self.opening("b"), library.providers.List(a))
        d = library.resource(self.opening_now("d"), b)
        service = library.providers.Factory(list, library.providers.List(b, d))
        self.container = library.container(a=a, b=b, d=d, service=service)

        async def call(b, d):
            await self.use(b, d)

        self.call = library.injected(self.container, call, b=library.closing("b"), d=library.closing("d"))
        self.acts = [
            self.container.a,
            self.container.b,
            self.container.service.async_,  # a plain call fixes the mode of a provider
            self.call,
            self.container.init_resources,
            self.container.shutdown_resources,
        ]

    def open(self, name):
        self.made += 1
        self.log.append(f"+{name}{self.made}")
        return Thing(f"{name}{self.made}")

    def close(self, thing):
        thing.is_open = False
        self.log.append(f"-{thing.name}")

    def opening(self, name):
        pause = self.draw.randrange(4), self.draw.randrange(4)

        async def opens(*_needs):
            await turns(pause[0])
            thing = self.open(name)
            try:
                yield thing
            except GeneratorExit:  # nobody closed it: Python did, when it was collected
                raise
            except BaseException:
                self.close(thing)
                await turns(pause[1])
                raise
            self.close(thing)
            await turns(pause[1])

        return opens

    def opening_now(self, name):
        def opens(*_needs):
            thing = self.open(name)
            try:
                yield thing
            except GeneratorExit:  # as above
                raise
            except BaseException:
                self.close(thing)
                raise
            self.close(thing)

        return opens

    async def use(self, b, d):
        if not (b.is_open and d.is_open):
            self.odd.append("closed under the feet of a call")
        await turns(self.draw.randrange(3))

    async def one(self, act):
        try:
            await done(act())
        except Exception as error:
            if type(error).__name__ not in REFUSED:
                self.odd.append(repr(error))

    async def run(self):
        """Run tasks that do something at random, cancel some; then shut down what is left."""
        tasks = []
        for _ in range(TASKS):
            tasks.append(asyncio.create_task(self.one(self.draw.choice(self.acts))))
            await turns(self.draw.randrange(4))
            if self.draw.random() < 0.3:
                self.draw.choice(tasks).cancel()
        await self.end(tasks)
        await self.end([asyncio.create_task(self.one(self.container.shutdown_resources))])
        self.container.unwire()

    async def end(self, tasks):
        """Wait for *tasks*; what still waits when nothing happens any more hangs."""
        await turns(200)
        for task in tasks:
            if not task.done():
                self.odd.append("hangs")
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def lost(self):
        """What was opened and never closed."""
        return [entry for entry in self.log if entry[0] == "+" and f"-{entry[1:]}" not in self.log]


@pytest.mark.parametrize("seeds", range(8))
@contrast(theirs=Holds(lambda lost: lost > 0, "some lost"), ours=0)
async def test_nothing_is_lost(library, seeds):
    """W8, W16, L8, L10: whatever tasks do at the same time, one shutdown at the end leaves nothing open."""
    lost = 0
    for seed in range(seeds * PROGRAMS, (seeds + 1) * PROGRAMS):
        program = Program(library, seed)
        await program.run()
        lost += len(program.lost)
    return lost


@pytest.mark.parametrize("seeds", range(8))
@contrast(theirs=Holds(lambda odd: len(odd) > 0, "errors and hangs"), ours=set())
async def test_nothing_odd_happens(library, seeds):
    """W8, W12, W16, L33: nobody hangs, is given what is closed, or sees an error that is not his own."""
    odd = set()
    for seed in range(seeds * PROGRAMS, (seeds + 1) * PROGRAMS):
        program = Program(library, seed)
        await program.run()
        odd.update(program.odd)
    return odd
