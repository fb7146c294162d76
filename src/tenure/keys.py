"""
Keys: what is asked for, and how a key is shown to people.

A key is a class, a generic alias, an `Annotated[type, qualifier]`, a `NewType`, or a string. Knows nothing of bindings.
"""

import types
import typing
from abc import ABCMeta
from collections.abc import Iterable
from typing import Annotated, Any, TypeAlias, get_args

Key: TypeAlias = Any
"""A hashable description of a value: a class, a generic alias, an `Annotated[...]`, a `NewType`, or a string."""

_CLASSES = (type, ABCMeta)
"""What is of one of these is a class and nothing else."""


def show(key: Key) -> str:
    """
    Return the short name of *key* as it stands in errors and drawings.

    >>> show(Annotated[int, "port"])
    "int['port']"
    """
    if type(key) is type and key is not types.NoneType:
        return key.__qualname__
    if isinstance(key, str):
        return repr(key)
    label = getattr(type(key), "__tenure_label__", None)
    if label is not None:
        return str(label(key))
    if isinstance(key, typing.ForwardRef):
        return key.__forward_arg__
    if origin_of(key) is Annotated:
        base, *qualifiers = get_args(key)
        return f"{show(base)}[{', '.join(map(repr, qualifiers))}]"
    if is_union(key):
        return " | ".join(show(part) for part in get_args(key))
    if isinstance(key, types.GenericAlias) or origin_of(key) is not None:
        return f"{show(origin_of(key))}[{', '.join(map(_show_argument, get_args(key)))}]"
    if isinstance(key, typing.TypeVar):
        return key.__name__
    if key is None or key is types.NoneType:
        return "None"
    return getattr(key, "__qualname__", None) or getattr(key, "__name__", None) or repr(key)


def spell(key: Key) -> str:
    """Return *key* as it is written in code: `Annotated[T, 'q']`, where `show` gives `T['q']`."""
    if origin_of(key) is Annotated:
        base, *qualifiers = get_args(key)
        return f"Annotated[{spell(base)}, {', '.join(map(repr, qualifiers))}]"
    return show(key)


def _show_argument(argument: Any) -> str:
    if isinstance(argument, list):  # the parameters of a Callable
        return f"[{', '.join(map(_show_argument, argument))}]"
    return "..." if argument is ... else show(argument)


def origin_of(key: Key) -> Any:
    """Return what *key* is a subscription of, None if of nothing: `typing.get_origin` for any object."""
    if type(key) in _CLASSES and key is not typing.Generic:
        return None  # most keys are classes, and the look at everything else takes a while
    return typing.get_origin(key)


def is_union(key: Key) -> bool:
    """Tell whether *key* is written `A | B`, `Union[A, B]` or `Optional[A]`."""
    return origin_of(key) in (typing.Union, types.UnionType)


def split_optional(key: Key) -> tuple[Key, bool]:
    """
    Take `None` out of a union.

    Returns:
        The key without `None`, and whether `None` was in it. `Annotated[T | None, q]` gives `Annotated[T, q]`.
    """
    if origin_of(key) is Annotated:
        base, *qualifiers = get_args(key)
        inner, optional = split_optional(base)
        return (Annotated[(inner, *qualifiers)], True) if optional else (key, False)
    if not is_union(key):
        return key, False
    parts = [part for part in get_args(key) if part is not types.NoneType]
    optional = len(parts) < len(get_args(key))
    if len(parts) == 1:
        return parts[0], optional
    return (typing.Union[tuple(parts)] if optional else key), optional  # noqa: UP007 - the parts are values


def qualified(key: Key, name: str | None) -> Key:
    """Return `Annotated[key, name]`, or *key* itself where *name* is None."""
    return key if name is None else Annotated[key, name]


def base_of(key: Key) -> Key:
    """Return *key* without its qualifiers."""
    return get_args(key)[0] if origin_of(key) is Annotated else key


def qualifiers_of(key: Key) -> tuple[Any, ...]:
    """Return the qualifiers of *key*, () for a bare one."""
    return tuple(get_args(key)[1:]) if origin_of(key) is Annotated else ()


def class_of(key: Key) -> type | None:
    """Return the class behind *key* (the origin of a generic alias), or None for strings, unions and new types."""
    if type(key) in _CLASSES:
        return key  # type: ignore[no-any-return]  # a class, as just seen
    base = base_of(key)
    if is_union(base):
        return None
    origin = origin_of(base) or base
    return origin if isinstance(origin, type) else None


def near(key: Key, known: Iterable[Key], limit: int = 3) -> tuple[str, ...]:
    """Return the names among *known* that look like *key*, best first, at most *limit*."""
    import difflib  # noqa: PLC0415 - slow to import, and for errors only

    wanted = show(key)
    plain = {_last_part(name): name for name in map(show, known)}
    close = difflib.get_close_matches(_last_part(wanted), list(plain), n=limit, cutoff=0.6)
    return tuple(plain[name] for name in close if plain[name] != wanted)


def _last_part(name: str) -> str:
    """Classes inside functions have long names that would all look alike."""
    return name.rpartition(".")[2].lower()
