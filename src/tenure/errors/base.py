"""The roots of every error, and the note by which each leads to its section of docs/errors.md."""

from typing import TYPE_CHECKING

_EXPLAINED = ("tenure.errors", "tenure.runner")
"""Where the classes are that the page has a section for: all but `ResourceError`."""


def section_of(kind: type[BaseException]) -> str | None:
    """
    Return the name of the class whose section of docs/errors.md tells of errors of *kind*.

    None: it is `ResourceError`, or not a class of Tenure's own: whoever derives a class knows what it is about.
    """
    if kind.__module__.partition(".")[0] != "tenure":
        return None
    known = next((each for each in kind.__mro__ if each.__module__.startswith(_EXPLAINED)), None)
    return None if known is None or known is ResourceError else known.__name__


class _Notes:
    """
    The notes of an error (PEP 678) that begin with the way to its section.

    They are made when somebody looks at them or adds one, as a traceback does, and are the error's own from then on:
    an error that is raised and handled costs nothing for them.
    """

    def __get__(self, error: BaseException | None, kind: type[BaseException]) -> list[str]:
        section = None if error is None else section_of(kind)
        if error is None or section is None:
            raise AttributeError("__notes__")  # as of any error without notes
        notes: list[str] = error.__dict__.setdefault("__notes__", [f"causes and what to do: tenure explain {section}"])
        return notes


class TenureError(Exception):
    """Base of every error that Tenure raises."""

    if not TYPE_CHECKING:  # to type checkers it is the attribute that every exception may have
        __notes__ = _Notes()


Error = TenureError
"""The same, under the name that the declarative face uses."""


class ResourceError(TenureError):
    """Base of the errors about one resource; a user's opening code may raise these as well."""
