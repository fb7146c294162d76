"""Ctrl-C at every phase of a transaction, and forks."""

import signal
import subprocess
import sys
import threading
from typing import Any

from tests.laws.servers.scene import scene
from tests.laws.servers.stage import Stage
from tests.real.running import wait_until


@scene("L13", "L26")
async def interrupted_in_use(stage: Stage) -> None:
    """Ctrl-C in a request: the transaction is undone, and the interrupt goes on."""
    transaction = stage.transaction(stage.connection(scope="request"))
    left: list[BaseException] = []
    try:
        async with stage.inside() as scope:
            await stage.client.put((await stage.get(transaction, scope)).raw, "lost")
            signal.raise_signal(signal.SIGINT)
            await stage.world.until(lambda: False, "an interrupt")
    except BaseException as error:
        left.append(error)
    is_right = isinstance(left[0], KeyboardInterrupt) or stage.world.is_cancellation(left[0])
    stage.require(is_right, "L26", f"the interrupt left as {left[0]!r}")
    stage.require(stage.server.entries() == [], "L13", "what was interrupted was committed")
    await stage.sees(0)


@scene("L26", "L69", worlds=("sync",))
async def interrupted_while_opening(stage: Stage) -> None:
    """Ctrl-C while it connects: the interrupt leaves as itself, nothing is owed, and the next one connects."""
    first = stage.connection("First")
    second = stage.connection("Second", first)
    await stage.get(first)
    stage.freeze("L69")
    error = await interrupted(stage, stage.get, second)
    stage.require(type(error) is KeyboardInterrupt, "L26", f"the interrupt left as {error!r}")
    await stage.sees(1, "L69")
    await stage.get(second)
    await stage.sees(2, "L7")


@scene("L24", "L26", worlds=("sync",))
async def interrupted_in_release(stage: Stage) -> None:
    """Ctrl-C in a commit that hangs: it ends that closing alone; what it needs is closed, the interrupt goes on."""
    transaction = stage.transaction(stage.connection(scope="request"))
    stage.interruptible = True

    async def request() -> None:
        async with stage.inside() as scope:
            await stage.client.put((await stage.get(transaction, scope)).raw, "perhaps")
            stage.freeze("L24")

    error = await interrupted(stage, request)
    stage.require(type(error) is KeyboardInterrupt, "L26", f"the interrupt left as {error!r}")
    await stage.sees(0, "L24")


async def interrupted(stage: Stage, body: Any, *args: Any) -> BaseException | None:
    """Run *body*; interrupt it when it waits for the frozen server, thaw that then, and return what left *body*."""
    here, is_raised = threading.get_ident(), threading.Event()

    def raise_it(*_: object) -> None:
        is_raised.set()
        raise KeyboardInterrupt

    def press() -> None:
        wait_until(stage.is_waited_for, "bytes for the frozen server")
        signal.pthread_kill(here, signal.SIGINT)
        is_raised.wait(20)
        stage.thaw()

    before = signal.signal(signal.SIGINT, raise_it)
    presser = threading.Thread(target=press)
    presser.start()
    try:
        await body(*args)
    except BaseException as error:
        stage.errors.append(error)
        return error
    finally:
        presser.join()
        signal.signal(signal.SIGINT, before)
    return None


FORKING = """
import os, sys
from tenure import Container, resource
from tests.laws.servers.clients import client_for
from tests.laws.servers.worlds import finish

client = client_for("sync", sys.argv[1])

class Connection: pass

@resource(scope="singleton")
def connection():
    link = finish(client.connect(int(sys.argv[2])))
    try:
        yield link
    finally:
        print("closed by the child" if os.getpid() != parent else "closed", flush=True)
        finish(client.close(link))

parent = os.getpid()
container = Container()
container.bind(Connection, connection)
link = container.get(Connection)
child = os.fork()
if child == 0:
    container.close()
    sys.exit(0)
print("child", os.waitpid(child, 0)[1], flush=True)
finish(client.ping(link))
print("alive", container.get(Connection) is link, flush=True)
container.close()
"""


@scene("L70", worlds=("sync",))
async def forked(stage: Stage) -> None:
    """A child that closes the container and ends leaves the parent's connection alone."""
    command = [sys.executable, "-W", "ignore", "-c", FORKING, stage.client.name, str(stage.server.port)]
    done = subprocess.run(command, text=True, timeout=30, check=False, stdin=subprocess.DEVNULL, capture_output=True)
    said: Any = done.stdout.splitlines()
    stage.require(said == ["child 0", "alive True", "closed"], "L70", f"{said} {done.stderr[-300:]}")
