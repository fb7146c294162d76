"""What the tests ask a page in the browser: scripts that judge it, and the words of the accessibility tree."""

from pathlib import Path

SCRIPTS = Path(__file__).parent / "judging"


def script(name):
    """Return the expression in the file *name*; its first line says what it gives."""
    return (SCRIPTS / f"{name}.js").read_text("utf-8")


CONTROLS = {"button", "link", "searchbox", "textbox", "checkbox", "combobox", "radio", "slider", "tab"}


def role(node):
    """Return the role of a node of the accessibility tree."""
    return node.get("role", {}).get("value", "")


def name(node):
    """Return the name of a node of the accessibility tree, as a screen reader says it."""
    return node.get("name", {}).get("value", "").strip()


def level(node):
    """Return the level of a heading."""
    return next(each["value"]["value"] for each in node["properties"] if each["name"] == "level")
