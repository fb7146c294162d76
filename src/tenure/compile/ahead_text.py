"""
Bindings as text: how resolvers that were compiled ahead of time tell whether they were made from the same graph.

The text of a binding says what its resolver was written from: its key, what is called, the names and types of the
parameters, how it lives and how it closes. It never holds a value, nor the place of a file.
"""

import functools
import sys
import types
from enum import Enum
from typing import Annotated, Any, ForwardRef, get_args

from tenure.keys import Key, origin_of
from tenure.model.binding import NOTHING, Binding, Collect, Lifecycle, Make, Need, Options

_PLAIN = Options()


def text_of_key(key: Key) -> str | None:
    """
    Return *key* with its full name, as `app.Repo[app.User]`; None where nothing but the object itself can tell.

    Two keys with the same text are taken for one by nobody: see `ahead_writer.wirable`.
    """
    if isinstance(key, type) and not isinstance(key, types.GenericAlias):
        return f"{module_of(key)}.{key.__qualname__}"
    if isinstance(key, str):
        return repr(key)
    if isinstance(key, ForwardRef):
        return repr(key.__forward_arg__)
    if key is None or key is Ellipsis:
        return repr(key)
    return _text_of_alias(key)


def _text_of_alias(key: Key) -> str | None:
    origin = origin_of(key)
    if origin is None:
        is_new_type = hasattr(key, "__supertype__")
        return f"{module_of(key)}.{key.__qualname__}" if is_new_type else None
    arguments: tuple[Any, ...] = get_args(key)
    if origin is Annotated:
        base, *qualifiers = arguments
        parts = [text_of_key(base), *map(_text_of_qualifier, qualifiers)]
    elif arguments and isinstance(arguments[0], list):  # of a Callable
        parts = [*map(text_of_key, arguments[0]), text_of_key(arguments[-1])]
    else:
        parts = [text_of_key(argument) for argument in arguments]
    if None in parts:
        return None
    head = "Annotated" if origin is Annotated else text_of_key(origin) or str(origin)
    return f"{head}[{', '.join(filter(None, parts))}]"


def _text_of_qualifier(qualifier: Any) -> str | None:
    if isinstance(qualifier, str | int | bytes | bool | float) or qualifier is None:
        return repr(qualifier)
    if isinstance(qualifier, Enum):
        return f"{type(qualifier).__qualname__}.{qualifier.name}"
    return text_of_key(qualifier) if isinstance(qualifier, type) else None


def text_of_binding(binding: Binding) -> str:
    """Return how *binding* makes its value and how long that lives, on one line."""
    target = text_of_target(binding.target) if binding.make is not Make.VALUE else _text_of_class(type(binding.target))
    if binding.make is Make.GIVEN:
        return f"{binding.lifetime}, given"
    if binding.make is Make.VALUE:
        return f"{binding.lifetime}, an object of {target}{_text_of_lifecycle(binding)}"
    wait = "" if binding.make is Make.CALL else f"{binding.make.value} "
    needs = ", ".join(map(text_of_need, binding.needs))
    return f"{binding.lifetime}, {wait}{target}({needs}){_text_of_lifecycle(binding)}"


def text_of_target(target: Any) -> str:
    """Return the full name of the class or function *target*, as far as it has one."""
    if isinstance(target, functools.partial):
        return f"partial of {text_of_target(target.func)}"
    name = getattr(target, "__qualname__", None)
    if name is None:
        return text_of_key(target) or _text_of_class(type(target))
    return f"{module_of(target)}.{name}"


def _text_of_class(cls: type) -> str:
    return f"{module_of(cls)}.{cls.__qualname__}"


def module_of(thing: Any) -> str:
    """Return the name of the module of *thing*, which the one that a program was started by has as well."""
    name: str = thing.__module__
    if name != "__main__":
        return name
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    if spec is not None:
        return str(spec.name).removesuffix(".__main__")
    file: str = getattr(main, "__file__", name)
    return file.replace("\\", "/").rpartition("/")[2].removesuffix(".py")


def text_of_need(need: Need) -> str:
    """Return one parameter, as `users: app.Users = ...`."""
    text = need.name if need.key is NOTHING else f"{need.name}: {_text_of_hint(need)}"
    if need.default is not NOTHING:
        text += " = ..."
    return text if need.by_position else f"*, {text}"


def _text_of_hint(need: Need) -> str:
    text = text_of_key(need.key) or "?"
    if need.collect is not Collect.ONE:
        text = f"list[{text}]" if need.collect is Collect.LIST else f"dict[str, {text}]"
    return f"{text} | None" if need.optional else text


def _text_of_lifecycle(binding: Binding) -> str:
    lifecycle, options = binding.lifecycle, binding.options
    said = ""
    if options is not _PLAIN and options.optional:
        said = ", optional"
    if lifecycle is None:
        return said
    return said + _text_of_style(lifecycle)


def _text_of_style(lifecycle: Lifecycle) -> str:
    if not (lifecycle.opens_async or lifecycle.closes_async or lifecycle.opens_itself):
        return f", {lifecycle.style.value}"
    marks = [
        word
        for word, holds in (
            ("opens asynchronously", lifecycle.opens_async),
            ("closes asynchronously", lifecycle.closes_async),
            ("opens itself", lifecycle.opens_itself),
        )
        if holds
    ]
    return ", ".join(["", lifecycle.style.value, *marks])
