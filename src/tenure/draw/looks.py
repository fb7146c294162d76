"""How the drawing of a graph looks."""

from tenure.draw.palette import INK, LINE, PAPER, QUIET, RESOURCE, STRONG, WARNED, WRONG, Rules

LOOKS: Rules = {
    "": {"font-size": "13px"},
    ".paper": {"fill": PAPER},
    "text": {"fill": INK},
    ".title": {"font-size": "15px", "font-weight": "600"},
    ".note, .detail": {"font-size": "11px", "fill": QUIET},
    ".band-name": {"font-size": "14px", "font-weight": "600"},
    ".band-0": {"fill": ("#f3f6f9", "#18212b")},
    ".band-1": {"fill": ("#e9eef4", "#1f2a36")},
    ".box, .behind": {"fill": ("#ffffff", "#0f161e"), "stroke": ("#6b7a89", "#8496a8"), "stroke-width": "1.25"},
    ".resource .box, .resource .behind": {
        "fill": ("#e3f4f1", "#0f2f2d"),
        "stroke": RESOURCE,
        "stroke-width": "1.75",
    },
    ".function .box": {"fill": ("#eceafb", "#262248"), "stroke": ("#5b50b8", "#a8a0f5")},
    ".given .box": {"fill": ("#fdf3dc", "#352a10"), "stroke": ("#8a6a14", "#d9b45a")},
    ".missing .box": {"stroke": WRONG, "stroke-dasharray": "5 4"},
    ".label": {"font-weight": "500"},
    ".line": {"fill": "none", "stroke": LINE, "stroke-width": "1.25"},
    ".head": {"fill": LINE},
    ".asked .line": {"stroke-dasharray": "5 4"},
    ".critical .line": {"stroke": STRONG, "stroke-width": "3"},
    ".critical .head": {"fill": STRONG},
    ".critical .box": {"stroke": STRONG, "stroke-width": "3.5"},
    ".wrong .line": {"stroke": WRONG, "stroke-width": "2", "stroke-dasharray": "7 4"},
    ".wrong .head": {"fill": WRONG},
    ".wave": {"fill": "none", "stroke": INK, "stroke-width": "1.75", "stroke-linecap": "round"},
    ".badge path": {"fill": WRONG, "stroke": PAPER, "stroke-width": "1"},
    ".badge.warning path": {"fill": WARNED},
    ".badge .sign": {"fill": "none", "stroke": PAPER, "stroke-width": "2"},
    ".link:hover .line": {"stroke": STRONG, "stroke-width": "3"},
    ".link:hover .head": {"fill": STRONG},
    ".node:hover .box": {"stroke": STRONG, "stroke-width": "3"},
}
"""Selector to properties, pairs of which are for light and for dark."""
