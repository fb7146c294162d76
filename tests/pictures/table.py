"""The pictures of the documents: their names, and what makes each; a function of the path that it is written to."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.draw import pages
from tests.pictures import terminal


async def _drawn(_: Path) -> None:
    """Make all that docs/drawings.md shows."""
    pages.main()


async def _photographed(path: Path, **options: Any) -> None:
    """Take a picture of the dashboard."""
    from tests.pictures.dashboard import photographed  # here: it needs what browsers need

    await photographed(path, **options)


PICTURES: dict[str, Callable[[Path], Awaitable[None]]] = {
    "drawings": _drawn,
    **dict.fromkeys(terminal.PICTURES, terminal.drawn),
    "dashboard-light.png": partial(_photographed, scheme="light", chosen="Catalogue"),
    "dashboard-dark.png": partial(_photographed, scheme="dark", is_wrong=True),
    "dashboard-narrow.png": partial(_photographed, scheme="light", width=390, height=844),
}
"""Each name is that of a file in docs/pictures/; "drawings" stands for those of docs/drawings.md, and its text."""
