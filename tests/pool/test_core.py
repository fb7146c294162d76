"""The decisions of a pool, played in every order that Hypothesis thinks of (ECOSYSTEM: properties of a pool)."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from machine import CoreMachine

from tenure.pool.decisions.core import Core
from tenure.pool.decisions.entry import LENT, Entry, Waiter
from tenure.pool.limits import Limits


class ThreadsMachine(CoreMachine):
    """Whoever asks makes its own item."""

    makes_aside = False


@pytest.mark.parametrize("n_examples", [20, pytest.param(400, marks=pytest.mark.slow)])
@pytest.mark.parametrize("machine", [CoreMachine, ThreadsMachine])
def test_every_order(machine, n_examples):
    """Never too many, nobody overtaken or forgotten, each item closed once; items made aside, or by who asks."""
    run_state_machine_as_test(machine, settings=settings(max_examples=n_examples, stateful_step_count=40))


def test_what_is_made_outdated_is_made_again():
    """An item whose making began before everything was declared invalid serves nobody; another one is made."""
    core = Core(Limits(max_size=2), makes_aside=True, has_check=False)
    waiter = Waiter(lambda: None, 0.0)
    assert core.enlist(waiter).n_make == 1
    core.invalidate()

    entry, todo = core.made(object(), None, 0, 1.0, 0.1)

    assert [(each, why) for each, why in todo.close] == [(entry, "invalidated")]
    assert (todo.n_make, waiter.is_served) == (1, False)


def test_who_has_something_is_told_while_items_come():
    """Where a loop lends, another thread may ask at any moment; that something new is there then disturbs nobody."""

    class Busy(Entry):
        @property
        def status(self):
            core.entries[len(core.entries)] = Entry(object(), None, 0, 1.0)
            return LENT

        @status.setter
        def status(self, _status): ...

    core = Core(Limits(), makes_aside=True, has_check=False)
    core.entries[0] = busy = Busy(object(), None, 0, 0.0)

    assert core.out == [busy]
