"""
What a report tells of: every resource that the root owns or could own, values that declared a check, event loops.

Looks at the engine's tables as they are at this moment; makes, opens and waits for nothing.
"""

from collections.abc import Iterator
from typing import Any

from tenure.health.checks import Ask, ask_of
from tenure.keys import Key
from tenure.lifecycle.backends import running
from tenure.lifecycle.exits import Exit
from tenure.model.binding import AMBIENT, NOTHING, SINGLETON, TRANSIENT, Binding, Make
from tenure.model.health import Health
from tenure.record import record

LOOP = "event loop"
"""The key and label of an event loop."""


@record(eq=False, unguarded=True)
class Subject:
    """One object that a report tells of."""

    id: Any
    """Tells this opening of it from others."""
    key: Key
    label: str
    state: str
    """"open", "opening", "closing" or "not open"."""
    value: Any = None
    ask: Ask | None = None
    said: Health | None = None
    """What was declared of its check, None if nothing."""
    exit: Exit | None = None
    loop: Any = None
    """The event loop that it belongs to, None for one that belongs to none."""
    is_thread_bound: bool = False

    @property
    def takes_thread(self) -> bool:
        """Whether its check runs on a thread of its own."""
        return not (self.ask is None or self.ask.is_async or self.ask.is_instant or self.is_thread_bound)

    @property
    def health(self) -> Health:
        """The terms of its check."""
        if self.ask is not None:
            return self.ask.health
        return self.said or _USUAL


_USUAL = Health()


def subjects_of(engine: Any) -> list[Subject]:
    """Return what a report of *engine* tells of, in order of binding."""
    root, seen = engine.root, set[int]()
    opening = {b.key for claim in list(root.inflight.values()) for b in claim.bindings if b.lifecycle is not None}
    found = []
    for binding in list(engine.graph):
        for subject in _of_binding(engine, binding, opening):
            if subject.exit is None or subject.exit.number not in seen:
                found.append(subject)
                seen.update(() if subject.exit is None else (subject.exit.number,))
    found += [  # what is made anew each time; the others that have no place by key are replaced for a while
        _of_exit(exit_.binding, exit_)
        for exit_ in list(root.exits.values())
        if exit_.binding.lifetime == TRANSIENT and not (exit_.is_aside or exit_.is_foreign or exit_.is_over)
    ]
    return found + list(_loops(found))


def _of_binding(engine: Any, binding: Binding, opening: set[Key]) -> Iterator[Subject]:
    if binding.lifetime not in (SINGLETON, AMBIENT):
        return
    if binding.lifecycle is None:
        if binding.options.health:
            yield _of_value(engine, binding)
        return
    exit_ = _exit_of(engine, binding.key)
    if exit_ is not None:
        yield _of_exit(binding, exit_)
    else:
        yield _closed(binding, "opening" if binding.key in opening else "not open")


def _exit_of(engine: Any, key: Key) -> Exit | None:
    exit_: Exit | None = engine.root.exits.get(key)
    if exit_ is None:
        record_ = engine.instances.get(key) or engine.root.records.get(key)
        exit_ = record_.exit if record_ is not None else None
    return None if exit_ is None or exit_.is_foreign or exit_.is_over or exit_.is_aside else exit_


def _of_exit(binding: Binding, exit_: Exit) -> Subject:
    said = binding.options.health
    return Subject(
        exit_.number, binding.key, binding.label, "closing" if exit_.done else "open", exit_.value,
        None if exit_.done else ask_of(said, exit_.value), said or None, exit_, exit_.loop,
        binding.options.thread_bound,
    )  # fmt: skip


def _of_value(engine: Any, binding: Binding) -> Subject:
    """A plain value counts as open once it is made: nobody has to open it."""
    value = binding.target if binding.make is Make.VALUE else engine.root.cache.get(binding.key, NOTHING)
    if value is NOTHING:
        return _closed(binding, "not open")
    said = binding.options.health
    return Subject(
        (binding.key, id(value)), binding.key, binding.label, "open", value, ask_of(said, value), said,
        is_thread_bound=binding.options.thread_bound,
    )  # fmt: skip


def _closed(binding: Binding, state: str) -> Subject:
    return Subject((binding.key, None), binding.key, binding.label, state, said=binding.options.health or None)


def _loops(subjects: list[Subject]) -> Iterator[Subject]:
    """Yield the event loops, save the one that runs here, which needs no proof of life."""
    here = running()
    token = here.token() if here is not None else None
    loops = {id(each.loop): each.loop for each in subjects if each.loop is not None and each.loop is not token}
    for number, loop in loops.items():
        ask = Ask(_same, _ALIVE, is_async=True, answer_counts=False)
        yield Subject((LOOP, number), LOOP, LOOP, "open", loop, ask, _ALIVE, loop=loop)


def _same(loop: Any) -> Any:
    return loop


_ALIVE = Health(liveness=True)
