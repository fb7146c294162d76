"""What the words of a row stand for: what a resolver calls, looked up in the engine when it is linked."""

from collections.abc import Callable
from typing import Any

from tenure.compile.emitter import MISSING
from tenure.model.binding import NOTHING, Binding


def constant(binding: Binding, number: int) -> Any:
    """Return what the parameter *number* of *binding* takes where nothing serves it."""
    default = binding.needs[number].default
    return None if default is NOTHING else default


MEANING: dict[str, Callable[[Any, Binding], Any]] = {
    "key": lambda links, binding: binding.key,
    "target": lambda links, binding: binding.target,
    "lifetime": lambda links, binding: binding.lifetime,
    "missing": lambda links, binding: MISSING,
    "root_cache": lambda links, binding: links.root_cache(),
    "refusal": lambda links, binding: links.refusal(binding),
    "kept": lambda links, binding: links.kept(binding),
    "given": lambda links, binding: links.given(binding),
    "on_its_loop": lambda links, binding: links.on_its_loop(binding),
    "not_open": lambda links, binding: links.not_open(binding),
    "resolver": lambda links, binding: links.resolver(binding, False),
    "aresolver": lambda links, binding: links.resolver(binding, True),
    "miss": lambda links, binding: links.miss(binding, False),
    "amiss": lambda links, binding: links.miss(binding, True),
    "managed": lambda links, binding: links.managed(binding, False),
    "amanaged": lambda links, binding: links.managed(binding, True),
    "settled": lambda links, binding: links.settled(binding, False),
    "asettled": lambda links, binding: links.settled(binding, True),
    "lenient": lambda links, binding: links.lenient(binding, None, False),
    "alenient": lambda links, binding: links.lenient(binding, None, True),
}
"""What a word stands for; a function that calls anything else is left to the running program."""
WORDS = frozenset((*MEANING, "constant"))
