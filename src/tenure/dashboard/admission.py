"""
Who may see the dashboard: a decision from a request and the rules, as data.

Pure: no clock, no socket. Without a token only this machine may, by name: the client, the Host header and the page that
asks all have to be of it, so that neither another machine nor a page of another site (DNS rebinding) gets in.
"""

import ipaddress
import re
from collections.abc import Sequence

from tenure.dashboard.request import Request
from tenure.record import record

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""Headers by which a proxy says that the client is somebody else."""

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?")


@record
class Refusal:
    """Why a request is not answered."""

    code: int
    """The status of HTTP."""
    why: str
    """A sentence for the one who set the dashboard up; says nothing of what it shows."""


@record
class Rules:
    """Who may come in."""

    has_token: bool
    """Whether a token is asked for; else only this machine may come in."""
    hosts: tuple[str, ...] | None = None
    """Names by which the dashboard may be called, without ports; None: by any where there is a token."""


def refusal_of(request: Request, rules: Rules) -> Refusal | None:
    """Return why *request* is refused before anybody looks at tokens; None where it is not."""
    host = host_of(request)
    if host is None:
        return Refusal(400, "a request says once, in a Host header, whom it is for")
    if not rules.has_token:
        refused = _of_elsewhere(request, host)
        if refused is not None:
            return refused
    if rules.hosts is not None and host not in rules.hosts:
        return Refusal(421, "the dashboard is not called so; see `hosts` of Dashboard")
    return _of_other_pages(request)


def _of_elsewhere(request: Request, host: str) -> Refusal | None:
    if request.client is None or not is_loopback(request.client):
        return Refusal(403, "without a token the dashboard serves this machine only; see `token` of Dashboard")
    if any(name in request.headers for name in FORWARDED):
        return Refusal(403, "a proxy forwarded the request: the dashboard needs a token; see `token` of Dashboard")
    if not is_loopback(host):
        return Refusal(421, "without a token the dashboard is called localhost, 127.0.0.1 or [::1], nothing else")
    return None


def _of_other_pages(request: Request) -> Refusal | None:
    """Refuse what a page of another site asks for behind its reader's back; opening the dashboard by a link is fine."""
    origin = request.header("origin")
    if "origin" in request.headers and (origin == "null" or origin.partition("://")[2] != request.header("host")):
        return Refusal(403, "a page of another site may not ask for this")
    site = request.header("sec-fetch-site")
    is_visit = request.header("sec-fetch-mode") == "navigate" and request.method in ("GET", "HEAD")
    if site in ("cross-site", "same-site") and not is_visit:
        return Refusal(403, "a page of another site may not ask for this")
    return None


def host_of(request: Request) -> str | None:
    """Return whom *request* is for, in lower case and without port and brackets; None where that is not said well."""
    match = _HOST.fullmatch(request.header("host"))
    return None if match is None else match[1].strip("[]").rstrip(".").lower()


def is_loopback(name: str) -> bool:
    """Tell whether *name*, an address or a host's name, is this machine whatever a name server says."""
    if name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def checked_hosts(hosts: Sequence[str] | None) -> tuple[str, ...] | None:
    """
    Return *hosts* as they are compared.

    Raises:
        ValueError: one of them is no host's name.
        TypeError: it is a string.
    """
    if hosts is None:
        return None
    if isinstance(hosts, str):
        raise TypeError(f"hosts takes names, as in hosts=[{hosts!r}]")
    for host in hosts:
        if not _HOST.fullmatch(host) or (":" in host and not host.startswith("[")):
            msg = f"{host!r} in hosts is no name of a host; leave out scheme and port"
            raise ValueError(msg)
    return tuple(host.strip("[]").rstrip(".").lower() for host in hosts)
