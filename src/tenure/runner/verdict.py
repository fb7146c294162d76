"""How a run ends that was asked to stop."""

import signal
from typing import Any

from tenure.runner.signals import EXIT_BASE


def verdict(reason: Any, is_graceful: bool) -> BaseException | None:
    """
    Return what a run raises that had to be interrupted, None where it simply ends.

    Args:
        reason: of its stop: a signal, an error, or anything else that code gave.
        is_graceful: whether being interrupted is its ordinary end, as that of a service without a main is.
    """
    if isinstance(reason, BaseException):
        return reason
    if is_graceful or not isinstance(reason, signal.Signals):
        return None
    return KeyboardInterrupt() if reason is signal.SIGINT else SystemExit(EXIT_BASE + reason)


def interruption(reason: Any) -> BaseException:
    """Return what synchronous code is interrupted by: what the run will raise where that passes `except Exception`."""
    wanted = verdict(reason, is_graceful=False)
    return wanted if isinstance(wanted, SystemExit | KeyboardInterrupt) else SystemExit()


def exit_status(result: Any) -> int:
    """Return the exit status that *result*, of main, means: a whole number is one itself, all else is success."""
    return int(result) if isinstance(result, int) else 0
