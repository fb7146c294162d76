"""XML from parts: the one place where text becomes markup, so that everything is escaped once."""

import re

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 knows no way to say (section 2.2)."""
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def escaped(said: object) -> str:
    """Return *said* as text of an element or of an attribute."""
    found = _ILLEGAL.sub("\ufffd", str(said))
    return (
        found.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#39;")
    )


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """
    Return an element.

    Args:
        name: of the element.
        content: markup.
        attributes: text; "_" in a name stands for "-", one at its end for nothing; None: it is left out.
    """
    said = "".join(f' {_spelled(key)}="{escaped(value)}"' for key, value in attributes.items() if value is not None)
    return f"<{name}{said}>{content}</{name}>" if content else f"<{name}{said}/>"


def _spelled(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def text(said: str, x: float, y: float, class_: str, **more: object) -> str:
    """Return a line of text; *x* and *y* are the left end of its base line."""
    return element("text", escaped(said), class_=class_, x=number(x), y=number(y), **more)


def number(value: float) -> str:
    """Return *value* to a hundredth, as short as it can be said."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
