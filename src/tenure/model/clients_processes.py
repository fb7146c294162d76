"""
How processes are ended: asked first, waited for, then made to.

The library that made a process is imported already, so it is looked up where it stands: the model imports none.
"""

import sys
from typing import Any

LIMIT_S = 5
"""Seconds that a process has to end by itself once it was asked to."""


def end_child(process: Any) -> None:
    """End a `subprocess.Popen` and close its pipes."""
    expired = sys.modules["subprocess"].TimeoutExpired
    process.terminate()  # of a process that has ended it is a no-op
    try:
        process.wait(LIMIT_S)
    except expired:
        process.kill()
        process.wait()
    finally:
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                _close_pipe(pipe)


def _close_pipe(pipe: Any) -> None:
    try:
        pipe.close()
    except BrokenPipeError:  # what was still to be written has no reader any more
        pass


def end_process(process: Any) -> None:
    """End a `multiprocessing.Process` and give back what it held."""
    process.terminate()
    process.join(LIMIT_S)
    if process.is_alive():
        process.kill()
        process.join()
    process.close()


async def end_async(process: Any) -> None:
    """End an `asyncio.subprocess.Process`."""
    asyncio = sys.modules["asyncio"]
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), LIMIT_S)
        except TimeoutError:
            process.kill()
    await process.wait()


async def end_structured(process: Any) -> None:
    """End a process of anyio or trio, and close its streams."""
    library = sys.modules["trio" if type(process).__module__.startswith("trio") else "anyio"]
    if process.returncode is None:
        process.terminate()
        with library.move_on_after(LIMIT_S):
            await process.wait()
        if process.returncode is None:
            process.kill()
    await process.wait()
    if hasattr(type(process), "aclose"):  # anyio's
        await process.aclose()
        return
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            await stream.aclose()
