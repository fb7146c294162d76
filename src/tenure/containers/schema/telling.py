"""Tell a provider what a schema says about it, in the ways that its class has."""

from typing import Any

from tenure.errors import SchemaError

_PROVIDES = ("set_provides", "set_selector", "set_instance_of")
_KWARGS = ("add_kwargs", "set_providers")


def tell(provider: Any, provides: Any, args: list[Any], kwargs: dict[str, Any], place: str) -> None:
    """
    Tell *provider* what it provides, and with what.

    Args:
        provider: the provider; its class has a method for each that is given.
        provides: what it calls, None: nothing said.
        args: positional arguments.
        kwargs: keyword arguments; where the class takes none, options that it has `set_...` methods for.
        place: where the provider stands, for errors.

    Raises:
        SchemaError: the class has no place for one of them.
    """
    if provides is not None:
        _method(provider, _PROVIDES, f"{place}.provides")(provides)
    if args:
        _method(provider, ("add_args",), f"{place}.args")(*args)
    if kwargs:
        _options(provider, kwargs, place) if _of(provider, _KWARGS) is None else _of(provider, _KWARGS)(**kwargs)


def _options(provider: Any, kwargs: dict[str, Any], place: str) -> None:
    for name, value in kwargs.items():
        _method(provider, (f"set_{name}",), f"{place}.kwargs.{name}")(value)


def _of(provider: Any, names: tuple[str, ...]) -> Any:
    """Return the method that the class of *provider* has of *names*; attributes of some providers are providers."""
    name = next((name for name in names if hasattr(type(provider), name)), None)
    return None if name is None else getattr(provider, name)


def _method(provider: Any, names: tuple[str, ...], place: str) -> Any:
    method = _of(provider, names)
    if method is None:
        what = place.rpartition(".")[2]
        raise SchemaError(place, f"providers of the class {type(provider).__name__} take no {what!r}")
    return method
