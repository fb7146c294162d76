"""Make a binding from what the user gave to `bind`: the one place that joins declaration, signature and lifetime."""

import functools
from collections.abc import Callable, Mapping
from types import AsyncGeneratorType, GeneratorType
from typing import Any

from tenure.errors import BindingError
from tenure.keys import Key, class_of, origin_of, qualified, show
from tenure.model.binding import (
    AMBIENT,
    NOTHING,
    SINGLETON,
    TRANSIENT,
    Binding,
    Lifecycle,
    Make,
    Options,
    Rule,
)
from tenure.model.detect import (
    NEVER_BY_THEMSELVES,
    is_abstract,
    lifecycle_of_class,
    lifecycle_of_client,
    lifecycle_of_function,
)
from tenure.model.functions import is_async_generator_function, is_enumeration, is_routine
from tenure.model.introspect import annotations_of, needs_of, product_of
from tenure.model.methods import is_async_function, lifecycle_with_close

_NOTHING_SAID = Options()
"""One for all bindings whose target says nothing."""


class Declared:
    """
    What decorators said, read by functions of the face that knows them.

    Args:
        options: gives the options of a class or function, None where nothing was declared.
        lifecycle: gives the lifecycle that a decorator left on a class, None where there is none.
    """

    __slots__ = ("lifecycle", "options")

    def __init__(self, options: Callable[[Any], Options | None], lifecycle: Callable[[Any], Lifecycle | None]) -> None:
        self.options: Callable[[Any], Options | None] = options
        self.lifecycle: Callable[[Any], Lifecycle | None] = lifecycle


def binding_of(
    key: Key,
    target: Any,
    declared: Declared,
    *,
    scope: str | None = None,
    name: str | None = None,
    arguments: Mapping[str, Any] | None = None,
    close: Any = None,
    is_resource: bool = False,
    is_value: bool = False,
    is_self: bool = False,
    autobound: bool = False,
) -> Binding:
    """
    Return the binding that `bind` describes.

    Args:
        key: the key; NOTHING: what the function *target* makes.
        target: a class, a function, or the value itself.
        declared: reads what decorators said.
        scope: lifetime that outranks the declared one.
        name: a qualifier for the key.
        arguments: constants by parameter name.
        close: name of a closing method, or a function.
        is_resource: whether the caller says that it is a resource.
        is_value: whether *target* is the value whatever it looks like.
        is_self: whether the target is the container itself.
        autobound: whether nobody bound it.

    Raises:
        BindingError: it cannot be bound like that.
    """
    if key is NOTHING:
        key = product_of(target)
    key = qualified(key, name)
    check_key(key)
    origin = origin_of(target) or target
    is_factory = not is_value and (
        isinstance(origin, type) or is_routine(target) or isinstance(target, functools.partial)
    )
    options = (declared.options(origin) if is_factory else declared.options(type(target))) or _NOTHING_SAID
    if is_factory:
        make, lifecycle = _made(origin, target, declared, close or options.close, is_resource)
        if lifecycle is not None and lifecycle.rule is Rule.NOTHING:
            lifecycle = lifecycle_of_client(class_of(key)) or lifecycle  # the function does not say what it gives
        needs = needs_of(target, arguments or {})
    else:
        if not is_value:
            refuse_called(target)
        make, needs = Make.VALUE, ()
        lifecycle = _lifecycle_of_instance(target, declared, close, is_resource)
        if arguments:
            raise BindingError(f"arguments= is for what is called, and {show(key)} is bound to an object that exists")
    lifetime = scope or options.scope or _default_lifetime(make, lifecycle)
    return Binding(
        key, make, target, lifetime, needs, lifecycle, options,
        source=origin if is_factory else type(target),
        declared=not autobound, is_self=is_self,
    )  # fmt: skip


def refuse_called(target: Any) -> None:
    """Raise BindingError where *target* is what a generator function gave: nothing of it has run, and once is all."""
    if isinstance(target, GeneratorType | AsyncGeneratorType):
        name = show(target)
        raise BindingError(f"{name} was called, which gave a generator; bind the function itself: {name}, not {name}()")


def check_key(key: Key) -> None:
    """Raise BindingError where *key* is not hashable."""
    try:
        hash(key)
    except TypeError:
        raise BindingError(f"{key!r} cannot be a key: it is not hashable") from None


def _default_lifetime(make: Make, lifecycle: Lifecycle | None) -> str:
    if lifecycle is not None:
        return AMBIENT
    return SINGLETON if make is Make.VALUE else TRANSIENT


def _made(origin: Any, target: Any, declared: Declared, close: Any, is_resource: bool) -> tuple[Make, Lifecycle | None]:
    if isinstance(origin, type):
        if is_abstract(origin):
            raise BindingError(
                f"{show(origin)} is abstract and cannot be made; "
                f"bind an implementation: bind({show(origin)}, Implementation)"
            )
        return Make.CALL, _lifecycle_of_made_class(origin, declared, close, is_resource)
    options = declared.options(target)
    said = options is not None and options.is_resource
    make = Make.AWAIT if is_async_function(target) and not is_async_generator_function(target) else Make.CALL
    if close is not None:
        made = origin_of(annotations_of(target).get("return")) or annotations_of(target).get("return")
        return make, lifecycle_with_close(made if isinstance(made, type) else None, close)
    return make, lifecycle_of_function(target, is_resource or said)


def _lifecycle_of_made_class(cls: type, declared: Declared, close: Any, is_resource: bool) -> Lifecycle | None:
    if close is not None:
        return lifecycle_with_close(cls, close)
    found = declared.lifecycle(cls)
    if found is not None or not is_resource:
        return found
    return lifecycle_of_class(cls)


def _lifecycle_of_instance(obj: Any, declared: Declared, close: Any, is_resource: bool) -> Lifecycle | None:
    return _lifecycle_of_made_class(type(obj), declared, close, is_resource)


def autobinding(key: Key, declared: Declared) -> Binding | None:
    """
    Return the binding of an unbound concrete class to itself, None for anything that is never made by itself.

    Builtins, abstract classes, protocols, strings, unions and qualified keys never are.
    """
    if isinstance(key, str) or not (isinstance(key, type) or isinstance(origin_of(key), type)):
        return None
    cls = class_of(key)
    if cls is None or (key is not cls and origin_of(key) is not cls):
        return None
    if cls.__module__ in NEVER_BY_THEMSELVES or is_enumeration(cls) or is_abstract(cls):
        return None
    try:
        return binding_of(key, key, declared, autobound=True)
    except BindingError:
        return None
