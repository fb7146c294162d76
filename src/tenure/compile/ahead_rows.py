"""
What a module of resolvers holds.

Functions of a few *shapes*, each of which takes what it calls and returns a resolver, and a row per binding, which says
what shape with what. It knows no value and no file.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from tenure.keys import Key
from tenure.model.plan import Facts

FORMAT = 1
"""Raised when modules that were written before cannot be read any more, or when generated code means another thing."""

KINDS = ("resolver", "aresolver", "preparer", "apreparer")
"""What is generated for one binding, in the order in which a row has it."""

Made: TypeAlias = tuple[str, ...]
"""
The name of a shape and what it takes; the name "" stands for the one thing that follows, itself.

What it takes is a word, and behind it a key where that is of another binding: "miss" and "amiss" stand for
`links.miss(<this binding>, False)` and `(…, True)`, "resolver app.Users" for `links.resolver(<that of app.Users>,
False)`, "constant 2" for what the third parameter takes where nothing serves it.
"""
FactsRow: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], bool, bool, tuple[str, ...], int]
"""The fields of `Facts`, keys as text."""
Row: TypeAlias = tuple[str, int, str, tuple[str, ...] | None, FactsRow | None, tuple[Made | None, ...]]
"""
Key, place in the order of binding (0: bound by itself), text (see `ahead_text`), keys of what serves it, facts,
functions by kind.

Nothing but the text is known of what only a running program can tell; its resolver is generated there.
"""


class Compiled:
    """
    The contents of a module of resolvers.

    Args:
        source: where the container is found, as `package.module:container`.
        made_by: version of Tenure and format of the module.
        ladder: names of the container's scopes, widest first.
        shapes: functions that take what a resolver calls and return the resolver.
        rows: a row per binding, dependencies first.
    """

    __slots__ = ("ladder", "made_by", "rows", "shapes", "source")

    def __init__(
        self,
        source: str,
        made_by: tuple[str, int],
        ladder: tuple[str, ...],
        shapes: tuple[Callable[..., Any], ...],
        rows: tuple[Row, ...],
    ) -> None:
        self.source: str = source
        self.made_by: tuple[str, int] = made_by
        self.ladder: tuple[str, ...] = ladder
        self.shapes: dict[str, Callable[..., Any]] = {shape.__name__: shape for shape in shapes}
        self.rows: tuple[Row, ...] = rows


def facts_row(facts: Facts, texts: dict[Key, str]) -> FactsRow:
    """Return *facts* as a row has them."""
    return (
        tuple(texts[resource.key] for resource in facts.resources),
        tuple(texts[key] for key in facts.shared),
        facts.awaited,
        facts.touches_async,
        tuple(sorted(facts.reaches)),
        facts.depth,
    )
