"""
The token, and the cookie that stands for it once somebody has signed in.

Pure save the comparison, which takes as long for a wrong one as for a right one. A cookie is a time and its signature
by the token, so that every process with the token takes it, and none does when the token is changed.
"""

import hashlib
import hmac
import re
from urllib.parse import parse_qs

COOKIE = "tenure_dashboard"
LEAST = 16
"""How many characters a token has at least."""
LASTS_S = 12 * 60 * 60
"""How long somebody stays signed in, seconds."""

_BEARER = re.compile(r"[Bb]earer +(\S+)")


class Token:
    """
    What lets somebody in.

    Args:
        text: at least 16 characters that can stand in a header: visible ASCII.

    Raises:
        ValueError: it is shorter, or holds others. The text of the error does not tell the token.
    """

    __slots__ = ("_key",)

    def __init__(self, text: str) -> None:
        if len(text) < LEAST:
            msg = f"the token has {len(text)} characters and needs {LEAST}: secrets.token_urlsafe() makes one"
            raise ValueError(msg)
        if not (text.isascii() and text.isprintable() and " " not in text):
            msg = "the token holds characters that do not go into a header: secrets.token_urlsafe() makes one"
            raise ValueError(msg)
        self._key = hashlib.sha256(text.encode()).digest()

    def __repr__(self) -> str:
        return "<Token>"

    def is_it(self, text: str) -> bool:
        """Tell whether *text* is the token."""
        return hmac.compare_digest(hashlib.sha256(text.encode("utf-8", "replace")).digest(), self._key)

    def is_in_header(self, authorization: str) -> bool:
        """Tell whether the header Authorization, given as *authorization*, shows the token."""
        match = _BEARER.fullmatch(authorization)
        return match is not None and self.is_it(match[1])

    def cookie(self, now_s: float) -> str:
        """Return what stands for the token from *now_s* on (seconds since 1970)."""
        ends = str(int(now_s) + LASTS_S)
        return f"{ends}.{self._signed(ends)}"

    def is_cookie(self, value: str, now_s: float) -> bool:
        """Tell whether *value* stands for the token at *now_s*."""
        ends, _, signature = value.partition(".")
        is_signed = hmac.compare_digest(self._signed(ends).encode(), signature.encode("utf-8", "replace"))
        return is_signed and ends.isascii() and ends.isdigit() and now_s < int(ends)

    def _signed(self, text: str) -> str:
        return hmac.new(self._key, f"tenure dashboard until {text}".encode(), hashlib.sha256).hexdigest()


def set_cookie(value: str, base: str, *, lasts_s: int, is_secure: bool) -> str:
    """Return the header Set-Cookie that gives the cookie *value* to pages below *base*; 0 seconds take it away."""
    secure = "; Secure" if is_secure else ""
    return f"{COOKIE}={value}; Path={base or '/'}; Max-Age={lasts_s}; HttpOnly; SameSite=Strict{secure}"


def token_of_form(body: bytes) -> str:
    """Return what was typed into the form, "" for nothing."""
    try:
        said = parse_qs(body.decode("latin-1"), max_num_fields=4)
    except ValueError:  # more fields than our form has
        return ""
    return said.get("token", [""])[0].strip()
