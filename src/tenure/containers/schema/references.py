"""References: a text that begins with `container.` stands for a provider of the same schema."""

import re
from collections.abc import Mapping
from typing import Any

from tenure.errors import SchemaError
from tenure.keys import near
from tenure.providers import Container, Provider, is_provider

_PREFIX = "container."
_STEP = re.compile(r"(?P<name>\w+)(?P<call>\(\))?(?P<items>(?:\[[^\[\]]+\])*)")


def is_reference(value: Any) -> bool:
    """Tell whether *value* refers to a provider."""
    return isinstance(value, str) and value.startswith(_PREFIX)


def resolved(text: str, providers: Mapping[str, Provider[Any]], place: str) -> Any:
    """
    Return the provider that *text* refers to.

    `container.core.pool` is one in a container inside, `container.users.provided.name` what users has as `name`,
    `container.config.port.as_int()` calls what stands before it, `container.names.provided[0]` takes an item.

    Args:
        text: the reference.
        providers: those of the schema, by name.
        place: where the reference stands, for errors.

    Raises:
        SchemaError: it leads nowhere.
    """
    first, *rest = text.removeprefix(_PREFIX).split(".")
    found = _stepped(lambda name: _named(name, providers, text, place), first, text, place)
    for step in rest:
        parent = found
        found = _stepped(lambda name: _child(parent, name, text, place), step, text, place)  # noqa: B023 - called at once
    if not is_provider(found):
        raise SchemaError(place, f"{text!r} is no provider but {found!r}")
    return found


def _stepped(look: Any, step: str, text: str, place: str) -> Any:
    parts = _STEP.fullmatch(step)
    if parts is None:
        raise SchemaError(place, f"{text!r} cannot be read: {step!r} is neither `name`, `name()` nor `name[item]`")
    found = look(parts["name"])
    if parts["call"]:
        found = found()
    for item in re.findall(r"\[([^\[\]]+)\]", parts["items"]):
        found = found[int(item) if item.lstrip("-").isdecimal() else item.strip("'\"")]
    return found


def _named(name: str, providers: Mapping[str, Provider[Any]], text: str, place: str) -> Any:
    if name not in providers:
        raise SchemaError(place, f"{text!r} refers to no provider of the schema", near(name, providers))
    return providers[name]


def _child(parent: Any, name: str, text: str, place: str) -> Any:
    if isinstance(parent, Container):
        known = parent.providers
        if name not in known and not hasattr(type(parent), name):
            raise SchemaError(place, f"{text!r} refers to no provider of the schema", near(name, known))
    try:
        return getattr(parent, name)
    except AttributeError:
        raise SchemaError(
            place,
            f"{text!r} leads nowhere: {parent} has no {name!r}; attributes of what it gives stand below '.provided'",
        ) from None
