"""Worlds in which one body runs: plain Python, asyncio and trio; and resources that write down what happens to them."""

import asyncio
import contextlib
import textwrap
import threading
import weakref

import trio

from tenure import Container, resource

SYNC_KINDS = ("generator", "contextmanager", "context class", "methods class")
ASYNC_KINDS = tuple(f"async {kind}" for kind in SYNC_KINDS)


class Entered:
    """Enters a synchronous context manager where the body says `async with`."""

    def __init__(self, manager):
        self.manager = manager

    async def __aenter__(self):
        return self.manager.__enter__()

    async def __aexit__(self, *outcome):
        return self.manager.__exit__(*outcome)


class SyncWorld:
    """Plain Python: the body is a coroutine that never waits."""

    name = "sync"
    is_async = False
    kinds = SYNC_KINDS

    def run(self, function):
        coroutine = function()
        try:
            coroutine.send(None)
        except StopIteration:
            return
        coroutine.close()
        raise AssertionError("the synchronous world cannot wait")

    async def get(self, source, key):
        return source.get(key)

    def inside(self, manager):
        return Entered(manager)

    async def start(self, source, *keys):
        source.start_sync(*keys)

    async def close(self, container):
        container.close()

    async def checkpoint(self):
        return


class AsyncWorld:
    """What asyncio and trio have in common."""

    is_async = True
    kinds = SYNC_KINDS + ASYNC_KINDS

    async def get(self, source, key):
        return await source.aget(key)

    def inside(self, manager):
        return manager

    async def start(self, source, *keys, **options):
        await source.start(*keys, **options)

    async def close(self, container):
        await container.aclose()

    async def settle(self):
        """Let every task run until it waits for something."""
        for _ in range(20):
            await self.checkpoint()


class Job:
    """One task of a test: its errors stay in it."""

    def __init__(self, done):
        self.value = None
        self.error = None
        self.was_cancelled = False
        self._done = done

    async def wait(self):
        await self._done.wait()
        return self

    @property
    def is_done(self):
        return self._done.is_set()


def run_asyncio(main, make_loop):
    """Do as `asyncio.run`, but leave the tasks of a test that hangs as they are: cancelling them could hang as well."""
    runner = asyncio.Runner(loop_factory=make_loop)
    try:
        runner.run(main)
    except TimeoutError:
        runner.get_loop().close()
        asyncio.set_event_loop(None)
        raise
    except BaseException:
        runner.close()
        raise
    runner.close()


class AsyncioWorld(AsyncWorld):
    name = "asyncio"

    def run(self, function):
        async def main():
            async with asyncio.timeout(20):
                await function()
            for _ in range(5):
                await asyncio.sleep(0)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left, f"tasks left: {left}"

        run_asyncio(main(), asyncio.new_event_loop)

    def event(self):
        return asyncio.Event()

    async def checkpoint(self):
        await asyncio.sleep(0)

    async def forever(self):
        await asyncio.Event().wait()

    def is_cancelled(self, error):
        return isinstance(error, asyncio.CancelledError)

    @contextlib.asynccontextmanager
    async def tasks(self):
        group = _AsyncioTasks()
        try:
            yield group
        finally:
            await group.join()


class _AsyncioTasks:
    def __init__(self):
        self._tasks = []

    def start(self, function, *args):
        job = Job(asyncio.Event())

        async def run():
            try:
                job.value = await function(*args)
            except asyncio.CancelledError as error:
                job.was_cancelled = True
                job.error = error
            except BaseException as error:
                job.error = error
            finally:
                job._done.set()

        def ended(task):
            if not job.is_done:  # cancelled before it began
                job.was_cancelled = True
                job._done.set()

        task = asyncio.create_task(run())
        task.add_done_callback(ended)
        job.cancel = task.cancel
        job.task = task
        self._tasks.append(task)
        return job

    async def join(self):
        for task in self._tasks:
            await asyncio.wait([task])


class TrioWorld(AsyncWorld):
    name = "trio"

    def run(self, function, clock=None):
        async def main():
            before = _system_tasks()
            with trio.fail_after(40 if clock is None else 1e6):
                await function()
            for _ in range(5):
                await trio.sleep(0)
            left = _system_tasks() - before
            assert not left, f"tasks left: {left}"

        trio.run(main, clock=clock)

    def event(self):
        return trio.Event()

    async def checkpoint(self):
        await trio.sleep(0)

    async def forever(self):
        await trio.sleep_forever()

    def is_cancelled(self, error):
        return isinstance(error, trio.Cancelled)

    @contextlib.asynccontextmanager
    async def tasks(self):
        async with trio.open_nursery() as nursery:
            yield _TrioTasks(nursery)


def _system_tasks():
    return {
        task
        for nursery in trio.lowlevel.current_root_task().child_nurseries
        for task in nursery.child_tasks
        if task.name.startswith("tenure")
    }


class _TrioTasks:
    def __init__(self, nursery):
        self._nursery = nursery

    def start(self, function, *args):
        job = Job(trio.Event())
        scope = trio.CancelScope()
        job.cancel = scope.cancel

        async def run():
            try:
                with scope:
                    try:
                        job.value = await function(*args)
                    except trio.Cancelled:
                        job.was_cancelled = True
                        raise
            except trio.Cancelled:
                raise
            except BaseException as error:
                job.error = error
            finally:
                job._done.set()

        self._nursery.start_soon(run)
        return job


WORLDS = {"sync": SyncWorld, "asyncio": AsyncioWorld, "trio": TrioWorld}


async def checkpoint():
    """Give other tasks their turn, on whichever library runs; nothing where none runs."""
    if trio.lowlevel.in_trio_run():
        await trio.sleep(0)
    elif asyncio._get_running_loop() is not None:
        await asyncio.sleep(0)


class Fault(Exception):
    """What the resources of these tests raise on purpose."""


_SOURCES = {
    "generator": """
        def target({parameters}):
            value = story.made(key, name, [{arguments}])
            story.opening(name)
            story.opened(name)
            story.lives(value)
            try:
                yield value
            except BaseException as error:
                story.told[name] = error
                raise
            finally:
                story.dies(value)
                story.closing(name)
                story.closed(name)
        """,
    "async generator": """
        async def target({parameters}):
            value = story.made(key, name, [{arguments}])
            await checkpoint()
            story.opening(name)
            story.opened(name)
            story.lives(value)
            try:
                yield value
            except BaseException as error:
                story.told[name] = error
                raise
            finally:
                story.dies(value)
                story.closing(name)
                await checkpoint()
                story.closed(name)
        """,
    "context class": """
        class target(key):
            def __init__(self, {parameters}):
                story.made(key, name, [{arguments}], self)

            def __enter__(self):
                story.opening(name)
                story.opened(name)
                story.lives(self)
                return self

            def __exit__(self, kind, error, trace):
                if error is not None:
                    story.told[name] = error
                story.dies(self)
                story.closing(name)
                story.closed(name)
        """,
    "async context class": """
        class target(key):
            def __init__(self, {parameters}):
                story.made(key, name, [{arguments}], self)

            async def __aenter__(self):
                await checkpoint()
                story.opening(name)
                story.opened(name)
                story.lives(self)
                return self

            async def __aexit__(self, kind, error, trace):
                if error is not None:
                    story.told[name] = error
                story.dies(self)
                story.closing(name)
                await checkpoint()
                story.closed(name)
        """,
    "methods class": """
        class target(key):
            def __init__(self, {parameters}):
                story.made(key, name, [{arguments}], self)

            def initialize(self):
                story.opening(name)
                story.opened(name)
                story.lives(self)

            def dispose(self):
                story.dies(self)
                story.closing(name)
                story.closed(name)
        """,
    "async methods class": """
        class target(key):
            def __init__(self, {parameters}):
                story.made(key, name, [{arguments}], self)

            async def initialize(self):
                await checkpoint()
                story.opening(name)
                story.opened(name)
                story.lives(self)

            async def dispose(self):
                story.dies(self)
                story.closing(name)
                await checkpoint()
                story.closed(name)

            async def work(self):
                return name
        """,
}
_SOURCES["contextmanager"] = "@contextlib.contextmanager\n" + textwrap.dedent(_SOURCES["generator"]).strip()
_SOURCES["async contextmanager"] = (
    "@contextlib.asynccontextmanager\n" + textwrap.dedent(_SOURCES["async generator"]).strip()
)


class Story:
    """
    Declares resources, and remembers what happens to them.

    Attributes:
        log: "open A" when the opening of A succeeded, "close A" when its closing begins.
        faults: errors to raise, by "open A" or "close A"; one that is opened is closed all the same.
        told: what each resource was shown as the outcome, by name.
        live: names of what is open.
    """

    def __init__(self):
        self.log = []
        self.faults = {}
        self.told = {}
        self.live = []
        self.finished = []
        self.made_weakly = {}
        self.needs = {}

    def made(self, key, name, needs, value=None):
        value = key() if value is None else value
        value.name = name
        value.needs = needs
        self.made_weakly.setdefault(name, []).append(weakref.ref(value))
        return value

    def opening(self, name):
        if f"open {name}" in self.faults:
            self.log.append(f"fail {name}")
            raise self.faults[f"open {name}"]  # never a local name: the error would hold itself through this frame

    def opened(self, name):
        for need in self.needs.get(name, ()):
            assert need in self.live, f"{name} opens without {need}"
        self.log.append(f"open {name}")
        self.live.append(name)

    def closing(self, name):
        self.log.append(f"close {name}")
        for dependent in self.live:
            assert name not in self.needs.get(dependent, ()), f"{name} closes before {dependent}"

    def closed(self, name):
        self.live.remove(name)
        self.finished.append(name)
        if f"close {name}" in self.faults:
            raise self.faults[f"close {name}"]

    def lives(self, value):
        """Told of each instance that was opened; for those who look closer."""

    def dies(self, value):
        """Told of each instance whose closing begins."""

    @property
    def opens(self):
        return [entry[5:] for entry in self.log if entry.startswith("open ")]

    @property
    def closes(self):
        return [entry[6:] for entry in self.log if entry.startswith("close ")]

    def target(self, name, *needs, kind="generator", key=None):
        """Return the key and the undecorated target of a resource."""
        key = key or type(name, (), {"__module__": __name__})
        names = [f"n{number}" for number in range(len(needs))]
        parameters = ", ".join(f"{each}: T{each}" for each in names)
        source = textwrap.dedent(_SOURCES[kind]).strip()
        source = source.replace("{parameters}", parameters).replace("{arguments}", ", ".join(names))
        namespace = {f"T{each}": need for each, need in zip(names, needs, strict=True)}
        namespace |= {
            "story": self, "key": key, "name": name, "checkpoint": checkpoint, "contextlib": contextlib,
            "__name__": __name__,
        }  # fmt: skip
        exec(source, namespace)
        self.needs[name] = [each for need in needs if (each := getattr(need, "__name__", "")) in self.needs]
        return key, namespace["target"]

    def add(self, container, name, *needs, kind="generator", scope=None, **options):
        """Bind a resource; return its key."""
        key, target = self.target(name, *needs, kind=kind)
        container.bind(key, resource(scope=scope, **options)(target))
        return key


def run_threads(function, count):
    """Run *function* in *count* threads that begin together; return results and errors, in no order."""
    barrier = threading.Barrier(count)
    results, errors = [], []

    def run():
        barrier.wait(5)
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive(), "a thread hangs"
    return results, errors


__all__ = [
    "ASYNC_KINDS", "SYNC_KINDS", "WORLDS", "AsyncioWorld", "Container", "Fault", "Job", "Story", "SyncWorld",
    "TrioWorld", "checkpoint", "run_asyncio", "run_threads",
]  # fmt: skip
