"""What does not go from one process to another: names that lead nowhere there, and what lives in one process only."""

from tenure.errors.base import TenureError


class ContainerRefError(TenureError, LookupError):
    """
    A `ContainerRef` does not lead to a container, or could not in another process.

    Attributes:
        target: what it refers to, as `module:name`, or as shown.
        why: what is wrong with it, and what to do.
    """

    def __init__(self, target: str, why: str) -> None:
        super().__init__(target, why)
        self.target: str = target
        self.why: str = why

    def __str__(self) -> str:
        return f"{self.target} does not lead to a container: {self.why}"
