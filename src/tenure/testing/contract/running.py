"""Run checks on an adapter: each in a thread of its own, so that one that hangs is left behind."""

import gc
import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterable

from tenure.testing.contract import checks as _all  # noqa: F401  # fills the list
from tenure.testing.contract.adapter import Adapter, NotOffered
from tenure.testing.contract.case import Broken, Case
from tenure.testing.contract.check import CHECKS, Check
from tenure.testing.contract.results import BROKEN, KEPT, NOT_OFFERED, Results, Verdict
from tenure.testing.contract.worlds import WORLDS, Hangs, world

LIMIT_S = 8.0
"""After this long a check counts as hanging; where nothing can happen any more that is known at once."""


def run(
    adapter: type[Adapter],
    worlds: Iterable[str] = WORLDS,
    *,
    laws: Iterable[str] | None = None,
    limit_s: float = LIMIT_S,
) -> Results:
    """
    Run the checks on *adapter*.

    Args:
        adapter: a subclass of `Adapter`.
        worlds: where; those that the adapter is not meant for are left out.
        laws: which, such as {"L18"}; None: all.
        limit_s: seconds, > 0, after which a check counts as hanging.

    Raises:
        ImportError: a world that was asked for is not installed.
    """
    results = Results(adapter.name or adapter.__name__)
    for check, name in selected(adapter, worlds, laws):
        results.verdicts.append(run_one(check, adapter, name, limit_s=limit_s))
    return results


def selected(
    adapter: type[Adapter], worlds: Iterable[str] = WORLDS, laws: Iterable[str] | None = None
) -> list[tuple[Check, str]]:
    """Return the checks of *laws* with the worlds that they can run in, in order of the laws."""
    wanted = None if laws is None else set(laws)
    names = [name for name in worlds if name in adapter.worlds]
    chosen = [check for check in CHECKS if wanted is None or check.law in wanted]
    chosen.sort(key=lambda check: int(check.law[1:]))
    return [(check, name) for check in chosen for name in names if name in check.worlds]


def run_one(check: Check, adapter: type[Adapter], world_name: str, *, limit_s: float = LIMIT_S) -> Verdict:
    """Run one check in one world; whatever happens becomes a verdict."""
    case = Case(world(world_name), adapter)
    found: list[BaseException | None] = []
    thread = threading.Thread(target=_run, args=(check, case, found), name="check", daemon=True)
    with _Quiet():
        thread.start()
        thread.join(limit_s)
        error = found[0] if found else Hangs()
        verdict = _verdict(check, world_name, case, error)
        if verdict.outcome == BROKEN:
            del error, case
            found.clear()
            gc.collect()  # what it left lying about is complained of here
    return verdict


def _run(check: Check, case: Case, found: list[BaseException | None]) -> None:
    try:
        case.world.run(lambda: check.function(case))
    except BaseException as error:  # noqa: BLE001  # whatever it is, it is the outcome
        found.append(error)
    else:
        found.append(None)


def _verdict(check: Check, world_name: str, case: Case, error: BaseException | None) -> Verdict:
    if error is None:
        return Verdict(check.law, check.name, world_name, KEPT)
    leaves = list(_leaves(error))
    broken = next((leaf for leaf in leaves if isinstance(leaf, Broken)), None)
    if case.was_refused or (broken is None and any(isinstance(leaf, NotOffered) for leaf in leaves)):
        return Verdict(check.law, check.name, world_name, NOT_OFFERED)
    return Verdict(check.law, check.name, world_name, BROKEN, _reason(broken or leaves[0]), case.trace.shown())


def _reason(error: BaseException) -> str:
    if isinstance(error, Hangs):
        return "hangs"
    text = re.sub(r" at 0x[0-9a-f]+", "", " ".join(str(error).split()))  # the same in every run
    return text if isinstance(error, Broken) else f"raises {type(error).__name__}: {text[:160]}"


def _leaves(error: BaseException) -> Iterable[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _leaves(each)
    else:
        yield error


class _Quiet:
    """Keeps warnings and errors that have no caller away from the terminal while a check runs."""

    def __enter__(self) -> None:
        self._hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
        self._thread_hook, threading.excepthook = threading.excepthook, lambda _: None
        self._warnings = warnings.catch_warnings()
        self._warnings.__enter__()
        warnings.simplefilter("ignore")
        self._disabled = logging.root.manager.disable
        logging.disable()

    def __exit__(self, *outcome: object) -> None:
        logging.disable(self._disabled)
        self._warnings.__exit__(None, None, None)
        sys.unraisablehook, threading.excepthook = self._hook, self._thread_hook
