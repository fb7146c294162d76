"""
Records: data classes with slots that cost little to define and little to make.

The standard `dataclasses` imports `inspect` and compiles several functions for each class that it decorates, which took
a quarter of `import tenure`. The `__init__` of a record is written when the first one is made; the other methods are
the same functions for all records. Whoever asks with the functions of `dataclasses` finds a data class.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")

_FIELDS = "__tenure_fields__"
"""Attribute of a class of records: each field, and its default where it has one."""
_REQUIRED: Any = object()


@overload
def record(cls: type[T], /) -> type[T]: ...


@overload
def record(*, eq: bool = True, kw_only: bool = False, unguarded: bool = False) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(frozen_default=True)
def record(cls: Any = None, /, *, eq: bool = True, kw_only: bool = False, unguarded: bool = False) -> Any:
    """
    Make records of a class: frozen, with one slot for each annotated name, defaults behind those without.

    Args:
        cls: the class; a default is one object for all records.
        eq: whether records with equal fields are equal; else each equals itself only.
        kw_only: whether every field is given by name.
        unguarded: leave it to type checkers to refuse an assignment, because that makes records three times as
            fast to make.
    """

    def make(cls: Any) -> Any:
        return _made(cls, eq, kw_only, unguarded)

    return make if cls is None else make(cls)


def replace(old: T, /, **changes: Any) -> T:
    """Return a record that differs from *old* in *changes*, by name of the field."""
    return type(old)(**{name: getattr(old, name) for name in getattr(type(old), _FIELDS)} | changes)


def _made(cls: Any, eq: bool, kw_only: bool, unguarded: bool) -> Any:
    body = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    own = {name: body.pop(name, _REQUIRED) for name in cls.__annotations__}
    fields = getattr(cls, _FIELDS, {}) | own
    body = _COMMON | (_EQUAL if eq else {}) | ({} if unguarded else _GUARDED) | body
    body |= {"__slots__": tuple(own), "__match_args__": () if kw_only else tuple(fields), _FIELDS: fields}

    def first(self: Any, *args: Any, **kwargs: Any) -> None:
        made.__init__ = _initialiser(made, kw_only, unguarded)
        made.__init__(self, *args, **kwargs)

    body["__init__"] = first
    made: Any = type(cls)(cls.__name__, cls.__bases__, body)
    return made


def _initialiser(cls: Any, kw_only: bool, unguarded: bool) -> Any:
    """Return `__init__` of *cls*: the parameters are its fields, each set to its slot."""
    fields = getattr(cls, _FIELDS)
    names = {f"_default_{name}": default for name, default in fields.items() if default is not _REQUIRED}
    parameters = [f"{name}=_default_{name}" if f"_default_{name}" in names else name for name in fields]
    star = ["*"] if kw_only else []
    lines = [f"    self.{name} = {name}" if unguarded else f"    _set(self, {name!r}, {name})" for name in fields]
    if hasattr(cls, "__post_init__"):
        lines.append("    self.__post_init__()")
    names |= {"_set": object.__setattr__, "__name__": cls.__module__}
    source = f"def __init__({', '.join(['self', *star, *parameters])}):\n" + "\n".join(lines)
    exec(source, names)  # noqa: S102 - written here, from names of attributes
    made = names.pop("__init__")
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = {**_annotations(cls), "return": None}
    return made


def _annotations(cls: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__[:-1]):
        found |= base.__annotations__
    return found


def _values(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in getattr(self, _FIELDS)])


def _repr(self: Any) -> str:
    shown = ", ".join([f"{name}={getattr(self, name)!r}" for name in getattr(self, _FIELDS)])
    return f"{type(self).__qualname__}({shown})"


def _set_state(self: Any, state: tuple[Any, ...]) -> None:
    for name, value in zip(getattr(self, _FIELDS), state, strict=True):
        object.__setattr__(self, name, value)


def _equals(self: Any, other: object) -> Any:
    return _values(self) == _values(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _refuse_to_set(self: Any, name: str, _: Any) -> None:
    raise AttributeError(f"a {type(self).__qualname__} is frozen: make another one instead of setting {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:
    raise AttributeError(f"a {type(self).__qualname__} is frozen: {name!r} cannot be deleted")


class _Lazily:
    """A class attribute that is worked out when it is asked for: what only tools want to know of a class."""

    __slots__ = ("_work_out",)

    def __init__(self, work_out: Callable[[Any], Any]) -> None:
        self._work_out = work_out

    def __get__(self, _: Any, cls: Any) -> Any:
        return self._work_out(cls)


def _signature(cls: Any) -> Any:
    import inspect  # noqa: PLC0415 - slow to import, and for tools

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD if cls.__match_args__ else inspect.Parameter.KEYWORD_ONLY
    return inspect.Signature(
        [
            inspect.Parameter(
                name, kind, annotation=_annotations(cls)[name],
                default=inspect.Parameter.empty if default is _REQUIRED else default,
            )
            for name, default in getattr(cls, _FIELDS).items()
        ],
        return_annotation=None,
    )  # fmt: skip


@functools.cache
def _dataclass_fields(cls: Any) -> Any:
    import dataclasses  # noqa: PLC0415 - slow to import, and for tools

    fields = [
        (name, _annotations(cls)[name], dataclasses.field(**_default(default)))
        for name, default in getattr(cls, _FIELDS).items()
    ]
    made: Any = dataclasses.make_dataclass(cls.__name__, fields)
    return made.__dataclass_fields__


def _default(default: Any) -> dict[str, Any]:
    return {} if default is _REQUIRED else {"default_factory": lambda: default}


_COMMON: dict[str, Any] = {
    "__repr__": _repr,
    "__replace__": replace,
    "__getstate__": _values,
    "__setstate__": _set_state,
    "__signature__": _Lazily(_signature),
    "__dataclass_fields__": _Lazily(_dataclass_fields),
}
_EQUAL: dict[str, Any] = {"__eq__": _equals, "__hash__": _hash}
_GUARDED: dict[str, Any] = {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
