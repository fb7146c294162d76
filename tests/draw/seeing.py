"""Measure a drawing: which boxes overlap, which lines go through boxes. Reads the markup, as whoever looks at it."""

import re
import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


def read(svg):
    """Return the root of *svg*, an XML document."""
    return ET.fromstring(svg)


def segments(path):
    """
    Return the straight and curved parts of path data made of M, H and C, each as its bounding box.

    A curve here has its control points half way between its ends, level with them, so that it stays between them.
    """
    found, at = [], None
    tokens = re.findall(r"[MHC]|-?[\d.]+", path)
    while tokens:
        command = tokens.pop(0)
        count = {"M": 2, "H": 1, "C": 6}[command]
        values = [float(tokens.pop(0)) for _ in range(count)]
        if command == "M":
            at = tuple(values)
        elif command == "H":
            found.append((min(at[0], values[0]), at[1], max(at[0], values[0]), at[1]))
            at = (values[0], at[1])
        else:
            x1, y1, x2, y2, x, y = values
            assert min(at[0], x) <= x1 == x2 <= max(at[0], x)
            assert (y1, y2) == (at[1], y)
            found.append((min(at[0], x), min(at[1], y), max(at[0], x), max(at[1], y)))
            at = (x, y)
    return found


def overlapping(boxes):
    """Return pairs of boxes that share a pixel."""
    found = []
    ordered = sorted(boxes, key=lambda box: box.x)
    for at, one in enumerate(ordered):
        for other in ordered[at + 1 :]:
            if other.x >= one.x + one.width:
                break
            if one.y < other.y + other.height and other.y < one.y + one.height:
                found.append((one, other))
    return found


def pierced(layout, route, path):
    """Return the boxes that *path* goes through, those at its ends apart."""
    ends = {route.link.source, route.link.target}
    return [
        box
        for left, top, right, bottom in segments(path)
        for box in layout.boxes
        if box.id not in ends
        and left < box.x + box.width
        and right > box.x
        and top < box.y + box.height
        and bottom > box.y
    ]
