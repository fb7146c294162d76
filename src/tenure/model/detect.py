"""
What counts as a resource, and how it is opened and closed: the one place that says so (design section 9).

Looks at types and functions only, never at attributes of an instance: a client that answers to every name would
otherwise be taken for anything.
"""

import contextlib
from collections.abc import Callable
from typing import Any

from tenure.keys import origin_of
from tenure.model.binding import Lifecycle, Rule, Style
from tenure.model.functions import is_abstract_class, is_async_generator_function, is_generator_function, unwrap
from tenure.model.introspect import annotations_of, returns_context
from tenure.model.methods import is_async_function, method_of, methods, own_function
from tenure.record import replace

_OPENERS = ("initialize",)
_CLOSERS = ("dispose", "cleanup")
_OWN = frozenset((*_OPENERS, *_CLOSERS, "__aenter__", "__enter__"))
"""Names by which a class says itself how it is opened and closed, also one that derives from a client's."""
NEVER_BY_THEMSELVES = frozenset({"builtins", "typing", "types", "collections.abc", "enum", "_thread", "threading"})
"""Modules whose classes carry data or protect it: making one out of nothing is never what is meant."""
_NEVER_ENTERED = ("threading", "_thread", "asyncio.locks", "multiprocessing.synchronize", "unittest.mock")
"""Modules whose context managers are locks, or answer to anything."""
_LOCKS = frozenset(
    {f"trio.{name}" for name in ("Lock", "StrictFIFOLock", "Semaphore", "Condition", "CapacityLimiter")}
    | {f"anyio.{name}" for name in ("Lock", "Semaphore", "Condition", "CapacityLimiter", "ResourceGuard")}
    | {"redis.lock.Lock", "redis.asyncio.lock.Lock", "valkey.lock.Lock", "valkey.asyncio.lock.Lock"}
    | {"multiprocessing.managers.AcquirerProxy", "filelock._api.BaseFileLock"}
)
"""Locks in modules that hold more than locks."""
_RECOGNISED = frozenset((
    "sqlalchemy", "psycopg", "psycopg_pool", "asyncpg", "aiosqlite", "sqlite3", "_duckdb", "duckdb", "redis", "valkey",
    "pymongo", "motor", "elasticsearch", "opensearchpy", "neo4j", "qdrant_client", "oracledb", "httpx", "httpx2",
    "niquests", "requests", "aiohttp", "openai", "anthropic", "botocore", "boto3", "aiobotocore", "aiokafka", "cimpl",
    "confluent_kafka", "aio_pika", "nats", "grpc", "_io", "io", "aiofiles", "concurrent", "multiprocessing",
    "subprocess", "asyncio", "anyio", "trio", "tempfile", "logging", "socket",
))  # fmt: skip
"""Packages of `clients.TABLES`, which is imported for a class of one of them only."""


def lifecycle_of_function(function: Callable[..., Any], declared: bool) -> Lifecycle | None:
    """
    Return how what *function* makes is opened and closed, None for a plain factory.

    Args:
        function: any callable that is not a class.
        declared: whether the user said that it is a resource; a plain factory is then a resource that owes nothing,
            unless its return annotation is a class with a lifecycle of its own.
    """
    inner = unwrap(function)
    if is_generator_function(function):
        return Lifecycle(Style.GENERATOR)
    if is_async_generator_function(function):
        return Lifecycle(Style.ASYNC_GENERATOR, opens_async=True, closes_async=True)
    if inner is not function and is_generator_function(inner):
        return Lifecycle(Style.CONTEXT)  # @contextmanager
    if inner is not function and is_async_generator_function(inner):
        return Lifecycle(Style.ASYNC_CONTEXT, opens_async=True, closes_async=True)  # @asynccontextmanager
    context = returns_context(function)
    if context is contextlib.AbstractAsyncContextManager:
        return Lifecycle(Style.ASYNC_CONTEXT, opens_async=True, closes_async=True)
    if context is contextlib.AbstractContextManager:
        return Lifecycle(Style.CONTEXT)
    return _lifecycle_of_result(function) if declared else None


def _lifecycle_of_result(function: Callable[..., Any]) -> Lifecycle:
    made = annotations_of(function).get("return")
    made = origin_of(made) or made
    if not isinstance(made, type):
        return Lifecycle(Style.METHODS, rule=Rule.NOTHING)
    found = lifecycle_of_class(made)
    return _late(found, made) if found.method_names else found


def _late(found: Lifecycle, cls: type) -> Lifecycle:
    """Return *found* with methods looked up on the class of what is made, which may override those of *cls*."""

    def late(function: Any) -> Any:
        name = next((name for name in found.method_names if own_function(cls, name) is function), None)
        if name is None:
            return function

        def call(obj: Any) -> Any:
            return own_function(type(obj), name)(obj)

        call.__name__, call.__qualname__ = name, f"{cls.__qualname__}.{name}"
        return call

    is_protocol = getattr(cls, "_is_protocol", False)
    return replace(
        found,
        open=late(found.open),
        close=late(found.close),
        made_class=None if is_protocol else found.made_class,
    )


def lifecycle_of_initializer(function: Callable[..., Any]) -> Lifecycle:
    """
    Return how what the initializer of a declared resource gives is opened and closed.

    A context manager comes before methods called `initialize` and the like: who names a class as an initializer means
    its `with`. What a plain function gives tells itself (`lifecycle_of_made`).
    """
    if isinstance(function, type):
        return _lifecycle_entered(function) or lifecycle_of_class(function)
    found = lifecycle_of_function(function, declared=False)
    if found is not None:
        return found
    return Lifecycle(Style.METHODS) if is_async_function(function) else Lifecycle(Style.FOUND)


def lifecycle_of_made(made: Any) -> Lifecycle:
    """Return how *made*, which a plain function gave as a resource, is opened and closed; judged by its type alone."""
    cls = type(made)
    if made is None or isinstance(made, type) or cls.__module__ == "builtins":
        return Lifecycle(Style.METHODS, rule=Rule.NOTHING)
    return _lifecycle_entered(cls) or _lifecycle_guessed(cls)


def lifecycle_of_class(cls: type) -> Lifecycle:
    """
    Return how objects of the declared resource class *cls* are opened and closed.

    The first that fits: what is known of a client, `initialize`/`dispose` or `cleanup`, `async with`, `aclose`, `with`
    unless it is that of a lock, `close`, a pair of `start` and `stop`. Never `shutdown`, `terminate`, `disconnect`,
    `drain` or `stop` alone: with some client each of them means something else.
    """
    found = lifecycle_of_client(cls)
    if found is not None:
        return found
    opener = method_of(cls, _OPENERS)
    closer = method_of(cls, _CLOSERS)
    if opener or closer:
        return _by_names(cls, opener, closer, Rule.FORM)
    return _context_of_class(cls) or _lifecycle_guessed(cls)


def lifecycle_of_client(cls: type | None) -> Lifecycle | None:
    """Return the lifecycle of a client that is recognised, None for any other class."""
    if cls is None or not any(_is_recognised(base) for base in type.mro(cls)):
        return None
    from tenure.model.clients import adapter_of  # noqa: PLC0415 - imported on use: many programs have none of them

    found = adapter_of(cls, _OWN)
    if found is None:
        return None
    return Lifecycle(
        Style.METHODS,
        open=found.open,
        close=found.close,
        opens_async=found.open is not None and found.open.is_async,
        closes_async=found.close.is_async,
        rule=Rule.ADAPTER,
        adapter=found.name,
    )


def _is_recognised(base: type) -> bool:
    module = base.__module__
    return isinstance(module, str) and module.partition(".")[0] in _RECOGNISED


def _lifecycle_entered(cls: type) -> Lifecycle | None:
    """Return the lifecycle of what is a client, or what `async with` or `with` opens and closes; None for any other."""
    known = lifecycle_of_client(cls)
    if known is not None and known.adapter not in _GIVES_ANOTHER:
        return known
    return _context_of_class(cls)


_GIVES_ANOTHER = frozenset(("tempfile.TemporaryDirectory", "anyio.TemporaryDirectory"))
"""Clients whose `with` closes them rightly and gives something else: who names one as an initializer means that."""


def _context_of_class(cls: type) -> Lifecycle | None:
    """Return the lifecycle of a class that `async with` or `with` opens and closes, None for any other."""
    if _enters(cls, "__aenter__", "__aexit__"):
        return Lifecycle(Style.ASYNC_CONTEXT, opens_async=True, closes_async=True)
    if method_of(cls, ("aclose",)) and not _is_never_entered(cls):
        return _by_names(cls, None, "aclose", Rule.ACLOSE)
    return Lifecycle(Style.CONTEXT) if _enters(cls, "__enter__", "__exit__") else None


def _lifecycle_guessed(cls: type) -> Lifecycle:
    """Return what the names of the methods of *cls* tell, where nothing better does."""
    if _is_never_entered(cls):
        return Lifecycle(Style.METHODS, rule=Rule.NEVER)
    if cls.__module__ in NEVER_BY_THEMSELVES:
        return Lifecycle(Style.METHODS, rule=Rule.NOTHING)
    if method_of(cls, ("close",)):
        return _by_names(cls, None, "close", Rule.CLOSE)
    if method_of(cls, ("start",)) and method_of(cls, ("stop",)):
        return _by_names(cls, "start", "stop", Rule.START_STOP)
    return Lifecycle(Style.METHODS, rule=Rule.NOTHING)


def _enters(cls: type, enter: str, leave: str) -> bool:
    """Tell whether entering an object of *cls* opens it: that of a lock acquires it, a mock answers to anything."""
    if not (method_of(cls, (enter,)) and method_of(cls, (leave,))):
        return False
    definer = next((base for base in cls.__mro__ if enter in vars(base)), cls)
    return definer.__module__ not in _NEVER_ENTERED and not _is_lock(cls)


def _is_never_entered(cls: type) -> bool:
    return any(base.__module__ in _NEVER_ENTERED for base in type.mro(cls)) or _is_lock(cls)


def _is_lock(cls: type) -> bool:
    return any(f"{base.__module__}.{base.__qualname__}" in _LOCKS for base in type.mro(cls))


def _by_names(cls: type, opener: str | None, closer: str | None, rule: Rule) -> Lifecycle:
    """Return a lifecycle of methods of *cls*; either may be None."""
    found = methods(
        own_function(cls, opener) if opener else None,
        own_function(cls, closer) if closer else None,
        names=frozenset(name for name in (opener, closer) if name),
        cls=cls,
    )
    return found if rule is Rule.FORM else replace(found, rule=rule)


def is_abstract(cls: type) -> bool:
    """Tell whether *cls* cannot be instantiated: an abstract base class with open methods, or a Protocol."""
    return is_abstract_class(cls) or bool(getattr(cls, "_is_protocol", False))
