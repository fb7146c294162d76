"""
Colours and line styles, for light and dark: each rule is written with both, none depends on colour alone.

Plain values and no variables, because not everything that shows an SVG knows those. Text has a contrast of at least
4.5 to 1 with what is behind it, outlines of at least 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11).
"""

from collections.abc import Mapping

Rules = Mapping[str, Mapping[str, "str | tuple[str, str]"]]
"""Selector to property to its value, or to a pair of values, for light and for dark."""

INK = ("#16202c", "#e8edf3")
QUIET = ("#536170", "#9fb0c1")
PAPER = ("#ffffff", "#10161d")
LINE = ("#94a1af", "#5f7183")
STRONG = ("#0b62b8", "#6db3f8")
WRONG = ("#b3261e", "#ff8a80")
WARNED = ("#8a5a00", "#ffca5c")
RESOURCE = ("#0f766e", "#4fd1c0")


def sheet(rules: Rules, within: str) -> str:
    """Return *rules* as CSS for what is inside of what *within* selects: the light ones, then what the dark changes."""
    light = [_rule(selector, properties, 0, within) for selector, properties in rules.items()]
    pairs = {
        selector: {name: value for name, value in properties.items() if not isinstance(value, str)}
        for selector, properties in rules.items()
    }
    dark = [_rule(selector, properties, 1, within) for selector, properties in pairs.items() if properties]
    return "\n".join([*light, "@media (prefers-color-scheme: dark) {", *dark, "}"])


def _rule(selector: str, properties: Mapping[str, "str | tuple[str, str]"], which: int, within: str) -> str:
    said = "; ".join(
        f"{name}: {value if isinstance(value, str) else value[which]}" for name, value in properties.items()
    )
    selectors = ", ".join(f"{within} {each.strip()}".strip() for each in selector.split(","))
    return f"{selectors} {{ {said} }}"
