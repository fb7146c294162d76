"""
The tree of values behind a configuration: select a part of it, replace a part of it, merge another into it.

Trees are never changed in place: what is written copies the dictionaries on its way, so that a tree that was replaced
for a while is still whole when it comes back. Knows nothing of providers, files or environment variables.
"""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from copy import copy
from typing import Any

from tenure.errors import OptionPathError
from tenure.model.binding import NOTHING


def select(tree: Any, segments: Sequence[Any], root: str) -> Any:
    """
    Return the value at *segments* of *tree*, NOTHING where it has none.

    None has no options, as an empty section of a file has none.

    Args:
        tree: a dictionary, or anything else that has a method `get`.
        segments: the keys to follow.
        root: the name of the tree, for errors.

    Raises:
        OptionPathError: a value on the way can have no options.
    """
    value = tree
    for depth, segment in enumerate(segments):
        if value is None:
            return NOTHING
        look_up = getattr(value, "get", None)
        if look_up is None:
            raise OptionPathError(dotted(root, segments), dotted(root, segments[:depth]), value)
        value = look_up(segment, NOTHING)
        if value is NOTHING:
            return NOTHING
    return value


def replaced(tree: Any, segments: Sequence[Any], value: Any, root: str) -> Any:
    """
    Return *tree* with *value* at *segments*; sections that are missing on the way are made.

    Args:
        tree: left as it is.
        segments: the keys to follow; none gives *value* itself.
        value: the value.
        root: the name of the tree, for errors.

    Raises:
        OptionPathError: a value on the way can have no options.
    """
    return _replaced(tree, segments, 0, value, root)


def _replaced(tree: Any, segments: Sequence[Any], depth: int, value: Any, root: str) -> Any:
    if depth == len(segments):
        return value
    if tree is None or tree is NOTHING:
        section: MutableMapping[Any, Any] = {}
    elif isinstance(tree, Mapping):
        section = copy(tree) if isinstance(tree, MutableMapping) else dict(tree)
    else:
        raise OptionPathError(dotted(root, segments), dotted(root, segments[:depth]), tree)
    segment = segments[depth]
    section[segment] = _replaced(section.get(segment), segments, depth + 1, value, root)
    return section


def merged(tree: Any, options: Mapping[Any, Any], name: str) -> dict[Any, Any]:
    """
    Return *tree* with *options* on top: dictionaries of both are merged, all else of *options* takes the place.

    Args:
        tree: a dictionary, or something empty; left as it is.
        options: what is new; left as it is.
        name: the name of the option that has the value *tree*, for errors.

    Raises:
        OptionPathError: *tree* is a value that nothing can be merged into.

    >>> merged({"a": {"b": 1}, "c": [1]}, {"a": {"d": 2}, "c": [2]}, "config")
    {'a': {'b': 1, 'd': 2}, 'c': [2]}
    """
    if tree is NOTHING or not tree:
        return dict(options)
    if not isinstance(tree, Mapping):
        raise OptionPathError(f"{name}.{next(iter(options), '')}", name, tree)
    return _merged(tree, options)


def _merged(tree: Mapping[Any, Any], options: Mapping[Any, Any]) -> dict[Any, Any]:
    result = dict(tree)
    for key, value in options.items():
        present = result.get(key)
        if isinstance(present, dict) and isinstance(value, dict):
            result[key] = _merged(present, value)
        else:
            result[key] = value
    return result


def dotted(root: str, segments: Iterable[Any]) -> str:
    """Return the name of the option at *segments* of the tree named *root*."""
    return ".".join([str(root), *map(str, segments)])
