"""
A request as the dashboard sees it: what an ASGI server says, with the headers by name and the path below the mount.

Pure; knows ASGI's dicts and nothing of the dashboard.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import unquote

from tenure.record import record

Scope: TypeAlias = MutableMapping[str, Any]


@record(eq=False)
class Request:
    """One request of HTTP."""

    method: str
    path: str
    """Below the place where the dashboard is mounted, begins with "/"."""
    base: str
    """That place: "" or a path without a slash at its end."""
    headers: Mapping[str, tuple[str, ...]]
    """By name in lower case, each with every value that was sent."""
    client: str | None
    """The address of the client, None where the server does not know it."""
    is_secure: bool
    """Whether it came by TLS."""

    def header(self, name: str) -> str:
        """Return the only value of the header *name*, "" where there is none or more than one."""
        values = self.headers.get(name, ())
        return values[0] if len(values) == 1 else ""

    def cookies(self, name: str) -> list[str]:
        """Return the values of every cookie called *name*."""
        pairs = (pair.partition("=") for line in self.headers.get("cookie", ()) for pair in line.split(";"))
        return [value.strip() for found, _, value in pairs if found.strip() == name]


def request_of(scope: Scope) -> Request:
    """Return the request that an application is called with, as *scope*."""
    headers: dict[str, tuple[str, ...]] = {}
    for raw_name, raw_value in scope.get("headers", ()):
        name = raw_name.decode("latin-1").lower()
        headers[name] = (*headers.get(name, ()), raw_value.decode("latin-1"))
    path, base = _place(scope)
    client = scope.get("client")
    return Request(
        str(scope["method"]), path, base, headers, client[0] if client else None, scope.get("scheme") == "https"
    )


def _place(scope: Scope) -> tuple[str, str]:
    """
    Return the path below the mount, and the mount.

    Frameworks mount in two ways: the path keeps the mount in front of it, and `root_path` tells the mount (Starlette),
    or it is cut off, which only the raw path still shows (Litestar).
    """
    whole, root = str(scope["path"]), str(scope.get("root_path", "")).rstrip("/")
    if root and (whole == root or whole.startswith(f"{root}/")):
        return whole[len(root) :].rstrip("/") or "/", root
    path = whole.rstrip("/") or "/"  # Litestar puts a slash at the end of every path
    raw = unquote(scope.get("raw_path", b"").decode("latin-1")).partition("?")[0]
    below = path.rstrip("/")
    base = raw.rstrip("/").removesuffix(below) if raw.rstrip("/").endswith(below) else ""
    base = (base if base.startswith(root) else root + base).strip("/")
    return path, f"/{base}" if base else ""
