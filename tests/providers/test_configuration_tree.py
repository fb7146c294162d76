"""The tree of values: laws of reading, replacing and merging, on random trees; options from many threads."""

import copy
import threading
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tenure.model.binding import NOTHING
from tenure.providers.configuration import Configuration
from tenure.providers.configuration.tree import merged, replaced, select

NAMES = st.sampled_from("abc")
VALUES = st.one_of(st.integers(0, 3), st.lists(st.integers(0, 3), max_size=2))
SECTIONS = st.recursive(VALUES, lambda inner: st.dictionaries(NAMES, inner, max_size=3))
TREES = st.dictionaries(NAMES, SECTIONS, max_size=3)
PATHS = st.lists(NAMES, min_size=1, max_size=3)


def paths(tree: dict[str, Any], above: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Return everything in *tree* that is no section with something in it, by its path."""
    found: dict[tuple[str, ...], Any] = {}
    for name, value in tree.items():
        path = (*above, name)
        found.update(paths(value, path) if isinstance(value, dict) and value else {path: value})
    return found


def is_open(tree: Any, path: list[str]) -> bool:
    """Tell whether no value stands on the way of *path*."""
    for name in path[:-1]:
        tree = tree.get(name, {})
        if not isinstance(tree, dict):
            return False
    return True


@given(TREES, PATHS, VALUES)
def test_what_is_put_is_found(tree: dict[str, Any], path: list[str], value: Any) -> None:
    """What is put somewhere is found there, and nothing else has changed, least of all the tree before."""
    if not is_open(tree, path):
        return
    before = copy.deepcopy(tree)

    after = replaced(tree, path, value, "config")

    assert select(after, path, "config") == value
    assert tree == before
    for other, kept in paths(tree).items():
        if kept != {} and other[: len(path)] != tuple(path):
            assert select(after, other, "config") == kept


@given(TREES, TREES)
def test_what_is_merged_is_found(tree: dict[str, Any], options: dict[str, Any]) -> None:
    """Everything that is merged in is found; merging again changes nothing; neither tree has changed."""
    before = copy.deepcopy((tree, options))

    after = merged(tree, options, "config")

    assert (tree, options) == before
    for path, value in paths(options).items():
        if value != {}:
            assert select(after, path, "config") == value
    assert merged(after, options, "config") == after


@given(TREES, TREES)
def test_nothing_is_lost_by_merging(tree: dict[str, Any], options: dict[str, Any]) -> None:
    """What the other tree says nothing of is as before."""
    after = merged(tree, options, "config")

    for path, value in paths(tree).items():
        if all(select_or_nothing(options, path[:end]) is NOTHING for end in range(1, len(path) + 1)) and value != {}:
            assert select(after, path, "config") == value


def select_or_nothing(tree: Any, path: tuple[str, ...]) -> Any:
    for name in path[:-1]:
        tree = tree.get(name, {})
        if not isinstance(tree, dict):
            return tree
    return tree.get(path[-1], NOTHING)


@given(TREES)
def test_merging_nothing(tree: dict[str, Any]) -> None:
    """Merging nothing, or into nothing, gives the other."""
    assert merged(tree, {}, "config") == tree
    assert merged({}, tree, "config") == tree


@given(TREES)
def test_options_read_the_tree(tree: dict[str, Any]) -> None:
    """Every option gives what is at its place in the tree, and goes on doing so when the tree is replaced."""
    config = Configuration()
    options = {}
    for path in paths(tree):
        option: Any = config
        for name in path:
            option = option[name]
        options[path] = option
        assert option() is None

    config.from_value(tree)

    assert {path: option() for path, option in options.items()} == paths(tree)


def test_options_from_many_threads() -> None:
    """Whichever thread asks first: an option is one object."""
    for _ in range(20):
        config = Configuration()
        barrier = threading.Barrier(8)
        seen = []

        def ask(config: Configuration = config, barrier: threading.Barrier = barrier, seen: list[Any] = seen) -> None:
            barrier.wait()
            seen.append((config.a.b, config["a"]["b"], config.a.b.required()))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len({id(part) for parts in seen for part in parts[:2]}) == 1
        assert len({id(parts[2]) for parts in seen}) == 1


def test_values_from_many_threads() -> None:
    """After a change was made, no thread reads what was before."""
    config = Configuration(default={"n": 0})
    option = config.n
    wrong = []
    written = [0]
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            at_least = written[0]
            value = option()
            if value < at_least:
                wrong.append((value, at_least))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for thread in readers:
        thread.start()
    for number in range(1, 300):
        config.override({"n": number})
        written[0] = number
    done.set()
    for thread in readers:
        thread.join()

    assert wrong == []
