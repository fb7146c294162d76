"""Keys: how they are shown, taken apart and compared."""

# ruff: noqa: UP007, UP045 - keys in each spelling

import typing
from collections.abc import Callable, Iterator
from typing import Annotated, Any, ForwardRef, Generic, Literal, NewType, Optional, TypeVar

import pytest

from tenure.keys import base_of, class_of, is_union, near, qualified, qualifiers_of, show, split_optional

T = TypeVar("T")
Url = NewType("Url", str)


class Settings:
    class Nested:
        pass


class Repo(Generic[T]):
    pass


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        (Settings, "Settings"),
        (Settings.Nested, "Settings.Nested"),
        ("url", "'url'"),
        (Url, "Url"),
        (Annotated[Settings, "replica"], "Settings['replica']"),
        (Annotated[Settings, "a", 2], "Settings['a', 2]"),
        (Settings | None, "Settings | None"),
        (Optional[Settings], "Settings | None"),
        (typing.Union[Settings, int], "Settings | int"),
        (list[Settings], "list[Settings]"),
        (dict[str, Annotated[Settings, "a"]], "dict[str, Settings['a']]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (Repo[Settings], "Repo[Settings]"),
        (Repo[Repo[int]], "Repo[Repo[int]]"),
        (Callable[[int], str], "Callable[[int], str]"),
        (Callable[[], str], "Callable[[], str]"),
        (Callable[..., str], "Callable[..., str]"),
        (Iterator[int], "Iterator[int]"),
        (Literal["a", 1], "Literal['a', 1]"),
        (None, "None"),
        (type(None), "None"),
        (Any, "Any"),
        (T, "T"),
        (ForwardRef("Nowhere"), "Nowhere"),
        (5, "5"),
    ],
)
def test_show(key, shown):
    """A key is shown as it would be written."""
    assert show(key) == shown


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (Settings, (Settings, False)),
        (Settings | None, (Settings, True)),
        (Optional[Settings], (Settings, True)),
        (None | Settings, (Settings, True)),
        (Settings | int | None, (typing.Union[Settings, int], True)),
        (Settings | int, (Settings | int, False)),
        (Annotated[Settings | None, "q"], (Annotated[Settings, "q"], True)),
        (Annotated[Settings, "q"] | None, (Annotated[Settings, "q"], True)),
        (Annotated[Settings, "q"], (Annotated[Settings, "q"], False)),
        ("url", ("url", False)),
    ],
)
def test_split_optional(key, expected):
    """`None` is taken out of a union however it was put in, qualifiers stay."""
    assert split_optional(key) == expected


def test_is_union():
    """Both spellings of a union count, nothing else does."""
    assert is_union(Settings | int)
    assert is_union(Optional[Settings])
    assert not is_union(Settings)
    assert not is_union(list[int])


def test_qualified():
    """A name qualifies a key, no name leaves it alone, and a second one adds up."""
    assert qualified(Settings, None) is Settings
    assert qualified(Settings, "a") == Annotated[Settings, "a"]
    assert qualified(Annotated[Settings, "a"], "b") == Annotated[Settings, "a", "b"]


def test_base_and_qualifiers():
    """A key comes apart into what it stands for and what tells it from others."""
    assert base_of(Annotated[Settings, "a"]) is Settings
    assert qualifiers_of(Annotated[Settings, "a"]) == ("a",)
    assert base_of(Settings) is Settings
    assert qualifiers_of(Settings) == ()


@pytest.mark.parametrize(
    ("key", "cls"),
    [
        (Settings, Settings),
        (Repo[int], Repo),
        (Annotated[Repo[int], "a"], Repo),
        (list[int], list),
        ("url", None),
        (Url, None),
        (Settings | None, None),
        (5, None),
    ],
)
def test_class_of(key, cls):
    """The class behind a key, if there is one."""
    assert class_of(key) is cls


def test_near_puts_the_best_first():
    """Names that look alike are offered, the most alike first."""
    assert near("databse_url", ["database_url", "database_uri", "port"]) == ("'database_url'", "'database_uri'")


def test_near_bounds_its_answer():
    """At most *limit* names are offered."""
    assert len(near("name", [f"name{number}" for number in range(10)], limit=2)) == 2


def test_near_says_nothing_where_nothing_is_alike():
    """A far-fetched suggestion is worse than none."""
    assert near("port", ["database_url", Settings]) == ()


def test_near_looks_at_the_last_part_of_a_name():
    """A class inside a function or class is found by its own name."""
    assert near(Settings, [type("Setings", (), {"__qualname__": "make.<locals>.Setings"})]) == (
        "make.<locals>.Setings",
    )
