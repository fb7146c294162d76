"""How one item is made and closed: the binding of its factory, as that of any resource."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from tenure.declare import lifecycle_on, options_of
from tenure.errors import BindingError
from tenure.keys import Key, show
from tenure.model.binding import NOTHING, Binding, Make, Rule
from tenure.model.build import Declared, binding_of
from tenure.model.detect import lifecycle_of_initializer
from tenure.model.functions import is_routine
from tenure.model.introspect import product_of
from tenure.model.retry import Retry
from tenure.record import replace

_DECLARED = Declared(options_of, lifecycle_on)


def binding_of_factory(
    what: str, factory: Any, close: Any, retry: Retry | None, arguments: Mapping[str, Any], n_given: int
) -> Binding:
    """
    Return how the items of *factory* are made and closed.

    Args:
        what: "Keyed", for errors.
        factory: a class or function.
        close: name of the method that closes an item, or a function that takes it; None: *factory* says it.
        retry: how often making is tried; None: what *factory* declares.
        arguments: constants by parameter name.
        n_given: how many parameters, the first ones, are given at each call.

    Raises:
        BindingError: *factory* makes nothing, or takes fewer parameters.
    """
    if not callable(factory):
        raise BindingError(f"{what} takes what makes its items, a class or a function, not {factory!r}")
    if not isinstance(factory, type | functools.partial) and not is_routine(factory):
        factory = factory.__call__
    binding = binding_of(_key_of(factory), factory, _DECLARED, arguments=arguments, close=close, is_resource=True)
    given, needs = binding.needs[:n_given], binding.needs[n_given:]
    if len(given) < n_given or not all(need.by_position for need in given):
        raise BindingError(f"{what} calls {binding.label} with the key, and it takes none: give it a first parameter")
    lifecycle = binding.lifecycle
    if lifecycle is not None and lifecycle.rule is Rule.NOTHING and not isinstance(factory, type):
        lifecycle = lifecycle_of_initializer(factory)
    options = binding.options if retry is None else replace(binding.options, retry=retry)
    return replace(binding, needs=needs, lifecycle=lifecycle, options=options)


def _key_of(factory: Any) -> Key:
    if isinstance(factory, type):
        return factory
    try:
        return product_of(factory)
    except BindingError:
        return getattr(factory, "__qualname__", repr(factory))


def is_async(binding: Binding) -> bool:
    """Tell whether items of *binding* need an event loop, as far as the factory itself says."""
    lifecycle = binding.lifecycle
    return binding.make is Make.AWAIT or (lifecycle is not None and lifecycle.is_async)


def refuse_missing(label: str, binding: Binding, given: Mapping[str, Any]) -> None:
    """Raise BindingError where *binding* has parameters that nothing is given for."""
    missing = [need.name for need in binding.needs if need.default is NOTHING and not need.optional]
    missing = [name for name in missing if name not in given]
    if missing:
        raise BindingError(
            f"{label} needs {', '.join(missing)}: say it with arguments={{...}}, or bind it in a container"
        )


def label_of(cls: str, name: str | None, key: Key) -> str:
    """Return what leases items of *key* as errors name it: `Keyed[Database]`, or `Keyed 'tenants'` by its *name*."""
    if name is not None:
        return f"{cls} {name!r}"
    return f"{cls}[{key if isinstance(key, str) else show(key)}]"


Given = tuple[tuple[Any, ...], Mapping[str, Any]]
"""Arguments by position and by name."""
Notify = Callable[[], Any]
"""Gives what shows events to the observers, None where there are none."""
