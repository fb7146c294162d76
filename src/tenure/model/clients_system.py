"""How what Python itself gives (files, threads, processes, servers) is opened and closed: data only."""

from tenure.model.clients import Act, Adapter, at, awaits, both, calls
from tenure.model.clients_processes import LIMIT_S, end_async, end_child, end_process, end_structured

_CLOSE, _AWAIT_CLOSE = calls("close"), awaits("close")
_ENDED = f"terminate(); wait({LIMIT_S}); kill()"
_WAITS = "its `with` waits for ever"

_FILES = (
    Adapter("open(...)", ("_io._IOBase",), _CLOSE),
    Adapter("tempfile.NamedTemporaryFile(...)", ("tempfile._TemporaryFileWrapper",), _CLOSE),
    Adapter("aiofiles.open(...)", ("aiofiles.base.AsyncBase",), _AWAIT_CLOSE),
    Adapter("anyio.AsyncFile", ("anyio.AsyncFile",), awaits("aclose")),
    Adapter("tempfile.TemporaryDirectory", ("tempfile.TemporaryDirectory",), calls("cleanup"), gives="the path"),
    Adapter("anyio.TemporaryDirectory", ("anyio.TemporaryDirectory",), awaits("cleanup"), gives="the path"),
    Adapter("socket.socket", ("socket.socket",), _CLOSE, trap="`shutdown()` ends one direction, and closes nothing"),
)  # fmt: skip

_THREADS = (
    Adapter("concurrent.futures.Executor", ("concurrent.futures._base.Executor",), calls("shutdown", wait=True),
            trap="the only family whose `shutdown` is its close"),
    Adapter("multiprocessing.Pool", ("multiprocessing.pool.Pool",), both(_CLOSE, calls("join")),
            trap="its `with` cuts off who still works (`terminate()`)"),
    Adapter("logging.handlers.QueueListener", ("logging.handlers.QueueListener",), calls("stop", unless=lambda each: each._thread is None),  # noqa: SLF001, E501
            calls("start", unless=at("_thread"))),
    Adapter("logging.Handler", ("logging.Handler",), _CLOSE, trap="`acquire` and `release` are of its lock"),
)  # fmt: skip

_PROCESSES = (
    Adapter("subprocess.Popen", ("subprocess.Popen",), Act(_ENDED, end_child), trap=_WAITS),
    Adapter("asyncio.subprocess.Process", ("asyncio.subprocess.Process",),
            Act(f"terminate(); await wait(), {LIMIT_S} s; kill()", end_async, is_async=True)),
    Adapter("anyio.abc.Process", ("anyio.abc.Process",),
            Act(f"terminate(); await wait(), {LIMIT_S} s; kill(); await aclose()", end_structured, is_async=True),
            trap="`aclose()` alone waits for ever"),
    Adapter("trio.Process", ("trio.Process",),
            Act(f"terminate(); await wait(), {LIMIT_S} s; kill()", end_structured, is_async=True)),
    Adapter("multiprocessing.Process", ("multiprocessing.process.BaseProcess",),
            Act(f"terminate(); join({LIMIT_S}); kill(); close()", end_process), calls("start", unless=at("pid")),
            trap="`close()` fails while it runs"),
)  # fmt: skip

_STREAMS = (
    Adapter("asyncio.Server", ("asyncio.events.AbstractServer",), both(_CLOSE, awaits("wait_closed")),
            trap="`close()` does not wait"),
    Adapter("asyncio.StreamWriter", ("asyncio.streams.StreamWriter",), both(_CLOSE, awaits("wait_closed")),
            trap="`close()` does not wait"),
)  # fmt: skip

ROWS = _FILES + _THREADS + _PROCESSES + _STREAMS
