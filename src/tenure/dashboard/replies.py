"""What is answered: status, headers and body, with the headers that keep browsers strict. Pure."""

from tenure.record import record

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing from elsewhere, nothing inline, no text that becomes script, in nobody's frame."""

STRICT = (
    ("content-security-policy", CSP),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("referrer-policy", "same-origin"),  # "no-referrer" would have browsers send our own form with `Origin: null`
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
)


@record(eq=False)
class Reply:
    """What is sent."""

    code: int
    body: bytes
    kind: str
    """The type of the body."""
    headers: tuple[tuple[str, str], ...] = ()
    """Those of this reply alone."""

    def sent_headers(self) -> list[tuple[bytes, bytes]]:
        """Return all headers, as ASGI takes them."""
        own = {name for name, _ in self.headers}
        usual = [("content-type", self.kind), ("cache-control", "no-store")]
        usual += [("content-length", str(len(self.body)))] if self.code != 304 else []
        all_of_them = (*STRICT, *(pair for pair in usual if pair[0] not in own), *self.headers)
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in all_of_them]


def text(code: int, said: str, *headers: tuple[str, str]) -> Reply:
    """Return a line of text."""
    return Reply(code, f"{said}\n".encode(), "text/plain; charset=utf-8", headers)


def page(code: int, html: str, *headers: tuple[str, str]) -> Reply:
    """Return a page."""
    return Reply(code, html.encode(), "text/html; charset=utf-8", headers)


def data(json: str) -> Reply:
    """Return data that is JSON already."""
    return Reply(200, json.encode(), "application/json")
