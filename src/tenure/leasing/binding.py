"""How what leases items is bound: itself for the container's life, and perhaps what is leased for a scope."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from tenure.errors import BindingError
from tenure.keys import Key, base_of, qualified, qualifiers_of
from tenure.leasing.apart import CLOSE_LIMIT_S
from tenure.model.binding import NOTHING, SINGLETON, Binding, Lifecycle, Make, Need, Options, Style
from tenure.model.introspect import needs_of
from tenure.model.self_binding import Asked


def itself(it: Any, asked: Asked) -> tuple[Binding, Key]:
    """
    Return how *it* is bound to `Kind[key]`, with the qualifiers of *key*, and *key*.

    Raises:
        BindingError: it was bound alone, and its factory does not say what it makes.
    """
    key = asked.key
    if key is NOTHING:
        key = it.binding.key
        if isinstance(key, str):
            word = type(it).__name__
            raise BindingError(
                f"{key} does not say what it makes; annotate its return type, or give the key: bind(Key, {word}({key}))"
            )
        key = qualified(key, asked.name)
    needs = needs_of(it.binding.source, {**it.arguments, **asked.arguments})[it.n_given :]
    notify = getattr(asked, "notify", lambda: None)

    def given(*args: Any, **kwargs: Any) -> Any:
        it.begin((args, kwargs), notify)
        return it

    cls = type(it)
    if it.is_async:
        lifecycle = Lifecycle(Style.METHODS, _loop_is_there, cls.aclose, opens_async=True, closes_async=True)
        options = Options(is_resource=True, close_timeout=it.limits.close_timeout_s + CLOSE_LIMIT_S + 2.0)
    else:
        lifecycle = Lifecycle(Style.METHODS, None, cls.close)
        options = Options(is_resource=True)
    own = Binding(_key_of(cls, key), Make.CALL, given, SINGLETON, needs, lifecycle, options, source=it.binding.source)
    return own, key


async def _loop_is_there(it: Any) -> None:
    """Nothing to wait for; that it is asynchronous has it made on the loop that will serve it."""


def _key_of(cls: Any, key: Key) -> Key:
    """Return the key of what leases items of *key*: `Annotated[Keyed[T], q]` for `Annotated[T, q]`."""
    if isinstance(key, str):
        return Annotated[cls, key]
    own, qualifiers = cls[base_of(key)], qualifiers_of(key)
    return Annotated[(own, *qualifiers)] if qualifiers else own


def leased(it: Any, own: Binding, key: Key, scope: str, more: Sequence[Need] = ()) -> Binding:
    """Return how what *it* leases is bound to *key*, for each scope called *scope*; *more* says which item."""
    needs = (Need("leased", own.key, by_position=True), *more)
    options, source = Options(is_resource=True), it.binding.source
    if it.is_async:  # only the leasing has to be awaited: giving back never waits
        return Binding(key, Make.AWAIT, _alease, scope, needs, Lifecycle(Style.CONTEXT), options, source=source)
    return Binding(key, Make.CALL, _lease, scope, needs, Lifecycle(Style.GENERATOR), options, source=source)


def _lease(leased: Any, *which: Any) -> Iterator[Any]:
    with leased.lease(*which) as item:
        yield item


async def _alease(leased: Any, *which: Any) -> "_Leased":
    lease = leased.lease(*which)
    return _Leased(lease, await lease.aopen())


class _Leased:
    """An item that is leased already, given back when it is left."""

    __slots__ = ("_item", "_lease")

    def __init__(self, lease: Any, item: Any) -> None:
        self._lease = lease
        self._item = item

    def __enter__(self) -> Any:
        return self._item

    def __exit__(self, *outcome: object) -> None:
        self._lease.release()
