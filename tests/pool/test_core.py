"""The decisions of a pool, played in every order that Hypothesis thinks of (ECOSYSTEM: properties of a pool)."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from machine import CoreMachine


class ThreadsMachine(CoreMachine):
    """Whoever asks makes its own item."""

    makes_aside = False


@pytest.mark.parametrize("n_examples", [20, pytest.param(400, marks=pytest.mark.slow)])
@pytest.mark.parametrize("machine", [CoreMachine, ThreadsMachine])
def test_every_order(machine, n_examples):
    """Never too many, nobody overtaken or forgotten, each item closed once; items made aside, or by who asks."""
    run_state_machine_as_test(machine, settings=settings(max_examples=n_examples, stateful_step_count=40))
