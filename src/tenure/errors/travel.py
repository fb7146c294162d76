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


class LiveObjectError(TenureError, TypeError):
    """
    Something that lives in one process was about to be pickled: a container, a scope, a pool, what is open.

    Attributes:
        label: what it is, as shown.
        path: how it is reached from what was pickled, as in `task.args[0].repo.database`; None: not known.
    """

    def __init__(self, label: str, path: str | None = None) -> None:
        super().__init__(label, path)
        self.label: str = label
        self.path: str | None = path

    def __str__(self) -> str:
        subject = self.label if self.path is None else f"{self.path} -> {self.label}"
        return (
            f"{subject}: it lives in this process and cannot be pickled; send what it is made from, "
            'and a tenure.ContainerRef("module:container") in place of a container, '
            "so that the other process opens its own"
        )
