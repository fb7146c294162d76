"""
Lines of a command as an SVG picture of a terminal, light and dark. Pure.

`rich` could draw it as well, in one colour scheme and with fonts from the network; this has no part outside of itself.
Columns are kept whatever font a viewer has: each line is told its length, and full blocks are rectangles.
"""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from tenure.cli.text import UNICODE, Line, Tone, line, quiet, strong, width_of

COLUMN, ROW, EDGE = 8, 19, 18
"""Of a sign, a line and the margin, in pixels."""

_STYLE = """svg.tenure-terminal .paper { fill: #ffffff; stroke: #c9d2db }
svg.tenure-terminal text { fill: #16202c; white-space: pre }
svg.tenure-terminal .strong { font-weight: 600 }
svg.tenure-terminal .quiet { fill: #536170 }
svg.tenure-terminal .accent { fill: #0b62b8 }
svg.tenure-terminal .good { fill: #0f766e }
svg.tenure-terminal .bad { fill: #b3261e }
svg.tenure-terminal .plain { fill: #94a1af }
@media (prefers-color-scheme: dark) {
svg.tenure-terminal .paper { fill: #10161d; stroke: #2b3846 }
svg.tenure-terminal text { fill: #e8edf3 }
svg.tenure-terminal .quiet { fill: #9fb0c1 }
svg.tenure-terminal .accent { fill: #6db3f8 }
svg.tenure-terminal .good { fill: #5ec4b6 }
svg.tenure-terminal .bad { fill: #ff8a80 }
svg.tenure-terminal .plain { fill: #5f7183 }
}"""


def terminal(command: str, said: Sequence[Line], about: str) -> str:
    """
    Return a picture of a terminal.

    Args:
        command: what was typed.
        said: what it shows.
        about: what the picture shows, for who cannot see it.
    """
    lines = [line(quiet("$ "), strong(command)), *said]
    width = max(width_of(each) for each in lines) * COLUMN + 2 * EDGE
    height = len(lines) * ROW + 2 * EDGE
    parts = [part for number, each in enumerate(lines) for part in _drawn(each, EDGE + ROW * number)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tenure-terminal" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label={quoteattr(about)} font-size="13" '
        "font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\">"
    )
    return "\n".join(
        [
            head,
            f"<style>{_STYLE}</style>",
            f'<rect class="paper" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="6"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


def _drawn(spans: Line, top: int) -> Iterator[str]:
    column = 0
    for span in spans:
        for text in _runs(span.text):
            x, width = EDGE + column * COLUMN, len(text) * COLUMN
            kind = span.tone.value
            column += len(text)
            if text[0] == UNICODE.full:
                yield f'<rect class="{kind}" x="{x}" y="{top + 4}" width="{width}" height="{ROW - 8}"/>'
            elif text.strip():
                told = "" if span.tone is Tone.PLAIN else f' class="{kind}"'
                yield f'<text{told} x="{x}" y="{top + 14}" textLength="{width}">{escape(text)}</text>'


def _runs(text: str) -> Iterator[str]:
    """Yield *text* in pieces that are blocks, or blanks, or neither; single blanks stay within their piece."""
    piece = ""
    kind = None
    for at, sign in enumerate(text):
        is_gap = sign == " " and (text[at - 1 : at] in ("", " ") or text[at + 1 : at + 2] in ("", " "))
        own = "block" if sign == UNICODE.full else "gap" if is_gap else "text"
        if kind not in (own, None):
            yield piece
            piece = ""
        piece, kind = piece + sign, own
    if piece:
        yield piece
