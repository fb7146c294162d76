"""Pictures of graphs and timelines: pure functions from a view to text."""

from tenure.draw.layout import laid_out
from tenure.draw.surveying import view_of
from tenure.draw.svg import svg_of

__all__ = ["laid_out", "svg_of", "view_of"]
