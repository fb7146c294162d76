"""The files of the page: read once from `static/`, each with a tag by which a browser knows that it has it already."""

import functools
import hashlib
import html
from importlib import resources

from tenure.dashboard.replies import Reply, page
from tenure.dashboard.request import Request

KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@functools.cache
def files() -> dict[str, tuple[bytes, str]]:
    """Return the content and the tag of each file, by name."""
    found = {}
    for file in resources.files("tenure.dashboard").joinpath("static").iterdir():
        content = file.read_bytes()
        found[file.name] = content, f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    return found


def asset(name: str, request: Request) -> Reply | None:
    """Return the file *name* that a page loads, 304 where the browser has it, None where there is none."""
    kind = KINDS.get(name.rpartition(".")[2])
    found = files().get(name)
    if kind is None or found is None:
        return None
    content, tag = found
    kept = ("etag", tag), ("cache-control", "no-cache")  # kept, but asked for again: an upgrade shows at once
    is_known = tag in (each.strip() for each in request.header("if-none-match").split(","))
    return Reply(304, b"", kind, kept) if is_known else Reply(200, content, kind, kept)


def filled(name: str, request: Request, code: int = 200, **words: str) -> Reply:
    """
    Return the page *name*, with its base where the dashboard is mounted and *words* in place of `{{their names}}`.

    Every word is escaped: none becomes an element, nor leaves the attribute that it stands in.
    """
    text = files()[name][0].decode()
    for key, word in {**words, "base": f"{request.base}/"}.items():
        text = text.replace(f"{{{{{key}}}}}", html.escape(word))
    return page(code, text)
