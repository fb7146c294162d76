"""Records: what dataclasses promise, for less."""

import copy
import dataclasses
import inspect
import pickle
from typing import Any

import pytest

from tenure import Retry
from tenure.errors import BindingError, Finding, PathStep
from tenure.model.binding import Need
from tenure.record import record, replace


@record
class Point:
    """A place."""

    x: int
    y: int = 0
    """Upwards."""

    @property
    def double(self) -> int:
        return self.x * 2


@record(eq=False, unguarded=True)
class Loose:
    x: int
    tags: tuple[str, ...] = ()


@record(kw_only=True)
class Named:
    x: int = 1

    def __post_init__(self) -> None:
        if self.x < 0:
            raise BindingError("x must be at least 0")


@record
class Told:
    x: int

    def __repr__(self) -> str:
        return "told"

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 7


def test_made() -> None:
    """Fields are given by position or name, defaults stand in for the rest."""
    point = Point(1)

    assert (point.x, point.y, Point(1, 2).y, Point(y=3, x=1).y, point.double) == (1, 0, 2, 3, 2)
    assert not hasattr(point, "__dict__")


@pytest.mark.parametrize(
    "wrong", [lambda of: of[0](), lambda of: of[0](1, 2, 3), lambda of: of[0](1, z=2), lambda of: of[1](1)]
)
def test_wrong_arguments(wrong: Any) -> None:
    """What is missing, too much or unknown is an error, the first time and later."""
    for _ in range(2):
        with pytest.raises(TypeError, match="__init__"):
            wrong((Point, Named))


def test_frozen() -> None:
    """No field can be set or deleted, and no attribute added."""
    point = Point(1)

    with pytest.raises(AttributeError, match="a Point is frozen: make another one instead of setting 'x'"):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        point.z = 2  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="frozen"):
        del point.x
    assert point == Point(1)


def test_unguarded() -> None:
    """Of an unguarded record type checkers watch over the fields; others cannot be added."""
    with pytest.raises(AttributeError, match="has no attribute 'z'"):
        Loose(1).z = 2  # type: ignore[attr-defined]


def test_equality() -> None:
    """Records with equal fields are equal, and have the same hash; others are not, nor those of another class."""
    assert Point(1, 2) == Point(1, 2)
    assert hash(Point(1, 2)) == hash(Point(1, 2))
    assert Point(1, 2) != Point(1, 3)
    assert Point(1) != Loose(1)  # type: ignore[comparison-overlap]


def test_identity() -> None:
    """Without `eq` a record equals itself only."""
    first, second = Loose(1), Loose(1)

    assert first != second
    assert len({first, second}) == 2


def test_shown() -> None:
    """A record is shown as it is written."""
    assert repr(Point(1, 2)) == "Point(x=1, y=2)"


def test_own_methods_count() -> None:
    """What the class defines itself is kept."""
    assert (repr(Told(1)), Told(1) == Told(2), hash(Told(1))) == ("told", True, 7)


def test_checked_when_made() -> None:
    """`__post_init__` sees each record, the first one too."""
    with pytest.raises(BindingError, match="at least 0"):
        Named(x=-1)
    with pytest.raises(BindingError, match="at least 0"):
        replace(Named(x=1), x=-1)


@pytest.mark.parametrize("old", [Point(1, 2), Named(x=4), PathStep("key", None, None), Retry(attempts=5)])
def test_copied(old: Any) -> None:
    """Copies and pickles are equal to what they are of."""
    assert copy.copy(old) == old
    assert copy.deepcopy(old) == old
    assert pickle.loads(pickle.dumps(old)) == old


def test_replaced() -> None:
    """A changed copy differs in what was named, by our function, that of `dataclasses`, and `copy.replace`."""
    assert replace(Point(1, 2), y=5) == Point(1, 5)
    assert dataclasses.replace(Point(1, 2), y=5) == Point(1, 5)
    assert Point(1, 2).__replace__(x=7) == Point(7, 2)  # type: ignore[attr-defined]


def test_a_dataclass_for_tools() -> None:
    """Functions of `dataclasses` take a record for a data class."""
    finding: Any = Finding("error", "missing", "key", "text", None)

    assert dataclasses.asdict(finding) == {
        "level": "error", "kind": "missing", "key": "key", "text": "text", "where": None,
    }  # fmt: skip
    assert [field.name for field in dataclasses.fields(Named)] == ["x"]


def test_signature() -> None:
    """The parameters are those that it takes, before the first one is made and afterwards."""

    @record
    class Fresh:
        x: int
        y: str = "a"

    before = inspect.signature(Fresh)
    Fresh(1)

    assert str(before) == "(x: int, y: str = 'a') -> None"
    assert inspect.signature(Fresh) == before
    assert str(inspect.signature(Named)) == "(*, x: int = 1) -> None"


def test_matched() -> None:
    """A record is taken apart by position."""
    match Need("name", int, True):
        case Need(name, key):
            found = name, key
        case _:
            found = None

    assert found == ("name", int)
