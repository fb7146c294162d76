"""Markers that nothing stands behind."""

from collections.abc import Sequence

from tenure.errors.base import TenureError
from tenure.record import record


@record
class Unresolved:
    """One marker that nothing stands behind."""

    place: str
    """Who carries it: "parameter 'db' of app.views.index", "attribute 'db' of app.views"."""
    where: str | None
    """`file:line` of the function, or None."""
    marker: str
    """The marker as written."""
    module: str
    """Name of the module that has to be wired."""
    asked: tuple[str, ...]
    """Names of the containers that were wired to it and have no such provider."""
    near: tuple[str, ...] = ()
    """Names of their providers that look like it."""
    rivals: tuple[str, ...] = ()
    """Names of the containers that could serve it, where more than one could and none was wired."""
    is_bare: bool = False
    """Whether it is of a function that is not injected."""

    def __str__(self) -> str:
        text = f"{self.place} is marked {self.marker}" + (f" ({self.where})" if self.where else "")
        if self.rivals:
            return (
                f"{text}, which {' and '.join(self.rivals)} could all serve; "
                f"say which one does: container.wire(modules=[{self.module!r}])"
            )
        if self.is_bare:
            return f"{text}, and the function is not injected: did you forget @inject?"
        if not self.asked:
            return (
                f"{text}, and no container was wired to it: did you forget container.wire(modules=[{self.module!r}])?"
            )
        text += f", and {', '.join(self.asked)} has no such provider"
        return text + (f": did you mean {' or '.join(map(repr, self.near))}?" if self.near else "")


class UnresolvedMarkerError(TenureError, LookupError):
    """
    Markers stand where values should be: no container was wired to them, or none of those wired has the provider.

    Attributes:
        unresolved: every marker concerned.
    """

    def __init__(self, unresolved: Sequence[Unresolved]) -> None:
        super().__init__(unresolved)
        self.unresolved: tuple[Unresolved, ...] = tuple(unresolved)

    def __str__(self) -> str:
        if len(self.unresolved) == 1:
            return str(self.unresolved[0])
        lines = [f"{len(self.unresolved)} markers have nothing behind them"]
        return "\n".join(lines + [f"{number}. {each}" for number, each in enumerate(self.unresolved, 1)])
