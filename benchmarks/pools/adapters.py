"""
Each pool behind the same few words, so that one program can try a feature of all of them.

An adapter refuses an option that its pool does not have (`NotOfferedError`); what it is given works as the pool's
documentation says, as far as the trial shows.
"""

import asyncio
import importlib.util
import threading
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, ClassVar

from benchmarks.case import NotOfferedError
from benchmarks.pools.server import Plain, Server


class Adapter:
    """
    One pool.

    Attributes:
        server: what its connections are opened to.
        pool: of the library, once it is open.
    """

    title = ""
    package = ""
    is_async = True
    options: ClassVar[Mapping[str, str]] = {}
    """The library's word for each option that it has."""

    def __init__(self) -> None:
        self.server = Server()
        self.pool: Any = None

    @classmethod
    def is_installed(cls) -> bool:
        """Tell whether the library is there."""
        return importlib.util.find_spec(cls.package) is not None

    def translated(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Return *wanted* in the library's own words; NotOfferedError where it has none."""
        missing = [name for name in wanted if name not in self.options]
        if missing:
            raise NotOfferedError(f"no option for {missing[0]}")
        return {self.options[name]: value for name, value in wanted.items()}

    async def open(self, **wanted: Any) -> None:
        """Open the pool with options in Tenure's words."""
        raise NotImplementedError

    async def take(self, timeout_s: float | None = None) -> Any:
        """Borrow a connection by hand."""
        raise NotImplementedError

    async def release(self, connection: Any) -> None:
        """Give *connection* back."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close the pool."""
        raise NotImplementedError

    def start(self, function: Callable[[], Any]) -> Callable[[], Any]:
        """Run a coroutine function beside the caller: a task, or where the pool is for threads a thread."""
        if self.is_async:
            task = asyncio.create_task(function())

            async def joined() -> Any:
                return await task

            joined.cancel = task.cancel  # type: ignore[attr-defined]  # for the trials of cancellation
            return joined
        box: list[Any] = []
        thread = threading.Thread(target=lambda: box.append(asyncio.run(_settled(function))))
        thread.start()

        async def ended() -> Any:
            await asyncio.to_thread(thread.join)
            if isinstance(box[0], BaseException):
                raise box[0]
            return box[0]

        return ended

    async def call(self, name: str, **arguments: Any) -> Any:
        """Call a method that not every pool has."""
        method = getattr(self, f"do_{name}", None)
        if method is None:
            raise NotOfferedError(f"no {name}")
        return await method(**arguments)


async def _settled(function: Callable[[], Any]) -> Any:
    try:
        return await function()
    except BaseException as error:  # noqa: BLE001 - raised where the thread is joined
        return error


TENURE_OPTIONS = {
    name: name
    for name in (
        "min_size", "max_size", "max_waiting", "max_lifetime_s", "max_idle_s", "max_uses", "check", "check_after_s",
        "reset", "lifo", "min_idle", "late_after_s", "jitter", "on_late", "retry", "close_timeout_s", "discard",
    )
}  # fmt: skip


class TenureLoop(Adapter):
    """tenure.Pool on an event loop."""

    title, package, options = "Tenure (loop)", "tenure", TENURE_OPTIONS

    async def _connect(self) -> Any:
        connection = self.server.open(Plain())
        try:
            yield connection
        finally:
            self.server.close(connection)

    async def open(self, **wanted: Any) -> None:
        """Open it."""
        from tenure import Pool  # noqa: PLC0415 - installed or not

        self.pool = Pool(self._connect, **self.translated(wanted))
        await self.pool.aopen()

    async def take(self, timeout_s: float | None = None) -> Any:
        return await self.pool.acquire(timeout_s)

    async def release(self, connection: Any) -> None:
        self.pool.release(connection)

    async def close(self) -> None:
        await self.pool.aclose()

    async def do_stats(self) -> Any:
        return self.pool.stats()

    async def do_resize(self, max_size: int) -> None:
        self.pool.resize(max_size=max_size)

    async def do_invalidate(self) -> None:
        self.pool.invalidate()

    async def do_drain(self) -> None:
        await self.pool.adrain(0.01)


class TenureThreads(TenureLoop):
    """tenure.Pool for threads."""

    title, is_async = "Tenure (threads)", False

    def _connect(self) -> Any:
        connection = self.server.open(Plain())
        try:
            yield connection
        finally:
            self.server.close(connection)

    async def open(self, **wanted: Any) -> None:
        from tenure import Pool  # noqa: PLC0415 - installed or not

        self.pool = Pool(self._connect, **self.translated(wanted))
        self.pool.open()

    async def take(self, timeout_s: float | None = None) -> Any:
        return await asyncio.to_thread(lambda: self.pool.take(timeout_s))

    async def close(self) -> None:
        await asyncio.to_thread(self.pool.close)

    async def do_drain(self) -> None:
        await asyncio.to_thread(self.pool.drain, 0.01)


_PSYCOPG = {
    "min_size": "min_size", "max_size": "max_size", "max_waiting": "max_waiting", "max_lifetime_s": "max_lifetime",
    "max_idle_s": "max_idle", "check": "check", "reset": "reset",
}  # fmt: skip


class Psycopg(Adapter):
    """psycopg_pool.AsyncConnectionPool."""

    title, package, options = "psycopg_pool (loop)", "psycopg_pool", _PSYCOPG
    name = "AsyncConnectionPool"

    def connection_class(self) -> Any:
        """Return a class that psycopg_pool takes for psycopg's."""
        from psycopg.pq import TransactionStatus  # noqa: PLC0415 - installed or not

        server, is_async = self.server, self.is_async

        class Connection:
            autocommit = False
            closed = False
            _pool: Any = None

            def __init__(self) -> None:
                self.pgconn = SimpleNamespace(transaction_status=TransactionStatus.IDLE)
                server.open(self)

            if is_async:

                @classmethod
                async def connect(cls, *_: Any, **__: Any) -> Any:
                    return cls()

                async def close(self) -> None:
                    self._end()

            else:

                @classmethod
                def connect(cls, *_: Any, **__: Any) -> Any:
                    return cls()

                def close(self) -> None:
                    self._end()

            def _end(self) -> None:
                if not self.closed:
                    self.closed = True
                    self.pgconn.transaction_status = TransactionStatus.UNKNOWN
                    server.close(self)

        return Connection

    def _made(self, wanted: Mapping[str, Any]) -> Any:
        import psycopg_pool  # noqa: PLC0415 - installed or not

        options = {"min_size": 0, **self.translated(wanted)}
        check, reset = options.pop("check", None), options.pop("reset", None)
        if check is not None:
            options["check"] = self._checking(check)
        if reset is not None:
            options["reset"] = self._resetting(reset)
        options.setdefault("max_size", 10)
        return getattr(psycopg_pool, self.name)("", connection_class=self.connection_class(), open=False, **options)

    def _checking(self, check: Any) -> Any:
        from psycopg.pq import TransactionStatus  # noqa: PLC0415 - installed or not

        def checked(connection: Any) -> None:
            if not check(connection):
                connection.pgconn.transaction_status = TransactionStatus.UNKNOWN  # as a query on a dead one leaves it
                raise ConnectionResetError

        async def achecked(connection: Any) -> None:
            checked(connection)

        return achecked if self.is_async else checked

    def _resetting(self, reset: Any) -> Any:
        async def done(connection: Any) -> None:
            reset(connection)

        return done if self.is_async else reset

    async def open(self, **wanted: Any) -> None:
        self.pool = self._made(wanted)
        await self.pool.open(wait=True)

    async def take(self, timeout_s: float | None = None) -> Any:
        return await self.pool.getconn(timeout_s)

    async def release(self, connection: Any) -> None:
        await self.pool.putconn(connection)

    async def close(self) -> None:
        await self.pool.close()

    async def do_stats(self) -> Any:
        return self.pool.get_stats()

    async def do_resize(self, max_size: int) -> None:
        await self.pool.resize(self.pool.min_size, max_size)

    async def do_invalidate(self) -> None:
        await self.pool.drain()


class PsycopgThreads(Psycopg):
    """psycopg_pool.ConnectionPool."""

    title, is_async, name = "psycopg_pool (threads)", False, "ConnectionPool"

    async def open(self, **wanted: Any) -> None:
        self.pool = self._made(wanted)
        await asyncio.to_thread(self.pool.open, True)

    async def take(self, timeout_s: float | None = None) -> Any:
        return await asyncio.to_thread(self.pool.getconn, timeout_s)

    async def release(self, connection: Any) -> None:
        self.pool.putconn(connection)

    async def close(self) -> None:
        await asyncio.to_thread(self.pool.close)

    async def do_resize(self, max_size: int) -> None:
        self.pool.resize(self.pool.min_size, max_size)

    async def do_invalidate(self) -> None:
        self.pool.drain()


class SQLAlchemy(Adapter):
    """sqlalchemy.pool.QueuePool."""

    title, package, is_async = "SQLAlchemy QueuePool", "sqlalchemy", False
    options: ClassVar[Mapping[str, str]] = {
        "max_size": "pool_size", "max_lifetime_s": "recycle", "lifo": "use_lifo", "check": "check", "reset": "reset",
    }  # fmt: skip

    def _connect(self) -> Any:
        server = self.server

        class Connection(Plain):
            def close(self) -> None:
                server.close(self)

            def rollback(self) -> None:
                """Nothing was begun."""

            def cursor(self) -> Any:
                raise AssertionError("nobody asks")

        return server.open(Connection())

    async def open(self, **wanted: Any) -> None:
        from sqlalchemy import event, exc  # noqa: PLC0415 - installed or not
        from sqlalchemy.pool import QueuePool  # noqa: PLC0415 - installed or not

        options = self.translated(wanted)
        check, reset = options.pop("check", None), options.pop("reset", None)
        self.timeout_s = 30.0
        self.pool = QueuePool(self._connect, max_overflow=0, **{"pool_size": 10, "timeout": 0.05, **options})
        if check is not None:

            @event.listens_for(self.pool, "checkout")
            def checkout(connection: Any, *_: Any) -> None:
                if not check(connection):
                    raise exc.DisconnectionError

        if reset is not None:
            event.listen(self.pool, "reset", lambda connection, *_: reset(connection))

    async def take(self, timeout_s: float | None = None) -> Any:
        found = await asyncio.to_thread(self.pool.connect)
        return _Fairy(found)

    async def release(self, connection: Any) -> None:
        connection.fairy.close()

    async def close(self) -> None:
        self.pool.dispose()

    async def do_stats(self) -> Any:
        return self.pool.status()

    async def do_invalidate(self) -> None:
        self.pool.dispose()
        self.pool = self.pool.recreate()


class _Fairy:
    """What SQLAlchemy lends, with the connection under the name that `Server.number` looks for."""

    def __init__(self, fairy: Any) -> None:
        self.fairy = fairy
        self._con = fairy.dbapi_connection


class Asyncpg(Adapter):
    """asyncpg.Pool."""

    title, package = "asyncpg", "asyncpg"
    options: ClassVar[Mapping[str, str]] = {
        "min_size": "min_size", "max_size": "max_size", "max_idle_s": "max_inactive_connection_lifetime",
        "reset": "reset", "check": "setup", "max_uses": "max_queries",
    }  # fmt: skip

    def connection_class(self) -> Any:
        """Return a class that asyncpg takes for its own."""
        import asyncpg  # noqa: PLC0415 - installed or not

        server = self.server

        class Connection(asyncpg.Connection):
            __slots__ = ("is_gone", "n_closed")

            def __init__(self) -> None:
                self._protocol = SimpleNamespace(queries_count=0, _is_cancelling=lambda: False)
                self._proxy = self._pool_holder = None
                self._pool_release_ctr = 0
                self._listeners, self._log_listeners = {}, set()
                self._top_xact, self._aborted = None, False
                self.is_gone = False
                server.open(self)

            def is_closed(self) -> bool:
                return self.is_gone

            async def reset(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - asyncpg's
                return

            async def _reset(self) -> None:
                return

            async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - asyncpg's
                self.terminate()

            def terminate(self) -> None:
                if not self.is_gone:
                    self.is_gone = True
                    server.close(self)
                    holder = self._pool_holder() if self._pool_holder is not None else None
                    self._pool_holder = None
                    if holder is not None and holder._con is self:  # noqa: SLF001 - as asyncpg's own does
                        holder._release_on_close()  # noqa: SLF001 - likewise

            def __del__(self) -> None:
                """Say nothing."""

        return Connection

    async def open(self, **wanted: Any) -> None:
        import asyncpg  # noqa: PLC0415 - installed or not

        options = {"min_size": 0, "max_size": 10, **self.translated(wanted)}
        cls = self.connection_class()
        check, reset = options.pop("setup", None), options.pop("reset", None)

        async def connect(*_: Any, **__: Any) -> Any:
            return cls()

        async def setup(connection: Any) -> None:
            if check is not None and not check(connection):
                raise ConnectionResetError

        async def done(connection: Any) -> None:
            reset(connection)

        if check is not None:
            options["setup"] = setup
        if reset is not None:
            options["reset"] = done
        self.pool = await asyncpg.create_pool("postgres://", connection_class=cls, connect=connect, **options)

    async def take(self, timeout_s: float | None = None) -> Any:
        return await self.pool.acquire(timeout=timeout_s)

    async def release(self, connection: Any) -> None:
        await self.pool.release(connection)

    async def close(self) -> None:
        await asyncio.wait_for(self.pool.close(), 2)

    async def do_stats(self) -> Any:
        return {"size": self.pool.get_size(), "idle": self.pool.get_idle_size()}

    async def do_invalidate(self) -> None:
        await self.pool.expire_connections()


class Connpool(Adapter):
    """connpool.AsyncConnectionPool."""

    title, package = "connpool (loop)", "connpool"
    name, factory = "AsyncConnectionPool", "AsyncCallableFactory"
    options: ClassVar[Mapping[str, str]] = {
        "min_size": "min_size", "max_size": "max_size", "max_waiting": "max_waiters", "max_lifetime_s": "max_lifetime",
        "max_idle_s": "max_idle_time", "max_uses": "max_uses", "check_after_s": "validate_after_idle",
        "jitter": "lifetime_jitter", "late_after_s": "leak_detection_timeout", "check": "validate", "reset": "reset",
        "lifo": "idle_strategy", "discard": "is_fatal_error",
    }  # fmt: skip

    def _made(self, wanted: Mapping[str, Any]) -> Any:
        import connpool  # noqa: PLC0415 - installed or not

        options = self.translated(wanted)
        hooks = {name: options.pop(name) for name in ("validate", "reset", "is_fatal_error") if name in options}
        discard = hooks.pop("is_fatal_error", None)
        if "idle_strategy" in options:
            strategy = connpool.IdleStrategy.LIFO if options["idle_strategy"] else connpool.IdleStrategy.FIFO
            options["idle_strategy"] = strategy
        made = {name: self._coloured(hook) for name, hook in hooks.items()}
        if discard is not None:
            made["is_fatal_error"] = lambda error: isinstance(error, discard)
        factory = getattr(connpool, self.factory)(
            self._coloured(lambda: self.server.open(Plain())), close=self._coloured(self.server.close), **made
        )
        config = {"maintenance_interval": 0.02, "retry": connpool.NO_RETRY, **options}
        return getattr(connpool, self.name)(factory, connpool.PoolConfig(**config))

    def _coloured(self, function: Any) -> Any:
        if not self.is_async:
            return function

        async def call(*args: Any) -> Any:
            return function(*args)

        return call

    async def open(self, **wanted: Any) -> None:
        self.pool = self._made(wanted)
        await self.pool.open()

    async def take(self, timeout_s: float | None = None) -> Any:
        return await self.pool.acquire(timeout_s)

    async def release(self, connection: Any) -> None:
        await self.pool.release(connection)

    async def close(self) -> None:
        await self.pool.close(0.05)

    async def do_stats(self) -> Any:
        return self.pool.stats()


class ConnpoolThreads(Connpool):
    """connpool.ConnectionPool."""

    title, is_async = "connpool (threads)", False
    name, factory = "ConnectionPool", "CallableFactory"

    async def open(self, **wanted: Any) -> None:
        self.pool = self._made(wanted)
        await asyncio.to_thread(self.pool.open)

    async def take(self, timeout_s: float | None = None) -> Any:
        return await asyncio.to_thread(self.pool.acquire, timeout_s)

    async def release(self, connection: Any) -> None:
        self.pool.release(connection)

    async def close(self) -> None:
        await asyncio.to_thread(self.pool.close, 0.05)


ADAPTERS: tuple[type[Adapter], ...] = (
    TenureLoop, TenureThreads, Psycopg, PsycopgThreads, SQLAlchemy, Asyncpg, Connpool, ConnpoolThreads,
)  # fmt: skip
