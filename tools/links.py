"""The links between the documents: every one leads to a file, and to a heading of it where it names one."""

import re
from collections.abc import Iterator
from pathlib import Path

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)
MARK = re.compile(r'<a id="([^"]+)"></a>')
ELSEWHERE = re.compile(r"[a-z]+:", re.IGNORECASE)


def documents(root: Path) -> list[Path]:
    """Return the Markdown files of the project: those beside `docs/` and all below it."""
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings in *text*, spelt as Markdown viewers spell them, and of marks in HTML."""
    headings = (match[1] for match in HEADING.finditer(FENCE.sub("", text)))
    found = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return found | set(MARK.findall(text))


def broken(root: Path) -> Iterator[str]:
    """Yield a line for each link between documents that leads nowhere, as "file: target (reason)"."""
    for document in documents(root):
        text = CODE.sub("", FENCE.sub("", document.read_text("utf-8")))
        for match in LINK.finditer(text):
            reason = why_broken(document, match[1])
            if reason is not None:
                yield f"{document.relative_to(root)}: {match[1]} ({reason})"


def why_broken(document: Path, target: str) -> str | None:
    """Return why the link *target* in *document* leads nowhere, or None; links out of the project are not followed."""
    if ELSEWHERE.match(target):
        return None
    path, _, anchor = target.partition("#")
    file = (document.parent / path) if path else document
    if not file.exists():
        return "no such file"
    if anchor and file.suffix == ".md" and anchor not in anchors(file.read_text("utf-8")):
        return "no such heading"
    return None
