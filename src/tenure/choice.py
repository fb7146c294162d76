"""
Choices: a few named values of a kind, which type checkers take for an `enum.Enum`.

At run time they are less, because `enum` takes longer to import than any room of Tenure: each member is an object of
its class with a `name` and a `value`, equal to itself only; there is nothing to iterate over or to look up by value.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from enum import Enum as Choice
else:

    class Choice:
        """Base of a class whose attributes in capitals are its members."""

        __slots__ = ("name", "value")

        def __init_subclass__(cls) -> None:
            """Make the members."""
            for name, value in tuple(vars(cls).items()):
                if name.isupper():
                    member = object.__new__(cls)
                    member.name, member.value = name, value
                    setattr(cls, name, member)

        def __repr__(self) -> str:
            return f"<{type(self).__qualname__}.{self.name}: {self.value!r}>"

        def __reduce__(self) -> tuple[Any, ...]:
            """Let copies and pickles of a member be the member."""
            return getattr, (type(self), self.name)


__all__ = ["Choice"]
