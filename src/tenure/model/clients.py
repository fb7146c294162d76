"""
Clients that are recognised: how what well-known packages make is opened and closed, as data (docs/clients.md).

A class is looked up by its name along its MRO, so that nothing is imported to recognise it; a table is imported where
a class of one of its packages is met. What a class says of itself, nearer than the one that is known, counts instead.
"""

from collections.abc import Callable
from typing import Any

from tenure.record import record

TABLES: dict[str, tuple[str, ...]] = {
    "clients_databases": (
        "sqlalchemy", "psycopg", "psycopg_pool", "asyncpg", "aiosqlite", "sqlite3", "_duckdb", "duckdb", "redis",
        "valkey", "pymongo", "motor", "elasticsearch", "opensearchpy", "neo4j", "qdrant_client", "oracledb",
    ),
    "clients_network": (
        "httpx", "httpx2", "niquests", "requests", "aiohttp", "openai", "anthropic", "botocore", "boto3", "aiobotocore",
        "aiokafka", "cimpl", "confluent_kafka", "aio_pika", "nats", "grpc",
    ),
    "clients_system": (
        "_io", "io", "aiofiles", "concurrent", "multiprocessing", "subprocess", "asyncio", "anyio", "trio", "tempfile",
        "logging", "socket",
    ),
}  # fmt: skip
"""The module of each table, and the first names of the modules whose classes stand in it."""
_TABLE_OF = {package: table for table, packages in TABLES.items() for package in packages}


@record(eq=False)
class Act:
    """A call, or a few, that opens or closes an object."""

    text: str
    """As it would be written: `await aclose()`."""
    run: Callable[[Any], Any]
    """Takes the object; gives an awaitable if *is_async*."""
    is_async: bool = False

    def __call__(self, obj: Any) -> Any:
        """Open or close *obj*."""
        return self.run(obj)


@record(eq=False)
class Adapter:
    """How the objects of one class are opened and closed."""

    name: str
    """As programs import it: `redis.asyncio.Redis`."""
    paths: tuple[str, ...]
    """Module and qualified name of the class, one for each version of the package that calls it differently."""
    close: Act
    open: Act | None = None
    """None: it is open once it is made."""
    trap: str = ""
    """What guessing would have got wrong."""
    gives: str = ""
    """What its `with` gives where that is not the object, and closes it as *close* does; an initializer means that."""


def calls(name: str, *args: Any, unless: Callable[[Any], Any] | None = None, **kwargs: Any) -> Act:
    """
    Return the call of a method, looked up on the type: some clients answer to every name.

    Args:
        name: of the method.
        args: what it is given.
        unless: tells of an object that the call would be one too many for it.
        kwargs: what it is given by name.
    """
    return Act(_text(name, args, kwargs), _calling(name, args, kwargs, unless))


def awaits(name: str, *args: Any, unless: Callable[[Any], Any] | None = None, **kwargs: Any) -> Act:
    """Return the call of a coroutine method; see `calls`."""
    return Act(f"await {_text(name, args, kwargs)}", _calling(name, args, kwargs, unless), is_async=True)


def _calling(
    name: str, args: tuple[Any, ...], kwargs: dict[str, Any], unless: Callable[[Any], Any] | None
) -> Callable[[Any], Any]:
    def call(obj: Any) -> Any:
        getattr(type(obj), name)  # the type has to have it, as a function or as a property that gives one
        return getattr(obj, name)(*args, **kwargs)

    if unless is None:
        return call
    return lambda obj: None if unless(obj) else call(obj)


def _text(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    return f"{name}({', '.join([*map(str, args), *(f'{key}={value}' for key, value in kwargs.items())])})"


def both(first: Act, second: Act) -> Act:
    """Return two calls, the second whatever becomes of the first."""
    text = f"{first.text}; {second.text}"
    if first.is_async or second.is_async:

        async def run_async(obj: Any) -> None:
            try:
                await _settled(first(obj))
            finally:
                await _settled(second(obj))

        return Act(text, run_async, is_async=True)

    def run(obj: Any) -> None:
        try:
            first(obj)
        finally:
            second(obj)

    return Act(text, run)


async def _settled(result: Any) -> None:
    if hasattr(result, "__await__"):
        await result


def at(path: str) -> Callable[[Any], Any]:
    """Return what looks up an attribute of attributes, `_sender.sender_task`; None where one is not there."""

    def look(obj: Any) -> Any:
        for name in path.split("."):
            obj = getattr(obj, name, None)
        return obj

    return look


def adapter_of(cls: type, own: frozenset[str] = frozenset()) -> Adapter | None:
    """
    Return how objects of *cls* are opened and closed, None where nothing is known of it.

    Args:
        cls: the class; it counts as its nearest base that is known.
        own: names of methods; a base that is nearer and has one of them says itself how it is opened and closed.
    """
    for base in type.mro(cls):
        module = base.__module__
        table = _TABLE_OF.get(module.partition(".")[0]) if isinstance(module, str) else None
        if table is not None:
            found = _rows(table).get(f"{module}.{base.__qualname__}")
            if found is not None:
                return found
        elif not own.isdisjoint(vars(base)):
            return None
    return None


_read: dict[str, dict[str, Adapter]] = {}


def _rows(table: str) -> dict[str, Adapter]:
    rows = _read.get(table)
    if rows is None:
        module = __import__(f"tenure.model.{table}", fromlist=("ROWS",))
        rows = _read[table] = {path: row for row in module.ROWS for path in row.paths}
    return rows


def all_adapters() -> list[Adapter]:
    """Return every row of every table, in their order."""
    found: dict[int, Adapter] = {}
    for table in TABLES:
        found |= {id(row): row for row in _rows(table).values()}
    return list(found.values())
