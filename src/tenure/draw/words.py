"""
How wide text is, without a font: widths of the widest of the usual sans-serif fonts, so that text fits in all of them.

The table holds the widths of DejaVu Sans in thousandths of the font size, which is wider than Arial, Helvetica,
Segoe UI, Roboto and San Francisco in nearly every letter.
"""

from unicodedata import combining, east_asian_width

LABEL_PX = 13.0
SMALL_PX = 11.0
FONT = "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', Arial, sans-serif"

_GLYPHS = {
    275: "'",
    278: "ijl",
    295: "IJ",
    318: " ,.·",
    337: "/:;\\|",
    352: "f",
    361: "-",
    390: "()[]",
    392: "t",
    401: "!",
    411: "r",
    460: '"',
    500: "*_`",
    521: "s",
    525: "z",
    531: "?",
    550: "c",
    557: "L",
    575: "F",
    579: "k",
    592: "vxy",
    603: "P",
    611: "TY",
    612: "o",
    613: "a",
    615: "e",
    632: "E",
    634: "hnu",
    635: "Sbdgpq",
    636: "$0123456789{}",
    656: "K",
    684: "AV",
    685: "XZ",
    686: "B",
    695: "R",
    698: "C",
    732: "U",
    748: "N",
    752: "H",
    770: "D",
    775: "G",
    780: "&",
    787: "OQ",
    818: "w",
    838: "#+<=>^~→←",
    863: "M",
    950: "%",
    974: "m",
    989: "W",
    1000: "@…",
}
_WIDTHS = {char: thousandths for thousandths, chars in _GLYPHS.items() for char in chars}
_OTHER = 700
_WIDE = 1050


def width_of(text: str, size: float) -> float:
    """Return how many pixels *text* takes at most in a font of *size* pixels."""
    return size * sum(_WIDTHS.get(char) or _width_of_other(char) for char in text) / 1000


def _width_of_other(char: str) -> int:
    if combining(char):
        return 0
    return _WIDE if east_asian_width(char) in "WF" else _OTHER


def shortened(text: str, size: float, most: float) -> str:
    """
    Return *text*, with its middle left out where it takes more than *most* pixels.

    Both ends stay: the beginnings of names are often alike, and the ends tell them apart.
    """
    if width_of(text, size) <= most:
        return text
    keep = len(text) - 1
    while keep > 2:
        head = (keep + 1) // 2
        short = f"{text[:head]}…{text[len(text) - (keep - head) :]}"
        if width_of(short, size) <= most:
            return short
        keep -= 1
    return f"{text[:1]}…"
