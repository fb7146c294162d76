"""
The page that compares libraries in one table, made from what the rig of the laws and the benchmarks wrote down.

Nothing is measured here: `dev.py laws --matrix` makes docs/laws-matrix.json, `bench --write` docs/performance.json.
"""

import json
from collections import Counter
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


def table(root: Path) -> str:
    """Return the table, a row for each library of the laws, those with the fewest broken laws first."""
    laws = {each["title"]: counted(each["verdicts"]) for each in _read(root / "docs" / "laws-matrix.json")}
    measured = {row["name"]: row["measured"] for row in _read(root / "docs" / "performance.json")["rows"]}
    head = ["library", "laws kept", "broken", "not offered", *ROWS.values()]
    lines = [f"| {' | '.join(head)} |", f"|---|{'--:|' * (len(head) - 1)}"]
    for title in sorted(laws, key=lambda title: (title not in OURS, laws[title]["broken"], -laws[title]["kept"])):
        kept = laws[title]
        cells = [
            f"**{title}**" if title in OURS else title,
            *(str(kept[each]) for each in ("kept", "broken", "not offered")),
        ]
        cells += [_ratio(measured.get(name, {}).get(title)) for name in ROWS]
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


def written(page: str, root: Path) -> str:
    """Return *page* with the table between the marks as it is now."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{table(root)}\n\n{END}{tail}"


def write(root: Path) -> None:
    """Write the page anew."""
    page = root / "docs" / "comparison.md"
    page.write_text(written(page.read_text("utf-8"), root), "utf-8")
