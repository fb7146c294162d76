"""What a check's answer, or the exception in its place, means. Pure, save for looking at what the user's code gave."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from tenure.health.records import NO_DETAILS, Status
from tenure.record import record

_WORDS: dict[str, Status] = {
    **dict.fromkeys(("healthy", "ok", "pass", "up", "green", "good"), "healthy"),
    **dict.fromkeys(("degraded", "warn", "warning", "yellow"), "degraded"),
    **dict.fromkeys(("unhealthy", "fail", "failed", "failing", "down", "red", "error", "critical"), "unhealthy"),
    "unknown": "unknown",
}
"""What the words that clients and services use for it come to."""


@record(unguarded=True)
class Outcome:
    """How a check ended; holds texts, never the exception, whose frames would keep everything alive."""

    status: Status
    took_s: float | None = None
    error: str | None = None
    error_type: str | None = None
    details: Mapping[str, Any] = NO_DETAILS
    at: datetime | None = None
    """When (UTC); None where nothing was asked."""


def of_answer(answer: Any, took_s: float, *, counts: bool) -> Outcome:
    """Return what *answer* means; unless it *counts*, it is enough that there is one."""
    now = datetime.now(UTC)
    if not counts:
        return Outcome("healthy", took_s, at=now)
    if isinstance(answer, Mapping):
        return _of_mapping({str(name): answer[name] for name in answer}, took_s, now)
    if answer is False:
        return Outcome("unhealthy", took_s, "the check answered False", at=now)
    if isinstance(answer, str) and answer.lower() in _WORDS:
        status = _WORDS[answer.lower()]
        return Outcome(status, took_s, None if status == "healthy" else f"the check answered {answer!r}", at=now)
    details = NO_DETAILS if answer is None or answer is True else MappingProxyType({"answer": _plain(answer)})
    return Outcome("healthy", took_s, details=details, at=now)


def _of_mapping(said: dict[str, Any], took_s: float, now: datetime) -> Outcome:
    word, error = said.pop("status", "healthy"), said.pop("error", None)
    if word is True or word is False:
        word = "healthy" if word else "unhealthy"
    status = _WORDS.get(str(word).lower())
    if status is None:
        status, error = "unknown", error or f"the check answered the status {word!r}"
    text = None if error is None else str(error)
    return Outcome(status, took_s, text, details=MappingProxyType(_plain(said)), at=now)


def of_error(error: BaseException, took_s: float) -> Outcome:
    """Return what it means that a check raised *error*."""
    name = type(error).__name__
    return Outcome("unhealthy", took_s, _text_of(error) or name, name, at=datetime.now(UTC))


def of_lateness(limit_s: float, waited_s: float) -> Outcome:
    """Return what it means that a check gave no answer within its limit, for *waited_s* seconds by now."""
    text = f"no answer within {limit_s:g} s"
    if waited_s > 2 * limit_s:
        text += f"; the check has been running for {waited_s:.0f} s"
    return Outcome("unhealthy", max(limit_s, waited_s), text, at=datetime.now(UTC))


def not_asked(why: str, status: Status = "unknown") -> Outcome:
    """Return an outcome that says why nothing was asked."""
    return Outcome(status, error=why)


def _plain(value: Any, depth: int = 4) -> Any:
    """Return *value* as numbers, texts, lists and dicts: an answer is remembered, and may keep no object alive."""
    if value is None or type(value) in (bool, int, str) or (type(value) is float and math.isfinite(value)):
        return value
    if depth and isinstance(value, Mapping):
        return {str(name): _plain(value[name], depth - 1) for name in value}
    if depth and isinstance(value, list | tuple):
        return [_plain(each, depth - 1) for each in value]
    return str(value) if type(value) is float else f"<{type(value).__qualname__}>"


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a `__str__` of the user's that fails
        return ""
