"""Find the drivers of a folder and import them."""

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
LAWS = ROOT / "tests" / "laws"


@dataclass(frozen=True, slots=True)
class Found:
    """A driver, or why there is none where one should be."""

    letter: str
    title: str
    where: str
    """Its file; `load` takes it, in any process."""
    driver: Any = None
    problem: str = ""
    """The traceback of an import that failed."""


def drivers(folder: Path = LAWS) -> list[Found]:
    """Return the driver of each folder inside *folder* that has one, by letter; those that fail to import last."""
    found = [_found(path) for path in sorted(folder.glob("*/driver.py")) if path.parent.name != "rig"]
    return sorted(found, key=lambda each: (bool(each.problem), each.letter))


def _found(path: Path) -> Found:
    try:
        driver = load(str(path))
    except Exception:  # one that is broken must not keep the others from running
        return Found("?", path.parent.name, str(path), problem=traceback.format_exc())
    return Found(driver.LETTER, driver.TITLE, str(path), driver)


def load(where: str) -> Any:
    """Return the module in the file *where*: by its dotted name where it is one of the project's own."""
    path = Path(where).resolve()
    if path.is_relative_to(ROOT):
        if str(ROOT) not in sys.path:
            sys.path.insert(0, str(ROOT))
        return importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    name = f"driver in {path.parent}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def chosen(found: Iterable[Found], letters: Iterable[str]) -> list[Found]:
    """
    Return those of *found* with one of *letters*, all where there are none.

    Raises:
        LookupError: a letter that no driver has.
    """
    known, wanted = list(found), [letter.upper() for letter in letters]
    for letter in wanted:
        if all(each.letter != letter for each in known):
            raise LookupError(f"no driver has the letter {letter}; there are {', '.join(e.letter for e in known)}")
    return [each for each in known if not wanted or each.letter in wanted]
