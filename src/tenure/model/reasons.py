"""Why a key cannot be made without a binding, in words that say what to do."""

from collections.abc import Iterator
from typing import Any, ForwardRef, Protocol, TypeVar

from tenure.keys import Key, base_of, class_of, is_union, qualifiers_of, show
from tenure.model.binding import Binding, Need
from tenure.model.detect import NEVER_BY_THEMSELVES, is_abstract
from tenure.model.functions import is_enumeration


class Bindings(Protocol):
    """What is asked of a graph here."""

    def __iter__(self) -> Iterator[Binding]:
        """Iterate over all bindings."""
        ...

    def all_by_name(self, name: str) -> list[Binding]:
        """Return the bindings of every class called *name*."""
        ...

    def bindings_of(self, base: Key) -> list[tuple[str, Binding]]:
        """Return every declared binding of *base*."""
        ...


class Parameter:
    """Stands for a key where a parameter says nothing of what it wants."""

    __slots__ = ("__qualname__",)

    def __init__(self, name: str, binding: Binding) -> None:
        self.__qualname__ = f"{name} of {binding.label}"


def no_annotation(binding: Binding, need: Need) -> str:
    """Say that a parameter of *binding* tells nothing of what it wants, and what to do."""
    return (
        "the parameter has no annotation and no default; annotate it, or give it with "
        f"bind({binding.label}, arguments={{{need.name!r}: ...}})"
    )


def _reason_of_object(graph: Bindings, key: Key) -> str:
    for binding in graph:
        if binding.target is key:
            return f"it is bound under another key; ask for that: get({binding.label})"
    if callable(key):
        return f"a function is no key; bind it, and ask for what it makes: container.bind({show(key)})"
    return f"an object is no key; ask for its class: get({type(key).__qualname__})"


def reason_for(graph: Bindings, key: Key, binding: Binding | None = None, parameter: str = "...") -> str:
    """
    Say why *key* cannot be made without a binding, and what to do.

    Args:
        graph: what is bound.
        key: what is not bound.
        binding: what needs it, if anything does.
        parameter: the name of the parameter of *binding* that does.
    """
    said = getattr(type(key), "__tenure_reason__", None)
    if said is not None:
        return str(said(key))
    owner = show(binding.key) if binding is not None else "..."
    constant = f"give it with bind({owner}, arguments={{{parameter!r}: ...}})"
    if isinstance(key, str):
        return f"a name is bound with container.bind({key!r}, ...)"
    if isinstance(key, ForwardRef):
        named = graph.all_by_name(key.__forward_arg__.rpartition(".")[2])
        if len(named) > 1:
            names = " and ".join(f"{b.label} ({b.where})" for b in named)
            return (
                f"the annotation {key.__forward_arg__!r} cannot be resolved in the module of {owner}, and several "
                f"bound classes have that name: {names}; import it there, not under TYPE_CHECKING only"
            )
        return (
            f"the annotation {key.__forward_arg__!r} cannot be resolved in the module of {owner}, and no bound "
            "class has that name; import it there, not under TYPE_CHECKING only, or bind the class"
        )
    if qualifiers_of(key):
        name = f", name={qualifiers_of(key)[0]!r}" if isinstance(qualifiers_of(key)[0], str) else ""
        base = show(base_of(key)) if name else show(key)
        return f"a qualified key is never made by itself; bind it: container.bind({base}, ...{name})"
    if others := graph.bindings_of(key):
        names = ", ".join(show(other.key) for _, other in others)
        return f"only qualified bindings exist ({names}); ask for one of them, or for list[{show(key)}]"
    return _reason_by_kind(graph, key, owner, constant)


def _reason_by_kind(graph: Bindings, key: Key, owner: str, constant: str) -> str:
    bind = f"container.bind({show(key)}, ...)"
    cls = class_of(key)
    if isinstance(key, TypeVar):
        return f"{owner} is generic; ask for {owner}[...] with an argument, or {constant}"
    if key is Any:
        return f"{show(key)} asks for nothing in particular; annotate it with a class, or {constant}"
    if is_union(key):
        return f"a union is never made by itself; bind it: {bind}"
    if cls is None:
        return _reason_of_object(graph, key)
    if cls.__module__ in NEVER_BY_THEMSELVES or is_enumeration(cls):
        return f"{show(key)} is never made by itself; {constant}"
    if is_abstract(cls):
        return _reason_abstract(graph, key, cls)
    return f"it was not bound, and the container binds nothing by itself (autobind=False); bind it: {bind}"


def _reason_abstract(graph: Bindings, key: Key, cls: type) -> str:
    fitting = [
        show(b.key) for b in graph if (c := class_of(b.key)) is not None and c is not cls and _is_subclass(c, cls)
    ]
    hint = f"; {' and '.join(fitting)} would do" if fitting else ""
    return f"it is abstract{hint}; bind an implementation: container.bind({show(key)}, Implementation)"


def _is_subclass(cls: type, base: type) -> bool:
    try:
        return issubclass(cls, base)
    except TypeError:  # a Protocol with non-method members
        return False
