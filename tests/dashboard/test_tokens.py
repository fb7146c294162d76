"""The token and the cookie that stands for it."""

import pytest

from tenure.dashboard.tokens import LASTS_S, Token, set_cookie, token_of_form

TEXT = "correct-horse-battery"
NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    "text", ["", "short", "x" * 15, "has a space in the middle", "ünïcode-token-of-length", "line\nbreak-in-the-token"]
)
def test_tokens_that_are_none(text):
    """What can be guessed, or does not go into a header, is refused, and the error does not tell it."""
    with pytest.raises(ValueError, match=r"secrets.token_urlsafe\(\) makes one") as caught:
        Token(text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(("header", "expected"), [
    (f"Bearer {TEXT}", True), (f"bearer  {TEXT}", True), (TEXT, False), (f"Basic {TEXT}", False), ("Bearer", False),
    (f"Bearer {TEXT}x", False), (f"Bearer {TEXT[:-1]}", False), ("", False), (f"Bearer {TEXT} ", False),
    ("Bearer \xff", False),
])  # fmt: skip
def test_header(header, expected):
    """The header Authorization shows it as a bearer does, whole and alone."""
    assert Token(TEXT).is_in_header(header) is expected


def test_cookie_stands_for_the_token():
    """The cookie is taken by every process that has the token, and does not tell the token."""
    cookie = Token(TEXT).cookie(NOW)

    assert Token(TEXT).is_cookie(cookie, NOW)
    assert TEXT not in cookie


def test_cookie_of_another_token():
    """Changing the token signs everybody out."""
    assert not Token("another-token-of-mine").is_cookie(Token(TEXT).cookie(NOW), NOW)


def test_cookie_ends():
    """A cookie is good for twelve hours, whatever the browser does."""
    cookie = Token(TEXT).cookie(NOW)

    assert Token(TEXT).is_cookie(cookie, NOW + LASTS_S - 1)
    assert not Token(TEXT).is_cookie(cookie, NOW + LASTS_S)


@pytest.mark.parametrize("change", [
    lambda c: c[:-1], lambda c: "9" + c, lambda c: c.replace(".", ""), lambda c: "", lambda c: ".",
    lambda c: c + "\xe9",
    lambda c: f"99999999999.{c.partition('.')[2]}", lambda c: c.upper() if c.upper() != c else "x",
])  # fmt: skip
def test_cookie_that_was_changed(change):
    """One that was changed is worth nothing."""
    assert not Token(TEXT).is_cookie(change(Token(TEXT).cookie(NOW)), NOW)


def test_token_is_not_shown():
    """Its repr, which may get into a log, does not tell it."""
    assert repr(Token(TEXT)) == "<Token>"


def test_set_cookie():
    """No script reads the cookie, no other site sends it, and it belongs to the mount."""
    assert set_cookie("v", "/dash", lasts_s=5, is_secure=True) == (
        "tenure_dashboard=v; Path=/dash; Max-Age=5; HttpOnly; SameSite=Strict; Secure"
    )
    assert set_cookie("v", "", lasts_s=5, is_secure=False).startswith("tenure_dashboard=v; Path=/; ")


@pytest.mark.parametrize(("body", "expected"), [
    (b"token=abc", "abc"), (b"token=%20abc%0a&x=1", "abc"), (b"", ""), (b"other=1", ""), (b"token=a&token=b", "a"),
    (b"&".join([b"x=1"] * 50), ""), (b"\xff\xfe", ""),
])  # fmt: skip
def test_form(body, expected):
    """What was typed is read, without the blanks that come along with pasting; anything else is no token."""
    assert token_of_form(body) == expected
