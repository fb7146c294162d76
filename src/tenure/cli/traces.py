"""The traceback of a user's error without the frames that are not theirs: the import system's, and Tenure's own."""

import importlib
import traceback
from pathlib import Path

_OURS = str(Path(__file__).parents[1])
_IMPORT_SYSTEM = str(Path(importlib.__file__).parent)


def trimmed(error: BaseException) -> str:
    """Return the traceback of *error* and of what caused it, by the frames that are the user's; ends with a newline."""
    told = traceback.TracebackException.from_exception(error)
    _trim(told, set())
    return "".join(told.format())


def with_notes(error: BaseException, *hints: str) -> str:
    """Return what *error* says, *hints* of the command's own, and the notes of *error*, a line or more each."""
    return "\n".join([str(error), *hints, *getattr(error, "__notes__", ())])


def _trim(told: traceback.TracebackException, seen: set[int]) -> None:
    if id(told) in seen:
        return
    seen.add(id(told))
    kept = [frame for frame in told.stack if not _is_foreign(frame.filename)]
    told.stack = traceback.StackSummary.from_list(kept)
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            _trim(other, seen)


def _is_foreign(filename: str) -> bool:
    if filename.startswith(("<frozen", "<tenure", _IMPORT_SYSTEM)):
        return True
    return filename.startswith(_OURS) and "/cli/demo/" not in filename.replace("\\", "/")
