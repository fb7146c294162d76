"""
Settled providers: those that give one value, whoever asks, until something changes.

What a call of a provider costs is mostly the frame of its `__call__`. So the class has a slot of that name instead of a
method, and Python calls what stands there: to begin with a method that looks whether the value is hot (see
`runtime.hot`), and then, for as long as it is, a function that gives it without running any code of ours. Arguments
mean nothing where the value is there already; who gives some once is called by a method from then on.
"""

from types import MethodType
from typing import TYPE_CHECKING, Any

from tenure.providers import calling
from tenure.providers.base import Provider, T_co
from tenure.providers.constant import CallSignature, constant
from tenure.providers.factories import Typed
from tenure.providers.kept import called_kept

_GONE: Any = object()


@calling.usual
class Settling(Typed[T_co]):
    """A provider that settles once its value is hot."""

    __slots__ = ("__call__",)

    if not TYPE_CHECKING:
        __signature__ = CallSignature()

    def _begin(self) -> None:
        super()._begin()
        _call_by(self, _called)

    def _look_again(self) -> None:
        _call_by(self, _called)


_slot: Any = Settling.__dict__["__call__"]  # a class of the user's may have a method of that name


def _call_by(provider: Any, method: Any) -> None:
    _slot.__set__(provider, MethodType(method, provider))


def _called(provider: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Return the value of *provider*; settle it where that is hot."""
    mode = provider._async_mode
    if args or kwargs or mode is None or mode.engine.graph is not mode.plain:
        if args or kwargs:
            _call_by(provider, called_kept)
        return calling.call(provider, args, kwargs)
    engine = mode.engine
    value = engine.hot.get(provider, _GONE)
    if value is not _GONE:
        _settle(provider, engine, value)
        return value
    if provider in engine.resolvers and provider not in engine.hot.expected:  # a resource stands behind it
        _call_by(provider, called_kept)
        return called_kept(provider)
    return Provider.__call__(provider)


def _settle(provider: Any, engine: Any, value: Any) -> None:
    settled = constant(value, lambda: _call_by(provider, called_kept))

    def take() -> None:
        _slot.__set__(provider, settled)

    def give_back() -> None:
        if _slot.__get__(provider) is settled:
            _call_by(provider, _called)

    engine.hot.hand_out(provider, value, take, give_back)
