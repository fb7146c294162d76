"""The pictures of the documents: their names, and what makes each; a function of the path that it is written to."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from tests.draw import pages
from tests.pictures.dashboard import photographed


async def _drawn(_: Path) -> None:
    """Make all that docs/drawings.md shows."""
    pages.main()


PICTURES: dict[str, Callable[[Path], Awaitable[None]]] = {
    "drawings": _drawn,
    "dashboard-light.png": partial(photographed, scheme="light", chosen="Catalogue"),
    "dashboard-dark.png": partial(photographed, scheme="dark", is_wrong=True),
    "dashboard-narrow.png": partial(photographed, scheme="light", width=390, height=844),
}
"""Each name is that of a file in docs/pictures/; "drawings" stands for those of docs/drawings.md, and its text."""
