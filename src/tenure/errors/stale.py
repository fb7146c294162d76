"""What was compiled ahead of time and no longer counts."""

from collections.abc import Sequence

from tenure.errors.base import TenureError

_SHOWN = 8


class StaleResolversError(TenureError, RuntimeError):
    """
    A container was given resolvers that `tenure compile` wrote for another graph than its own.

    Attributes:
        module: name of the module that has them.
        source: where the container was found when they were written, as `package.module:container`.
        changes: what is another now, a line each.
    """

    def __init__(self, module: str, source: str, changes: Sequence[str]) -> None:
        super().__init__(module, source, changes)
        self.module: str = module
        self.source: str = source
        self.changes: tuple[str, ...] = tuple(changes)

    def __str__(self) -> str:
        shown = [f"  {change}" for change in self.changes[:_SHOWN]]
        if len(self.changes) > _SHOWN:
            shown.append(f"  and {len(self.changes) - _SHOWN} more")
        path = self.module.replace(".", "/") + ".py"
        return "\n".join(
            [
                f"the resolvers in {self.module} were compiled from another graph than that of this container:",
                *shown,
                f"  renew them: tenure compile {self.source} -o {path}",
            ]
        )
