"""Texts that may be shown: what looks like a secret in them is masked. A net below care, not in its place."""

import re

MASK = "***"
_NAMES = "password|passwd|pwd|pass|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|auth"
_IN_URL = re.compile(r"(?P<before>\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)", re.IGNORECASE)
_BEARER = re.compile(r"(?P<before>\b(?:bearer|basic)\s+)[\w+/.=~-]{6,}", re.IGNORECASE)
_NAMED = re.compile(
    rf"""(?P<before>\b[\w-]*(?:{_NAMES})[\w-]*["']?\s*[=:]\s*)(?P<value>"[^"]*"|'[^']*'|[^\s,;&)\]}}]+)""",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """
    Return *text* with passwords in addresses, values of names like `password` and tokens of HTTP replaced by `***`.

    >>> masked("cannot connect to postgresql://shop:hunter2@db:5432/shop")
    'cannot connect to postgresql://shop:***@db:5432/shop'
    """
    for pattern in (_IN_URL, _BEARER, _NAMED):
        text = pattern.sub(rf"\g<before>{MASK}", text)
    return text


def told(error: BaseException, limit: int = 300) -> str:
    """Return the class of *error* and the first line of its text, masked, at most *limit* characters of it."""
    lines = masked(str(error)).splitlines()
    text = lines[0] if lines else ""
    text = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return f"{type(error).__qualname__}: {text}" if text else type(error).__qualname__
