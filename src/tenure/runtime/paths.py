"""The note that tells a user's exception which resource it came from, and who needed it."""

from tenure.errors import PathStep, TenureError, draw_path
from tenure.lifecycle.claim import Claim

_MARK = "__tenure_path__"


def with_path(error: Exception, chain: tuple[Claim, ...], claim: Claim) -> Exception:
    """
    Add to *error* a note of the dependency path, once, innermost opening first seen.

    Args:
        error: what opening code raised; it stays what it is.
        chain: the openings around it, outermost first.
        claim: the opening that failed.
    """
    if isinstance(error, TenureError) and type(error).__module__ == "tenure.errors" and hasattr(error, "path"):
        return error
    if not hasattr(error, _MARK):
        try:
            setattr(error, _MARK, True)
        except AttributeError:  # an exception class with __slots__ and no dict: the note alone
            pass
        steps = [PathStep(each.binding.key, None, each.binding.where) for each in (*chain, claim)]
        error.add_note("while opening\n" + draw_path(steps))
    return error
