"""The checks, a file for each kind of law; importing this fills `check.CHECKS`."""

from tenure.testing.contract.checks import (
    acquisition,
    boundary,
    cancellation,
    contexts,
    errors,
    limits,
    ordering,
    parallel,
    process,
    release,
    replacing,
    retry,
    scopes,
    tasks,
    threads,
)

__all__ = [
    "acquisition",
    "boundary",
    "cancellation",
    "contexts",
    "errors",
    "limits",
    "ordering",
    "parallel",
    "process",
    "release",
    "replacing",
    "retry",
    "scopes",
    "tasks",
    "threads",
]
