"""What can be wrong with a schema."""

from collections.abc import Sequence

from tenure.errors import TenureError


class SchemaError(TenureError):
    """
    A schema describes what cannot be made.

    Attributes:
        place: where in the schema, dotted: "container.core.pool.args[0]".
        problem: what is wrong there.
        near: what may have been meant.
    """

    def __init__(self, place: str, problem: str, near: Sequence[str] = ()) -> None:
        super().__init__(place, problem, near)
        self.place: str = place
        self.problem: str = problem
        self.near: tuple[str, ...] = tuple(near)

    def __str__(self) -> str:
        hint = f"; did you mean {' or '.join(self.near)}?" if self.near else ""
        return f"{self.place}: {self.problem}{hint}"
