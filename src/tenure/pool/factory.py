"""What a factory of items says of itself: how one is made and closed, of which colour it is, what it needs."""

import functools
from collections.abc import Mapping
from typing import Any

from tenure.declare import lifecycle_on, options_of
from tenure.errors import BindingError
from tenure.keys import Key, show
from tenure.model.binding import NOTHING, Binding, Lifecycle, Make, Style
from tenure.model.build import Declared, binding_of
from tenure.model.detect import lifecycle_of_initializer
from tenure.model.functions import is_routine
from tenure.model.introspect import product_of
from tenure.model.retry import Retry
from tenure.record import replace

_DECLARED = Declared(options_of, lifecycle_on)


def binding_of_factory(factory: Any, close: Any, retry: Retry, arguments: Mapping[str, Any]) -> Binding:
    """
    Return how the items of *factory* are made and closed.

    Args:
        factory: a class or function.
        close: name of the method that closes an item, or a function that takes it; None: *factory* says it.
        retry: how often making is tried, where the factory declares nothing itself.
        arguments: constants by parameter name.

    Raises:
        BindingError: *factory* makes nothing.
    """
    if not callable(factory):
        raise BindingError(
            f"a pool takes what makes its items, a class or a function, not {factory!r}; "
            f"did you mean Pool(lambda: {type(factory).__name__}(...))?"
        )
    if not isinstance(factory, type) and not is_routine(factory):
        factory = factory if isinstance(factory, functools.partial) else _method(factory)
    key = _key_of(factory)
    binding = binding_of(key, factory, _DECLARED, arguments=arguments, close=close, is_resource=True)
    if close is None and _says_nothing(factory, binding.lifecycle):
        binding = replace(binding, lifecycle=lifecycle_of_initializer(factory))
    options = binding.options
    if options.retry is None and retry.attempts > 1:
        binding = replace(binding, options=replace(options, retry=retry))
    return binding


def _method(obj: Any) -> Any:
    """Return what calling *obj* calls: a method shows whether it is a generator, or asynchronous."""
    return obj.__call__


def _key_of(factory: Any) -> Key:
    if isinstance(factory, type):
        return factory
    try:
        return product_of(factory)
    except BindingError:
        return getattr(factory, "__qualname__", repr(factory))


def _says_nothing(factory: Any, lifecycle: Lifecycle | None) -> bool:
    """Tell whether *factory* is a plain function whose annotation does not tell how an item is closed either."""
    if isinstance(factory, type) or lifecycle is None or lifecycle.style is not Style.METHODS:
        return False
    return lifecycle.open is None and lifecycle.close is None


def is_async_factory(binding: Binding) -> bool:
    """Tell whether items of *binding* need an event loop, as far as the factory itself says."""
    lifecycle = binding.lifecycle
    return binding.make is Make.AWAIT or (lifecycle is not None and lifecycle.is_async)


def missing_arguments(binding: Binding) -> list[str]:
    """Return the parameters of the factory that nothing is given for outside a container."""
    return [need.name for need in binding.needs if need.default is NOTHING and not need.optional]


def label_of(name: str | None, key: Key) -> str:
    """Return the pool as errors name it."""
    return f"the pool {name!r}" if name is not None else f"the pool of {key if isinstance(key, str) else show(key)}"
