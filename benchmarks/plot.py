"""The ratios of one run as a picture: a line per row, a dot per library, in a logarithmic scale."""

import math
from collections.abc import Sequence
from html import escape

from benchmarks.adapters import BY_HAND, LIBRARIES, OURS, RAW
from benchmarks.report import Result

LEFT, RIGHT, TOP, STEP, BOTTOM = 330, 900, 56, 26, 40
LOWEST, HIGHEST = 0.1, 1000.0
TICKS = (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)
COLOURS = {OURS[0]: "#c2410c", OURS[1]: "#f59e0b", RAW: "#15803d"}
OTHER = "#64748b"
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">'


def x_of(ratio: float) -> float:
    """Return where *ratio* stands, at the edge where it is out of the picture."""
    inside = min(max(ratio, LOWEST), HIGHEST)
    return LEFT + (RIGHT - LEFT) * math.log(inside / LOWEST) / math.log(HIGHEST / LOWEST)


def svg(results: Sequence[Result]) -> str:
    """Return the picture of those of *results* that are times by those of hand-written code."""
    shown = [each for each in results if each.row.unit == "s" and each.row.yardstick == BY_HAND and each.found.measured]
    height = TOP + STEP * len(shown) + BOTTOM
    parts = [
        HEAD.format(width=RIGHT + 30, height=height),
        f'<rect width="{RIGHT + 30}" height="{height}" fill="#ffffff"/>',
        *legend(),
        *(axis(tick, height) for tick in TICKS),
    ]
    for number, result in enumerate(shown):
        parts += line(result, TOP + STEP * number + STEP / 2)
    return "\n".join([*parts, "</svg>", ""])


def legend() -> list[str]:
    """Return what the marks mean."""
    marks = [(COLOURS[each], each) for each in (*OURS, RAW)] + [(OTHER, "other libraries")]
    parts = ['<text x="10" y="22" font-size="14">time, hand-written code = 1 (logarithmic)</text>']
    at = LEFT
    for colour, text in marks:
        parts.append(
            f'<circle cx="{at}" cy="18" r="5" fill="{colour}"/><text x="{at + 10}" y="22">{escape(text)}</text>'
        )
        at += 30 + 7 * len(text)
    parts.append(f'<path d="M{at} 10v16" stroke="#dc2626" stroke-width="2"/><text x="{at + 8}" y="22">target</text>')
    return parts


def axis(tick: float, height: int) -> str:
    """Return the line of one number on the scale."""
    x, colour = x_of(tick), "#0f172a" if tick == 1 else "#e2e8f0"
    return (
        f'<path d="M{x:.1f} {TOP - 8}V{height - BOTTOM}" stroke="{colour}"/>'
        f'<text x="{x:.1f}" y="{height - BOTTOM + 18}" text-anchor="middle">{tick:g}</text>'
    )


def line(result: Result, y: float) -> list[str]:
    """Return the marks of one row; the library that is held against the target comes last, above the others."""
    row, known = result.row, {library.title for library in LIBRARIES}
    title = f"{row.name}  {row.title.replace('`', '')}"
    parts = [
        f'<text x="{LEFT - 14}" y="{y + 4:.1f}" text-anchor="end">{escape(shortened(title))}</text>',
        f'<path d="M{LEFT} {y:.1f}H{RIGHT}" stroke="#f1f5f9"/>',
    ]
    others = [each for each in result.found.measured.items() if each[0] in known - {BY_HAND}]
    for name, measured in sorted(others, key=lambda item: (item[0] == row.ours, item[0] in COLOURS)):
        radius, colour = (6, COLOURS[name]) if name in COLOURS else (4, OTHER)
        opacity = 1 if name in COLOURS else 0.55
        parts.append(
            f'<circle cx="{x_of(measured.ratio or 0):.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}" '
            f'fill-opacity="{opacity}"><title>{escape(name)}: {measured.ratio:.2f}</title></circle>'
        )
    if row.target is not None:
        parts.append(f'<path d="M{x_of(row.target):.1f} {y - 10:.1f}v20" stroke="#dc2626" stroke-width="2"/>')
    return parts


def shortened(text: str) -> str:
    """Return *text* so that it fits left of the scale."""
    return text if len(text) <= 50 else text[:49].rstrip() + "…"
