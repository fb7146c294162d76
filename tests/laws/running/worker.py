"""
A worker: takes batches of cases from its standard input until that ends, answers each by one line.

Started by `crew`, in a session of its own, so that Ctrl-C on the terminal is for the command alone. What drivers
print goes to the log, which is standard error.
"""

import faulthandler
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from tests.laws.rig.oracle import Violation
from tests.laws.running.batches import Batch, Place, Result
from tests.laws.running.discovering import load

RIG = "rig"
"""Stands for a law where a driver itself failed."""


def main() -> None:
    """Work until there is no more."""
    place = Place(Path(sys.argv[1]))
    batches, answers = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    faulthandler.enable()
    if hasattr(signal, "SIGUSR1"):  # not on Windows
        faulthandler.register(signal.SIGUSR1)
    for line in batches:
        answers.write(run(Batch.of(line), place).line())
        answers.flush()


def run(batch: Batch, place: Place) -> Result:
    """Run the cases of *batch* one after the other, whatever happens in any of them."""
    driver, result, began = load(batch.where), Result(), time.perf_counter()
    for number, case in enumerate(batch.cases):
        place.at(number)
        _run(driver, case, result)
        result.n_cases += 1
        if place.is_stopped:
            break
    result.seconds = time.perf_counter() - began
    return result


def _run(driver: Any, case: str, result: Result) -> None:
    n_known = len(result.tally.violations)
    try:
        result.tally.add(driver.LETTER, driver.run(case))
    except BaseException:  # a driver injects every kind of error, and may let one out
        result.tally.violations.append(Violation(RIG, traceback.format_exc(), case))
    found = result.tally.violations
    found[n_known:] = [each if each.case else Violation(each.law, each.text, case) for each in found[n_known:]]


if __name__ == "__main__":
    main()
