"""What a layout promises, on random graphs, and what it is worth on a large one."""

import itertools

import pytest

from tenure.draw.chains import chains_of
from tenure.draw.crossings import n_crossings, ordered
from tenure.draw.layers import layers_of, turned
from tenure.draw.layout import BACK, BOX_GAP, BOX_HEIGHT, LINE_GAP, laid_out, most_in_column
from tenure.draw.svg import path_of
from tenure.draw.view import Group, Link, Node, View
from tenure.draw.words import LABEL_PX, SMALL_PX, shortened, width_of
from tests.draw.graphs import layered_app, on_random_views
from tests.draw.seeing import overlapping, pierced


def view_with(n, pairs, groups=None):
    """Return a view of *n* values that need one another as *pairs* say."""
    groups = groups or ["all"] * n
    nodes = tuple(Node(f"n{at}", f"T{at}", "value", "singleton", groups[at], False, "") for at in range(n))
    links = tuple(Link(f"n{u}", f"n{v}", ("it",)) for u, v in pairs)
    return View("", nodes, links, tuple(Group(name) for name in dict.fromkeys(sorted(groups))))


@on_random_views
def test_no_two_boxes_overlap(view):
    """Not even when there are circles and links that lead back."""
    assert overlapping(laid_out(view).boxes) == []


@on_random_views
def test_no_line_goes_through_a_box(view):
    """The path as it is drawn passes every box but the two at its ends."""
    layout = laid_out(view)
    boxes = {box.id: box for box in layout.boxes}

    for route in layout.routes:
        if route.points:
            assert pierced(layout, route, path_of(route, boxes[route.link.target])) == []


@on_random_views
def test_a_line_joins_its_two_boxes(view):
    """It leaves the box that needs at one side and ends at the facing side of what is needed."""
    layout = laid_out(view)
    boxes = {box.id: box for box in layout.boxes}

    for route in layout.routes:
        source, target = boxes[route.link.source], boxes[route.link.target]
        if source is target:
            continue
        if route.leads_back:
            ends = (source.x, source.middle + BACK), (target.x + target.width, target.middle + BACK)
        else:
            ends = (source.x + source.width, source.middle), (target.x, target.middle)
        assert (route.points[0], route.points[-1]) == ends


@on_random_views
def test_everything_is_on_the_page_and_in_its_band(view):
    """Bands do not overlap, and a box stands in that of its group."""
    layout = laid_out(view)
    bands = {band.name: band for band in layout.bands}
    group = {node.id: node.group for node in view.nodes}

    for left, right in itertools.pairwise(layout.bands):
        assert left.x + left.width <= right.x
    for box in layout.boxes:
        band = bands[group[box.id]]
        assert band.x <= box.x
        assert box.x + box.width <= band.x + band.width <= layout.width
        assert box.y >= 0
        assert box.y + box.height <= layout.height


@on_random_views
def test_text_fits_its_box(view):
    """Names that are too long are shortened, both lines, and leave room for the marks."""
    for box in laid_out(view).boxes:
        for text, size in ((box.label, LABEL_PX), (box.detail, SMALL_PX)):
            half = width_of(text, size) / 2
            assert box.x + 6 <= box.text_x - half
            assert box.text_x + half <= box.x + box.width - 6


@on_random_views
def test_the_same_view_is_drawn_the_same_way(view):
    """Nothing depends on chance, hashes or what was drawn before."""
    assert laid_out(view) == laid_out(view)


def test_needs_lead_to_the_right():
    """Who needs stands left of what is needed, whatever the order of binding."""
    layout = laid_out(view_with(4, [(3, 2), (2, 0), (3, 0), (0, 1)]))

    assert [box.id for box in sorted(layout.boxes, key=lambda box: box.x)] == ["n3", "n2", "n0", "n1"]
    assert layout.n_columns == 4


def test_a_long_line_is_straight():
    """A need that passes two columns is level where it passes them."""
    layout = laid_out(view_with(4, [(0, 1), (1, 2), (2, 3), (0, 3)]))
    long = next(route for route in layout.routes if (route.link.source, route.link.target) == ("n0", "n3"))

    heights = {y for _, y in long.points[1:-1]}
    assert len(heights) == 1


def test_lines_to_one_node_run_together():
    """Ten needs of the same thing that pass the same column take one place there."""
    pairs = [(at, 10) for at in range(10)] + [(10, 11)] + [(at, 11) for at in range(10)]
    columns = [0] * 10 + [1, 2]
    chains = chains_of(columns, pairs, set())

    assert len(chains.columns) == 13
    assert {chains.routes[at, 11] for at in range(10)} == {(at, 12, 11) for at in range(10)}


def test_what_leads_back_is_turned_round():
    """A circle and a need of what does not live as long are drawn from right to left, and nothing else is."""
    layout = laid_out(view_with(4, [(0, 1), (1, 0), (3, 2)], ["a", "a", "a", "b"]))

    assert {(r.link.source, r.link.target) for r in layout.routes if r.leads_back} == {("n1", "n0"), ("n3", "n2")}


def test_columns_take_what_fits_the_page():
    """Forty values that nobody needs are no column of forty."""
    layout = laid_out(view_with(40, []))

    assert layout.n_columns == 4
    assert layout.height < 800


def test_simple_graphs_have_no_crossings():
    """Trees and ladders are drawn without."""
    tree = [(at, 2 * at + side) for at in range(1, 16) for side in (0, 1)]
    assert laid_out(view_with(32, tree)).n_crossings == 0
    crossed = [(0, 7), (1, 6), (2, 5), (3, 4)]
    assert laid_out(view_with(8, crossed)).n_crossings == 0


def brute_force(order, chains):
    """Count pairs of lines that cross, each pair looked at."""
    place = {node: at for column in order for at, node in enumerate(column)}
    total = 0
    for column in order:
        lines = [(place[node], place[other]) for node in column for other in chains.right[node]]
        total += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in itertools.combinations(lines, 2))
    return total


def chains_in(view):
    """Return the chains of *view* and how many nodes it has."""
    number = {node.id: at for at, node in enumerate(view.nodes)}
    bands = [[group.name for group in view.groups].index(node.group) for node in view.nodes]
    pairs = [(number[link.source], number[link.target]) for link in view.links if link.source != link.target]
    back = turned(bands, pairs)
    forward = list(dict.fromkeys((v, u) if (u, v) in back else (u, v) for u, v in pairs))
    return chains_of(layers_of(bands, forward, most_in_column(len(bands))), pairs, back), len(bands)


@on_random_views
def test_crossings_are_counted_right(view):
    """The count is that of looking at every pair of lines, and reordering never makes it worse."""
    chains, n_nodes = chains_in(view)
    by_number = [
        sorted(node for node in range(len(chains.columns)) if chains.columns[node] == column)
        for column in range(max(chains.columns, default=-1) + 1)
    ]
    order = ordered(chains, n_nodes)

    assert n_crossings(by_number, chains) == brute_force(by_number, chains)
    assert n_crossings(order, chains) == brute_force(order, chains)
    assert [sorted(column) for column in order] == by_number


@pytest.mark.slow
def test_three_hundred_nodes_are_readable():
    """Fewer than a third of the crossings of a naive order, and a page that is mostly as full as it can be."""
    view = layered_app(300).__tenure_view__()
    layout = laid_out(view)
    chains, _ = chains_in(view)
    naive = [[n for n, c in enumerate(chains.columns) if c == column] for column in range(max(chains.columns) + 1)]
    full = max(sum(BOX_HEIGHT + BOX_GAP if node < 300 else LINE_GAP for node in column) for column in naive)

    assert len(view.nodes) == 300
    assert layout.n_crossings < n_crossings(naive, chains) / 3
    assert layout.height < 1.5 * full
    assert 0.5 < layout.width / layout.height < 4


def test_both_ends_of_long_names_stay():
    """The beginnings of names are often alike, and their ends tell them apart."""
    assert shortened("CustomerOrderNotificationRepository", LABEL_PX, 140) == "CustomerO…pository"
    assert shortened("Short", LABEL_PX, 140) == "Short"
    assert shortened("長い名前の長い名前", LABEL_PX, 60) == "長い…前"


@pytest.mark.parametrize("text", ["", "Notes", "e\u0301", "\u200b", "🚀🚀"])
def test_widths_are_no_surprise(text):
    """Text of any kind has a width, and twice the size is twice as wide."""
    assert width_of(text, 20) == pytest.approx(2 * width_of(text, 10))
