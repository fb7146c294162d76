"""
Where everything in a drawing of a graph is: boxes, lines and bands, in pixels.

Deterministic: the same view gives the same numbers. No two boxes overlap, and no line passes through a box: lines
cross columns at bends, which have places of their own, and change their height in the gaps between columns only.
"""

import itertools
import math
from collections.abc import Sequence

from tenure.draw.chains import Chains, chains_of
from tenure.draw.crossings import n_crossings, ordered
from tenure.draw.layers import layers_of, turned
from tenure.draw.placing import placed
from tenure.draw.view import Link, Node, View
from tenure.draw.words import LABEL_PX, SMALL_PX, shortened, width_of
from tenure.record import record

BOX_HEIGHT = 42.0
BOX_GAP = 14.0
"""Between two boxes, one above the other."""
LINE_GAP = 9.0
"""Between two lines that pass a column side by side."""
BACK = 9.0
"""How far below the middles of its boxes a line that leads back begins and ends, so that it meets no other."""
HEAD = 58.0
"""Height of a band's heading."""
BAND_PAD = 20.0
MARGIN = 16.0
LEAST_WIDE, MOST_WIDE = 104.0, 236.0
"""Of a box; longer names are shortened."""
SIDE = 15.0
"""Between the text of a box and its left and right sides."""
WAVE = 18.0
"""What the mark of something asynchronous takes besides, on the left."""


@record
class Box:
    """Where one node is drawn; x and y are those of its upper left corner."""

    id: str
    x: float
    y: float
    width: float
    height: float
    text_x: float
    """Where the middle of its text is."""
    label: str
    """The label, shortened to fit."""
    detail: str = ""
    """The second line, shortened to fit; "" for none."""

    @property
    def middle(self) -> float:
        """How far down its middle is."""
        return self.y + self.height / 2


@record
class Route:
    """How one link is drawn: from the right side of the box that needs, or from the left side if it leads back."""

    link: Link
    points: tuple[tuple[float, float], ...]
    """Pairs of points: level from the second of a pair to the first of the next, curved from first to second."""
    leads_back: bool


@record
class Band:
    """Where one group is drawn."""

    name: str
    note: str
    x: float
    width: float


@record
class Layout:
    """Where everything is, in pixels, the origin being the upper left corner."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]
    bands: tuple[Band, ...]
    n_columns: int
    n_crossings: int
    """How many pairs of lines cross, lines to one node that run together being one."""


def laid_out(view: View) -> Layout:
    """Return where everything in *view* is drawn."""
    number = {node.id: at for at, node in enumerate(view.nodes)}
    names = {group.name: at for at, group in enumerate(view.groups)}
    bands = [names[node.group] for node in view.nodes]
    pairs = [(number[link.source], number[link.target]) for link in view.links if link.source != link.target]
    back = turned(bands, pairs)
    forward = list(dict.fromkeys((v, u) if (u, v) in back else (u, v) for u, v in pairs))
    columns = layers_of(bands, forward, most_in_column(len(bands)))
    chains = chains_of(columns, pairs, back)
    order = ordered(chains, len(bands))

    def apart(upper: int, lower: int) -> float:
        heights = sum(BOX_HEIGHT / 2 for each in (upper, lower) if each < len(bands))
        return heights + (BOX_GAP if heights > BOX_HEIGHT / 2 else LINE_GAP)

    middles = [round(y * 2) / 2 for y in placed(order, chains, len(bands), apart)]
    return _Page(view, bands, chains, order, middles, back).layout()


def most_in_column(n_nodes: int) -> int:
    """Return how many boxes a column takes: the page is to be about as wide as a screen is."""
    return max(7, math.ceil(1.7 * math.sqrt(n_nodes)))


def detail_of(node: Node) -> str:
    """Return the second line of a box: the lifetime where the band does not say it, and what makes it."""
    words = [node.lifetime] if node.lifetime != node.group and node.kind in ("resource", "value") else []
    if node.made_by and node.made_by.rpartition(".")[2] != node.label.rpartition(".")[2]:
        words.append(node.made_by)
    elif node.kind in ("given", "missing"):
        words.append("given to the scope" if node.kind == "given" else "nothing is bound to it")
    return " · ".join(words)


class _Page:
    """Turns columns and middles into pixels."""

    def __init__(
        self, view: View, bands: Sequence[int], chains: Chains, order: list[list[int]], middles: list[float],
        back: set[tuple[int, int]],
    ) -> None:  # fmt: skip
        self._view, self._bands, self._chains, self._order, self._back = view, bands, chains, order, back
        self._middles = [y + MARGIN + HEAD + BOX_HEIGHT / 2 for y in middles]
        self._sides = [2 * SIDE + (WAVE if node.is_async else 0.0) for node in view.nodes]
        self._widths = [self._width(column) for column in order]
        self._x: list[float] = []
        self._found: list[Band] = []
        self._width_px = self._columns()

    def _width(self, column: Sequence[int]) -> float:
        found = LEAST_WIDE
        for number in column:
            if number < len(self._bands):
                node = self._view.nodes[number]
                text = max(width_of(node.label, LABEL_PX), width_of(detail_of(node), SMALL_PX))
                found = max(found, self._sides[number] + text)
        return math.ceil(min(found, MOST_WIDE))

    def _columns(self) -> float:
        """Set where columns and bands begin; return the width of the page."""
        band_of = [min(self._bands[node] for node in column if node < len(self._bands)) for column in self._order]
        x = begin = MARGIN
        for at, band in enumerate(band_of):
            is_first = at == 0 or band_of[at - 1] != band
            if is_first:
                begin, x = x, x + BAND_PAD
            self._x.append(x)
            x += self._widths[at]
            if at + 1 < len(band_of) and band_of[at + 1] == band:
                x += self._gap(at)
                continue
            group = self._view.groups[band]
            heading = max(width_of(group.name, LABEL_PX) * 1.1, width_of(group.note, SMALL_PX)) + 24
            width = float(math.ceil(max(x + BAND_PAD - begin, heading)))
            self._found.append(Band(group.name, group.note, begin, width))
            x = begin + width
            if at + 1 < len(band_of):
                x += max(self._gap(at) - 2 * BAND_PAD, 10.0)
        return x + MARGIN

    def _gap(self, at: int) -> float:
        """Return how wide the gap behind a column is: steep lines need more."""
        falls = [
            abs(self._middles[node] - self._middles[other])
            for node in self._order[at]
            for other in self._chains.right[node]
        ]
        steep = sorted(falls)[int(len(falls) * 0.9)] if falls else 0.0
        return 56.0 + min(round(steep / 9), 74)

    def layout(self) -> Layout:
        boxes = tuple(self._box(number) for number in range(len(self._bands)))
        bottom = max(self._middles, default=MARGIN + HEAD) + BOX_HEIGHT / 2
        return Layout(
            self._width_px, bottom + BAND_PAD + MARGIN, boxes, tuple(self._routes()), tuple(self._found),
            len(self._order), n_crossings(self._order, self._chains),
        )  # fmt: skip

    def _box(self, number: int) -> Box:
        node, column, sides = self._view.nodes[number], self._chains.columns[number], self._sides[number]
        x, y, width = self._x[column], self._middles[number] - BOX_HEIGHT / 2, self._widths[column]
        label = shortened(node.label, LABEL_PX, width - sides)
        detail = shortened(detail_of(node), SMALL_PX, width - sides)
        text_x = x + (width + sides) / 2 - SIDE
        return Box(node.id, x, y, width, BOX_HEIGHT, text_x, label, detail)

    def _routes(self) -> list[Route]:
        number = {node.id: at for at, node in enumerate(self._view.nodes)}
        found = []
        for link in self._view.links:
            pair = number[link.source], number[link.target]
            if pair[0] == pair[1]:
                found.append(Route(link, (), leads_back=True))
                continue
            leads_back = pair in self._back
            route = self._chains.routes[pair]
            points = []
            for a, b in itertools.pairwise(route):
                points += [self._end(a, leads_back, leads_back), self._end(b, not leads_back, leads_back)]
            found.append(Route(link, tuple(points), leads_back))
        return found

    def _end(self, node: int, on_left: bool, leads_back: bool) -> tuple[float, float]:
        column = self._chains.columns[node]
        lower = BACK if leads_back and node < len(self._bands) else 0.0
        return self._x[column] + (0.0 if on_left else self._widths[column]), self._middles[node] + lower
