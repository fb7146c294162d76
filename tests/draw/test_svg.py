"""The drawing of a graph as SVG: well-formed, escaped, told apart without colour, in light and dark."""

import re
import xml.etree.ElementTree as ET

import pytest

from tenure.draw import laid_out, svg_of
from tenure.draw.looks import LOOKS
from tenure.draw.markup import element, escaped, number
from tenure.draw.palette import INK, LINE, PAPER, QUIET, RESOURCE, STRONG, WARNED, WRONG
from tenure.draw.view import KINDS, Group, Link, Node, Note, View
from tests.draw.graphs import on_random_views
from tests.draw.seeing import SVG, read

EVIL = "<script>alert('x')</script> & \"quoted\" \x00 ]]> --"


def node(kind="value", label="Thing", **more):
    return Node("n0", label, kind, more.pop("lifetime", "singleton"), "all", more.pop("is_async", False), "app", **more)


def view_of_one(**more):
    return View("one", (node(**more),), (), (Group("all"),))


@on_random_views
def test_it_is_well_formed(view):
    """A parser reads it, and finds each node and each link once."""
    root = read(svg_of(view))

    assert root.tag == f"{SVG}svg"
    assert [each.get("data-id") for each in root.iter() if each.get("data-id")] == [n.id for n in view.nodes]
    found = sorted((g.get("data-source"), g.get("data-target")) for g in root.iter() if g.get("data-source"))
    assert found == sorted((link.source, link.target) for link in view.links)


@on_random_views
def test_everything_is_inside_the_view_box(view):
    """Bands, boxes and text begin and end on the page."""
    layout = laid_out(view)
    width, height = map(float, read(svg_of(view, layout)).get("viewBox").split()[2:])

    assert layout.width <= width
    assert layout.height <= height


def test_names_are_escaped():
    """What looks like markup in a name is text."""
    view = View(EVIL, (node(label=EVIL, made_by=EVIL, notes=(Note("error", EVIL, EVIL),)),), (), (Group("all", EVIL),))
    root = read(svg_of(view))

    assert not [each for each in root.iter() if each.tag.endswith("script")]
    assert root.find(".//*[@data-id='n0']").get("data-label") == EVIL.replace("\x00", "\ufffd")


def outline_of(svg):
    return read(svg).find(f".//{SVG}g[@data-id='n0']/{SVG}path[@class='box']").get("d")


def test_kinds_have_shapes_of_their_own():
    """Resources, values, given ones and functions differ in outline; what is missing is dashed as well."""
    shapes = {kind: outline_of(svg_of(view_of_one(kind=kind))) for kind in KINDS}

    assert len({re.sub(r"[-\d. ]", "", shapes[kind]) for kind in ("resource", "value", "given", "function")}) == 4
    assert "stroke-dasharray" in LOOKS[".missing .box"]


@pytest.mark.parametrize(
    ("mark", "more"),
    [
        ("wave", {"is_async": True}),
        ("behind", {"lifetime": "transient"}),
        ("badge error", {"notes": (Note("error", "missing", "it is missing"),)}),
        ("badge warning", {"notes": (Note("warning", "unprotected-yield", "it is not protected"),)}),
    ],
)
def test_marks(mark, more):
    """Each is there, in the drawing and in the legend, where it is so, and nowhere else."""
    found = read(svg_of(view_of_one(**more))).findall(f".//*[@class='{mark}']")

    assert len(found) == 2
    assert read(svg_of(view_of_one())).findall(f".//*[@class='{mark}']") == []


def test_details_are_there_to_be_pointed_at():
    """A title tells what it is, how long it lives, what makes and closes it, and what is wrong."""
    one = node(
        "resource", "Db", is_async=True, made_by="open_db", closes="await close()", notes=(Note("error", "x", "bad"),)
    )
    title = read(svg_of(View("", (one,), (), (Group("all"),)))).find(f".//*[@data-id='n0']/{SVG}title").text

    assert title.splitlines() == [
        "Db", "what: asynchronous resource", "lifetime: singleton", "made by: open_db", "opens: open once it is made",
        "closes: await close()", "module: app", "error: bad",
    ]  # fmt: skip


def test_links_are_told():
    """Which parameter it is for, or that it is asked for while code runs."""
    nodes = (node(), Node("n1", "Other", "value", "singleton", "all", False, ""))
    links = (Link("n0", "n1", ("other", "1")), Link("n1", "n1"))
    titles = [each.text for each in read(svg_of(View("", nodes, links, (Group("all"),)))).iter(f"{SVG}title")]

    assert titles[:2] == ["Thing needs Other for other, argument 2", "Other asks for Other when it runs"]


def test_nothing_is_fetched():
    """No script, no style sheet, font or picture from anywhere; the only address is that of the name space."""
    svg = svg_of(view_of_one())

    assert re.findall(r"https?:[^\"]*", svg) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<(script|image|use|foreignObject)|@import|url\(|href", svg)


def luminance(colour):
    """As WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_and_outlines_can_be_seen(theme):
    """Contrast of 4.5 to 1 for text on anything it stands on, 3 to 1 for outlines and marks (WCAG 2.2)."""
    ends = (".box", ".behind", "band-0", "band-1")
    rules = [rule["fill"] for name, rule in LOOKS.items() if name.endswith(ends) and "fill" in rule]
    fills = [fill[theme] for fill in rules]
    grounds = [PAPER[theme], *fills]

    assert len(fills) >= 6
    assert min(contrast(text[theme], ground) for text in (INK, QUIET) for ground in grounds) >= 4.5
    bands = [PAPER[theme], LOOKS[".band-0"]["fill"][theme], LOOKS[".band-1"]["fill"][theme]]
    marks = [STRONG, WRONG, WARNED, RESOURCE, LOOKS[".box, .behind"]["stroke"]]
    assert min(contrast(mark[theme], ground) for mark in marks for ground in bands) >= 3
    assert min(contrast(LINE[theme], ground) for ground in bands) >= 2


def test_the_dark_is_in_it():
    """One drawing serves both: a style sheet says what differs."""
    style = read(svg_of(view_of_one())).find(f"{SVG}style").text

    assert "@media (prefers-color-scheme: dark)" in style
    assert PAPER[0] in style
    assert PAPER[1] in style


def test_styles_stay_inside():
    """Rules name the drawing, so that they do nothing to the page around it."""
    style = read(svg_of(view_of_one())).find(f"{SVG}style").text
    selectors = re.findall(r"^\s*([^@{}\n]+) \{", style, re.MULTILINE)

    assert selectors
    assert all(each.strip().startswith("svg.tenure-graph") for line in selectors for each in line.split(","))


def test_markup_is_made_of_parts():
    """Attributes are spelled with hyphens, None leaves one out, numbers are short."""
    assert element("a", "x", class_="b", data_id=1, gone=None) == '<a class="b" data-id="1">x</a>'
    assert escaped("<&>'\"") == "&lt;&amp;&gt;&#39;&quot;"
    assert [number(each) for each in (1.0, 2.5, 3.14159, 100)] == ["1", "2.5", "3.14", "100"]
    ET.fromstring(element("a", escaped(EVIL)))
