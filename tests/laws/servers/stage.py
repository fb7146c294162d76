"""
What one case works with: a server, a client, a container, and the account of what happened.

The account is the trace of the client's side, the errors that anybody got, and what the server saw.
"""

import gc
import threading
import traceback
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

from tenure import Container
from tenure.events import Abandoned
from tenure.runtime.scope import current
from tests.laws.rig.oracle import End, Violation, violations
from tests.laws.rig.trace import ABANDONED, CLOSE_FAILED, FAILED
from tests.laws.servers.resources import Link, Resources
from tests.real.running import unread

LIMIT_S = 0.15
"""What the scenes give as a time limit: what does not answer is given up after so long."""
LOOK_S = 6.0
"""For so long the server may see something else than it should: it learns of the end of a connection a little later."""
PATIENCE_S = 3.0
"""After so long a frozen server is thawed whatever happens: nobody who has a limit may have waited for it so long."""


class Stage(Resources):
    """Where one case is played."""

    def __init__(self, world: Any, client: Any, server: Any) -> None:
        super().__init__(client, server, Container(observers=[self._observe]))
        self.world = world
        self.found: list[Violation] = []
        self.errors: list[BaseException] = []
        self.primary: BaseException | None = None
        self.interruptible = False
        self.is_closed = False
        self.given_up: list[Link] = []
        self._patience: threading.Timer | None = None
        self.observers: list[Callable[[Any], None]] = []

    def _observe(self, event: Any) -> None:
        if isinstance(event, Abandoned):
            link = self.last[event.key]
            self.given_up.append(link)
            self.trace.note(ABANDONED, link.life)
        for observer in self.observers:
            observer(event)

    # what scenes say

    def require(self, is_true: object, law: str, text: str) -> None:
        """Note that *law* is broken unless *is_true*."""
        if not is_true:
            self.found.append(Violation(law, text))

    async def get(self, key: type, source: Any = None) -> Link:
        link: Link = await self.world.get(source or self.container, key)
        return link

    def inside(self, **options: Any) -> Any:
        """Return a scope of a request, to enter by `async with` in every world."""
        return self.world.inside(self.container.resource_scope(**options))

    def container_scope(self) -> Any:
        """Return a scope of another request, as if the one around it were not there."""
        return _apart(self.inside())

    async def caught(self, body: Any, *args: Any) -> BaseException | None:
        """Run *body*; return the error that left it, which somebody got."""
        try:
            await body(*args)
        except Exception as error:
            self.errors.append(error)
            return error
        return None

    def caught_sync(self, function: Callable[[], object]) -> BaseException | None:
        """Call *function*; return the error that left it, which somebody got."""
        try:
            function()
        except Exception as error:
            self.errors.append(error)
            return error
        return None

    async def close(self) -> BaseException | None:
        """Close the container; return what it raised."""
        self.is_closed = True
        return await self.caught(self.world.close, self.container)

    async def sees(self, count: int, law: str = "L10") -> None:
        """Let the server see *count* connections, at once or as soon as it has looked."""
        is_so = lambda: len(self.server.connections()) == count  # noqa: E731
        try:
            await self.world.until(is_so, "the server sees", 0.1)
            return
        except TimeoutError:
            self._forget_frames()
        try:
            await self.world.until(is_so, "the server sees", LOOK_S)
        except TimeoutError:
            self.require(False, law, f"the server sees not {count} connections but {self.server.connections()}")

    def _forget_frames(self) -> None:
        """
        Let errors go of the frames in which they were raised, for this account keeps the errors.

        psycopg and others close the socket of a connecting that was given up only when nothing holds its frames.
        """
        if self.given_up:  # a closing that still hangs may stand in such a frame, and clearing it would end it
            return
        held = [*self.errors, *(step.error for step in self.trace.steps if step.act == FAILED and step.error)]
        for error in self._with_contexts(held):
            traceback.clear_frames(error.__traceback__)
        gc.collect()

    def _with_contexts(self, errors: list[BaseException]) -> list[BaseException]:
        found: dict[int, BaseException] = {}
        stack = list(errors)
        while stack:
            error = stack.pop()
            if id(error) not in found:
                found[id(error)] = error
                stack += [each for each in (error.__cause__, error.__context__) if each is not None]
        return list(found.values())

    async def waited_for(self) -> None:
        """Wait until a frozen server has got something from us that it does not read."""
        await self.world.until(self.is_waited_for, "bytes for the frozen server")

    def is_waited_for(self) -> bool:
        """Tell whether the server is frozen and has got something from us that it does not read."""
        return self._patience is not None and unread(self.server.port) > 0

    def freeze(self, law: str) -> None:
        """Freeze the server; note that *law* is broken where someone waits until it is thawed by force."""
        self.server.freeze()
        self._patience = threading.Timer(PATIENCE_S, self._end_of_patience, [law])
        self._patience.daemon = True
        self._patience.start()

    def _end_of_patience(self, law: str) -> None:
        self.require(False, law, f"{PATIENCE_S} s later something still waited for the frozen server")
        self.server.thaw()

    def thaw(self) -> None:
        """Let the server go on."""
        self.calm()
        self.server.thaw()

    def kill(self) -> None:
        """Kill the server."""
        self.calm()
        self.server.kill()

    def calm(self) -> None:
        """End the patience of `freeze`: the server is dead now, or goes on."""
        if self._patience is not None:
            self._patience.cancel()
            self._patience.join()
            self._patience = None

    # its end

    async def settle(self) -> None:
        """Close what the scene left open, and look at what remains, on the server's side as well."""
        self.thaw()
        if not self.is_closed:
            await self.close()
        for link in self.given_up:
            self.client.hang_up(link.raw)
        if self.server.is_up:
            self.server.wait_until_up()
            await self.sees(0)
        try:
            await self.world.until(lambda: not self.world.left(), "tasks of the library end", LOOK_S)
        except TimeoutError:
            self.require(False, "L40", f"left behind: {self.world.left()}")

    def late(self, error: BaseException) -> None:
        """Take up an error that nobody was there to get: only the closing of what was given up may raise one."""
        lives = [link.life for link in self.given_up]
        failed = [step.error for step in self.trace.steps if step.act == CLOSE_FAILED and step.life in lives]
        if any(error is each for each in failed):
            self.errors.append(error)
        else:
            self.require(False, "L29", f"this error was raised where nobody was there to get it: {error!r}")

    def verdict(self) -> list[Violation]:
        """Return every law that was broken."""
        end = End(errors=self.errors, primary=self.primary, interruptible=self.interruptible)
        return self.found + violations(self.trace.steps, end)


@asynccontextmanager
async def _apart(manager: Any) -> Any:
    around = current.set(None)
    try:
        async with manager as scope:
            yield scope
    finally:
        current.reset(around)
