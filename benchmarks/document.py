"""Writes what a run measured into `docs/`: the tables of `performance.md`, `performance.json`, `performance.svg`."""

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks import plot, report
from benchmarks.adapters import BY_HAND, LIBRARIES, OURS, PROVIDERS, RAW, TENURE
from benchmarks.report import Result, amount, bound_of, held
from benchmarks.scenarios.watching import WATCHERS, Watching
from benchmarks.timing import QUICK, Effort

BEGIN = "<!-- made by `python3 dev.py bench --write`; what stands up to the end mark is written anew -->"
END = "<!-- end -->"
QUICKLY = " This was a quick run: a first impression, no result."
SHORT = 24  # letters of a note that stands in a table
NOTHING = "–"  # noqa: RUF001  # a dash in a table


def write(docs: Path, results: Sequence[Result], effort: Effort) -> None:
    """
    Put *results* into *docs*, whose `performance.md` has the two marks.

    Raises:
        ValueError: a mark is missing.
    """
    page = docs / "performance.md"
    page.write_text(replaced(page.read_text("utf-8"), made(results, effort)), "utf-8")
    data = json.dumps(report.data(results, effort), indent=1, ensure_ascii=False)
    (docs / "performance.json").write_text(data + "\n", "utf-8")
    (docs / "performance.svg").write_text(plot.svg(results), "utf-8")


def replaced(text: str, content: str) -> str:
    """Return *text* with *content* between the marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has not both marks, {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n\n{content}\n\n{END}{after}"


def made(results: Sequence[Result], effort: Effort) -> str:
    """Return the generated part of the page."""
    about = report.about(effort)
    judged = [each for each in results if each.is_met is not None]
    met = sum(bool(each.is_met) for each in judged)
    versions = ", ".join(f"{title} {version}" for title, version in about["versions"].items() if "locked" not in title)
    said = (
        f"{about['python']}, {about['system']}, {about['cores']} cores, {about['date']}; "
        f"{about['rounds']} rounds of about {about['slice_s'] * 1000:.0f} ms each. "
        f"Targets met: {met} of {len(judged)}." + (QUICKLY if effort is QUICK else "")
    )
    return "\n\n".join(
        [
            said,
            "### Against the targets",
            targets([each for each in results if not isinstance(each.row, Watching)]),
            "### Observers",
            observers([each for each in results if isinstance(each.row, Watching)]),
            "### Every library",
            "Ratios; bytes and exponents as they are. A dash: no number, see the reasons below.",
            everything([each for each in results if not isinstance(each.row, Watching)]),
            "### Notes on single numbers",
            notes(results),
            f"Versions: {versions}.",
        ]
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]], left: int = 2) -> str:
    """Return a Markdown table whose first *left* columns are set left."""
    marks = ["---" if number < left else "--:" for number in range(len(head))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, marks, *rows))


def number(result: Result, title: str) -> str:
    """Return what *title* needs in this row: the ratio, or the value where that is compared; a dash for nothing."""
    measured = result.found.measured.get(title)
    if measured is None:
        return NOTHING
    value = held(result.row, measured)
    return amount(value, result.row.unit) if result.row.limit is not None else f"{value:.2f}"


def targets(results: Sequence[Result]) -> str:
    """Return the table of the targets."""
    rows = []
    for result in results:
        best = result.best
        best_text = best_of(result, best[0]) if best else NOTHING
        own = result.own
        own_text = f"**{number(result, result.row.ours)}**" if own else NOTHING
        if own and result.row.unit == "s":
            own_text += f" {amount(own.value, 's')}"
        judged = {True: "yes", False: "no", None: "disturbed" if result.is_disturbed else ""}[result.is_met]
        hand = result.found.measured.get(result.row.yardstick)
        hand_text = amount(hand.value, result.row.unit) if hand and result.row.unit else ""
        title = f"{result.row.title}{result.found.remark}"
        rows.append([result.row.name, title, hand_text, own_text, best_text, bound_of(result.row), judged])
    return table(["", "scenario", "1.00 is", "Tenure", "best other", "target", "met"], rows)


def best_of(result: Result, title: str) -> str:
    """Return the number of the best other library, its name and what is to be known of it in a few words."""
    note = result.found.notes.get(title, "")
    return f"{number(result, title)} ({title}{', ' + note if 0 < len(note) <= SHORT else ''})"


def observers(results: Sequence[Result]) -> str:
    """Return the table of what observers cost: a line for each kind, a column for each row."""
    rows = [[title, *(number(each, title) for each in results)] for title in WATCHERS]
    return table(["observers", *(f"{each.row.name}: {each.row.title}" for each in results)], rows, left=1)


def everything(results: Sequence[Result]) -> str:
    """Return the table of all libraries: a line for each, a column for each row."""
    measured = {title for result in results for title in result.found.measured}
    titles = [library.title for library in LIBRARIES if library.title in measured]
    titles.sort(key=lambda title: ([BY_HAND, RAW, TENURE, PROVIDERS, title].index(title), title.lower()))
    rows = []
    for title in titles:
        name = f"**{title}**" if title in OURS else title
        rows.append([name, *(number(result, title) for result in results)])
    return table(["", *(result.row.name for result in results)], rows, left=1)


def notes(results: Sequence[Result]) -> str:
    """Return what a reader must know of single numbers, and why there are none."""
    said = []
    for library in LIBRARIES:
        facts: dict[str, list[str]] = {}
        for result in results:
            note = result.found.notes.get(library.title) or result.found.absent.get(library.title, "")
            if note not in ("", "not offered"):
                facts.setdefault(note, []).append(result.row.name)
        if facts:
            said.append(
                f"- {library.title}: " + "; ".join(f"{note} ({', '.join(rows)})" for note, rows in facts.items())
            )
    return "\n".join(said)
