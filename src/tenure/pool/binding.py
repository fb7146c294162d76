"""A pool in a container: two bindings, the pool itself for the container's life and an item of it for a scope."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from tenure.errors import BindingError
from tenure.keys import Key, base_of, qualified, qualifiers_of
from tenure.model.binding import NOTHING, SINGLETON, Binding, Lifecycle, Make, Need, Options, Style
from tenure.model.introspect import needs_of
from tenure.model.self_binding import Asked
from tenure.pool.borrower import calling_frame, users_frame
from tenure.pool.making import CLOSE_LIMIT_S
from tenure.pool.pool import Pool


def bindings_of(pool: Any, asked: Asked) -> Sequence[Binding]:
    """
    Return how *pool* is bound: itself to `Pool[key]`, with the qualifiers of *key*, and what is borrowed to *key*.

    Raises:
        BindingError: it was bound alone and its factory does not say what it makes, or it should be kept for good.
    """
    asked.refuse_kept("a pool")
    setup = pool.setup
    key = asked.key
    if key is NOTHING:
        key = qualified(_key_of_items(setup.binding.key), asked.name)
    own = key_of_pool(key)
    needs = needs_of(setup.binding.source, {**setup.arguments, **asked.arguments})
    return _itself(pool, own, needs, asked), _borrowed(pool, own, key, asked.usual_scope())


def key_of_pool(key: Key) -> Key:
    """Return the key of the pool whose items have *key*: `Annotated[Pool[T], q]` for `Annotated[T, q]`."""
    cls: Any = Pool
    if isinstance(key, str):
        return Annotated[cls, key]
    own, qualifiers = cls[base_of(key)], qualifiers_of(key)
    return Annotated[(own, *qualifiers)] if qualifiers else own


def _key_of_items(key: Key) -> Key:
    if isinstance(key, str):
        raise BindingError(
            f"{key} does not say what it makes; annotate its return type, or give the key: bind(Key, Pool({key}))"
        )
    return key


def _itself(pool: Any, own: Key, needs: tuple[Need, ...], asked: Asked) -> Binding:
    setup = pool.setup

    def given(*args: Any, **kwargs: Any) -> Any:
        pool.begin(is_async=setup.is_async, given=(args, kwargs), outer=asked.notify)
        return pool

    if setup.is_async:
        lifecycle = Lifecycle(Style.METHODS, _open_async, type(pool).aclose, opens_async=True, closes_async=True)
        options = Options(is_resource=True, close_timeout=setup.limits.close_timeout_s + CLOSE_LIMIT_S + 2.0)
    else:
        lifecycle = Lifecycle(Style.METHODS, _open, type(pool).close)
        options = Options(is_resource=True)
    return Binding(
        own, Make.CALL, given, SINGLETON, needs, lifecycle, options, source=setup.binding.source
    )  # fmt: skip


def _open(pool: Any) -> None:
    pool.life.open()


async def _open_async(pool: Any) -> None:
    await pool.life.open()


def _borrowed(pool: Any, own: Key, key: Key, scope: str) -> Binding:
    needs, source = (Need("pool", own, by_position=True),), pool.setup.binding.source
    # only the borrowing has to be awaited: giving back never waits
    make, lend = (Make.AWAIT, _alend) if pool.setup.is_async else (Make.CALL, _lend)
    return Binding(key, make, lend, scope, needs, Lifecycle(Style.GENERATOR), Options(is_resource=True), source=source)


def _lend(pool: Any) -> Iterator[Any]:
    item = pool.life.take(pool.setup.limits.timeout_s, users_frame(calling_frame(1))).item
    yield from _lent(pool, item)  # nothing is lent before it begins


async def _alend(pool: Any) -> Iterator[Any]:
    life, frame = pool.life_here(), users_frame(calling_frame(1))
    entry = life.quick(frame) or await life.take(pool.setup.limits.timeout_s, frame)
    return _lent(pool, entry.item)


def _lent(pool: Any, item: Any) -> Iterator[Any]:
    """Yield *item*, which is lent already; give it back when its scope is left."""
    try:
        yield item
    except BaseException as error:
        pool.release(item, error)
        raise
    pool.release(item)
