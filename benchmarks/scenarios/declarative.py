"""The declarative face beside the library that it stands in for, which is 1.00 here: it is written in Cython."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks import graphs as g
from benchmarks.adapters import BY_HAND, PROVIDERS
from benchmarks.case import expect
from benchmarks.scenarios.calls import injected, singleton
from benchmarks.scenarios.row import Row

THEIRS = "dependency-injector"


@dataclass(frozen=True)
class Declarative(Row):
    """A row about two libraries, and code by hand."""

    target: float | None = 1.0
    yardstick: str = THEIRS
    ours: str = PROVIDERS
    only: tuple[str, ...] = (BY_HAND, PROVIDERS, THEIRS)


def pair(once: Callable[[], Any]) -> None:
    first, second = once(), once()
    expect(type(first) is g.Pair, "an object of the class")
    expect(type(first.left) is g.Leaf, "a leaf of its class")
    leaves = {id(each) for each in (first.left, first.right, second.left, second.right)}
    expect(len(leaves) == 4, "two new leaves each time")


def desk(once: Callable[[], Any]) -> None:
    first, second = once(), once()
    expect(type(first) is g.Desk, "an object of the class")
    expect(first.left is not first.right, "two new readers each time")
    expect(first.left.connection is second.right.connection, "the one connection")
    expect(first.left.connection.is_open, "an open connection")


def reader(once: Callable[[], Any]) -> None:
    first, second = once(), once()
    expect(type(first) is g.Reader, "an object of the class")
    expect(first is not second, "a new reader each time")
    expect(first.connection is second.connection, "the one connection")
    expect(first.connection.is_open, "an open connection")


DECLARATIVE = (
    Declarative("D.singleton", "`provider()` of a singleton", "s1", singleton, peers_named="60 ns"),
    Declarative("D.factory", "`provider()` of a factory over two factories", "d_pair", pair),
    Declarative(
        "D.resource",
        "`provider()` of a factory over two factories over an open resource",
        "d_resource",
        desk,
        peers_named="682 ns",
    ),
    Declarative("D.call", "call of a function with `@inject`", "s7", injected, peers_named="965 ns"),
    Declarative(
        "D.await",
        "`await provider()` of a factory over an async resource",
        "d_await",
        reader,
        is_async=True,
        peers_named="21.8 µs",
    ),
)
