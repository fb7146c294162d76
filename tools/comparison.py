"""
The table that compares libraries, made from what the rig of the laws and the benchmarks wrote down: a page, and README.

Nothing is measured here: `dev.py laws --matrix` makes docs/laws-matrix.json, `bench --write` docs/performance.json.
"""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- made by `python3 dev.py docs --write` -->", "<!-- end -->"
ROWS = {
    "S1": "a singleton",
    "S3": "nine new objects",
    "S5": "a request, two resources",
    "S6": "the same, async",
    "S7": "an injected call",
    "S13": "a FastAPI request",
    "S12": "import",
}
"""Rows of the benchmarks that are shown, and their headings."""
OURS = ("Tenure", "Tenure, providers")
PAGES: dict[str, tuple[set[str] | None, tuple[str, ...]]] = {
    "docs/comparison.md": (None, tuple(ROWS)),
    "README.md": ({"Tenure", "dishka", "wireup", "svcs", "dependency-injector"}, ("S1", "S5", "S6", "S13")),
}
"""Which libraries (None: all) and which rows of the benchmarks each page shows."""


def table(root: Path, titles: set[str] | None, rows: Sequence[str]) -> str:
    """Return the table of *rows*, with a row for each library in *titles*, the fewest broken laws first."""
    laws = {each["title"]: counted(each["verdicts"]) for each in _read(root / "docs" / "laws-matrix.json")}
    measured = {row["name"]: row["measured"] for row in _read(root / "docs" / "performance.json")["rows"]}
    head = ["library", "laws kept", "broken", "not offered", *(ROWS[name] for name in rows)]
    lines = [f"| {' | '.join(head)} |", f"|---|{'--:|' * (len(head) - 1)}"]
    for title in sorted(laws, key=lambda title: (title not in OURS, laws[title]["broken"], -laws[title]["kept"])):
        if titles is not None and title not in titles:
            continue
        kept = laws[title]
        cells = [
            f"**{title}**" if title in OURS else title,
            *(str(kept[each]) for each in ("kept", "broken", "not offered")),
        ]
        cells += [_ratio(measured.get(name, {}).get(title)) for name in rows]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def counted(verdicts: list[dict[str, str]]) -> Counter[str]:
    """Count the laws that are kept, broken or not offered: one broken check breaks a law."""
    outcomes: dict[str, set[str]] = {}
    for each in verdicts:
        outcomes.setdefault(each["law"], set()).add(each["outcome"])
    order = ("broken", "kept", "not offered")
    return Counter(next(each for each in order if each in found) for found in outcomes.values())


def _ratio(measured: Any) -> str:
    return "–" if measured is None else f"{measured['ratio']:.2f}"  # noqa: RUF001 - a dash, as in the other tables


def _read(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))


def written(name: str, root: Path) -> str:
    """Return the page *name* of `PAGES` with the table between its marks as it is now."""
    head, _, rest = (root / name).read_text("utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{table(root, *PAGES[name])}\n\n{END}{tail}"


def write(root: Path) -> None:
    """Write the tables of all pages anew."""
    for name in PAGES:
        (root / name).write_text(written(name, root), "utf-8")
