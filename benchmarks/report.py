"""What was measured, as text for a terminal."""

from benchmarks.scenarios.row import Found, Row


def amount(value: float, unit: str) -> str:
    """Return *value* with a unit that a reader can take in: 0.000001234 s is "1.23 µs"."""
    if unit == "B":
        return f"{value:,.0f} B".replace(",", " ")
    if unit == "":
        return f"{value:.2f}"
    for factor, name in ((1e9, "ns"), (1e6, "µs"), (1e3, "ms")):
        if value * factor < 1000:
            return f"{value * factor:.3g} {name}"
    return f"{value:.3g} s"


def lines(row: Row, found: Found) -> str:
    """Return a block of text: the row's name, then its libraries, the fastest first."""
    target = f", target {row.target:g}" if row.target is not None else ""
    said = [f"{row.name}  {row.title.replace('`', '')}{target}"]
    for title, each in sorted(found.measured.items(), key=lambda item: item[1].value):
        ratio = f"{each.ratio:8.2f}" if each.ratio is not None else " " * 8
        said.append(f"{ratio}  {amount(each.value, row.unit):>9}  {title:<22} {found.notes.get(title, '')}".rstrip())
    said += [f"       -             {title:<22} {why}" for title, why in found.absent.items() if why != "not offered"]
    return "\n".join(said)
