"""What a notebook shows of a container: the drawing, and the tree where only text can be shown."""

from tenure.draw.svg import svg_of
from tenure.draw.tree import tree_of
from tenure.draw.view import View


def bundle_of(view: View) -> dict[str, str]:
    """Return *view* by media type, as IPython asks for it (`_repr_mimebundle_`)."""
    return {"image/svg+xml": svg_of(view), "text/plain": tree_of(view)}
