"""
Drain a root: close what no open scope needs, dependents first, while everything else still serves.

A scope needs what its own resources were made from and what it was asked for. So a server that nobody needs closes
first, and what it has accepted ends with all its resources in place; then the rest goes.
"""

from typing import Any

from tenure.errors import TenureError
from tenure.lifecycle.closing import Closer
from tenure.lifecycle.effects import Steps
from tenure.lifecycle.exits import Exit
from tenure.runtime.emptying import close_exit_of, forget_dependents, in_order
from tenure.runtime.scope import Scope


def drain(engine: Any, root: Scope, closer: Closer) -> Steps[None]:
    """Close those exits of *root* that no scope inside it needs; returns at once where there are no such scopes."""
    if not root.children:
        return
    kept: set[int] = set()
    for exit_ in in_order(root):
        if exit_.done:
            continue
        if exit_.number in kept or exit_.number in _needed_inside(engine, root):
            kept.update(with_needs(exit_))
            continue
        with engine.lock:
            if exit_.managed is None:
                root.cache.pop(exit_.binding.key, None)
        forget_dependents(engine, root, (exit_,))
        yield from close_exit_of(root, exit_, closer)
        if not root.children:
            return


def with_needs(exit_: Exit) -> set[int]:
    """Return the numbers of *exit_* and of everything below it."""
    found: set[int] = set()
    stack = [exit_]
    while stack:
        each = stack.pop()
        if each.number not in found:
            found.add(each.number)
            stack.extend(each.needs)
    return found


def _needed_inside(engine: Any, root: Scope) -> set[int]:
    """Return the numbers of the exits that open scopes inside *root* need."""
    found: set[int] = set()
    stack = list(root.children)
    while stack:
        scope = stack.pop()
        stack.extend(scope.children)
        for exit_ in list(scope.exits.values()):
            found |= with_needs(exit_)
        for key in (*scope.asked, *scope.cache, *scope.inflight):  # what was made swiftly was asked for as well
            for number in _asked(engine, root, key):
                found |= number
    return found


def _asked(engine: Any, root: Scope, key: Any) -> list[set[int]]:
    """Everything below *key* counts: what is opening there now has no exit yet that would lead further."""
    try:
        below = engine.graph.order((key,))
    except TenureError:  # it was asked for in vain
        return []
    return [with_needs(root.exits[each.key]) for each in below if each.key in root.exits]
