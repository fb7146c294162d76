"""A longer-lived binding may not need a shorter-lived one (L48)."""

from collections.abc import Sequence

from tenure.errors import GraphError
from tenure.model.binding import SINGLETON, Binding
from tenure.model.plan import Plans


def width_of(lifetime: str, ladder: Sequence[str]) -> int | None:
    """Return how long a lifetime is, 0 the longest; None for one that is as long as that of whoever asks."""
    if lifetime == SINGLETON:
        return 0
    return ladder.index(lifetime) + 1 if lifetime in ladder else None


def refuse_captive(plans: Plans, ladder: Sequence[str], binding: Binding) -> None:
    """
    Raise where *binding*, about to be made for the first time, needs something that does not live as long (L48).

    Raises:
        GraphError: with the one finding.
    """
    reaches = plans.facts(binding).reaches
    width = width_of(binding.lifetime, ladder) if reaches else None
    if width is None or all(ladder.index(name) + 1 <= width for name in reaches):
        return
    from tenure.model.check import findings_of  # noqa: PLC0415 - for errors only

    findings = [f for f in findings_of(plans.graph, ladder, ()) if f.kind == "captive" and f.key == binding.key]
    raise GraphError(findings)
