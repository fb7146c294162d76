"""Pieces of the library that are broken on purpose in a child, to show that the driver sees it."""

import signal

from tenure.runner import asynchronous, draining, signals, synchronous
from tenure.runtime import emptying, forgotten


def _first_in_first_out():
    emptying._ordered = lambda scope, exits: list(exits)


def _handlers_stay():
    signals.Signals._restore = lambda self: None


def _child_owes():
    def disown():
        return

    forgotten.disown_in_child.__code__ = disown.__code__


def _interrupts_anywhere():
    def may_interrupt(frame, inside):
        return True

    synchronous.may_interrupt = may_interrupt
    synchronous.SyncRun._on_signal = lambda self, number, frame: signal.default_int_handler(number, frame)


def _second_is_ignored():
    synchronous.abort = asynchronous.abort = lambda number, unreleased: None


def _nothing_is_told():
    draining.Ledger.unreleased = lambda self: []


BREAKS = {
    "fifo": _first_in_first_out,
    "handlers-stay": _handlers_stay,
    "child-owes": _child_owes,
    "interrupts-anywhere": _interrupts_anywhere,
    "second-ignored": _second_is_ignored,
    "nothing-told": _nothing_is_told,
}


def apply(name):
    """Break the piece *name*."""
    BREAKS[name]()
