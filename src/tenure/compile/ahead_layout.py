"""Constants as source, laid out as formatters do: on one line where that fits, else an element a line."""

_WIDTH = 120


def laid_out(value: object, indent: int, before: int) -> str:
    """
    Return *value* as source.

    Args:
        value: None, a bool, a number, a text, or a tuple of such things.
        indent: by how many columns its line is indented.
        before: how many columns are taken on the line besides, one for a comma behind it included.
    """
    line = _on_one_line(value)
    if not isinstance(value, tuple) or not value or indent + before + len(line) <= _WIDTH:
        return line
    inner = indent + 4
    elements = [f"{' ' * inner}{laid_out(element, inner, 1)},\n" for element in value]
    return f"(\n{''.join(elements)}{' ' * indent})"


def _on_one_line(value: object) -> str:
    if isinstance(value, tuple):
        parts = ", ".join(map(_on_one_line, value))
        return f"({parts},)" if len(value) == 1 else f"({parts})"
    return _text(value) if isinstance(value, str) else repr(value)


def _text(value: str) -> str:
    """Return a text between double quotes, unless it has some and no single ones."""
    if '"' in value and "'" not in value:
        return repr(value)
    body = repr(f'"{value}')  # whatever it holds besides, repr takes single quotes then, or escapes them
    inner = body[2:-1]
    if body[0] == "'":
        return '"' + inner.replace("\\'", "'").replace('"', '\\"') + '"'
    return '"' + inner + '"'
