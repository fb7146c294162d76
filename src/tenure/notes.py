"""What travels with an error that is not Tenure's own: where it came from, what failed besides it."""

from collections.abc import Sequence
from contextlib import suppress

_ATTRIBUTE = "__tenure_closing_errors__"
_CLOSING = "while closing "


def closing_errors(error: BaseException) -> tuple[BaseException, ...]:
    """
    Return the errors that closing code raised while *error* was leaving a scope, in order of closing.

    They travel with *error*, which stays what it is; each is also told in one of its notes.
    """
    return tuple(getattr(error, _ATTRIBUTE, ()))


def attach_closing_errors(error: BaseException, failed: Sequence[BaseException]) -> None:
    """Make *failed* travel with *error*: as objects for `closing_errors`, as notes for people."""
    if not failed:
        return
    with suppress(Exception):  # a class that refuses attributes: the notes alone
        setattr(error, _ATTRIBUTE, (*closing_errors(error), *failed))
    for other in failed:
        where = next((note for note in getattr(other, "__notes__", ()) if note.startswith(_CLOSING)), "besides")
        add_note(error, f"{where}: {told(other)}")


def told(error: BaseException) -> str:
    """Return the class and the text of *error*, also where its `__str__` raises."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - the user's own code, which must not hide what is told here
        text = "<its __str__ raises>"
    return f"{type(error).__name__}: {text}"


def note_closing(error: BaseException, label: str, where: str | None) -> None:
    """Add to *error*, raised by closing code, which resource it was."""
    add_note(error, f"{_CLOSING}{label}" + (f" ({where})" if where else ""))


def add_note(error: BaseException, note: str) -> None:
    """Add *note* to *error*; one of a class that refuses attributes stays without."""
    with suppress(Exception):
        error.add_note(note)
