"""Look for what cannot travel before it is sent."""

from typing import Any

from tenure.errors import LiveObjectError
from tenure.keys import show
from tenure.live import is_live
from tenure.live.paths import PLAIN, paths
from tenure.runtime.travelling import open_values


def find_live(obj: Any, name: str = "obj") -> list[LiveObjectError]:
    """
    Return what lives in this process among what would be pickled with *obj*, the nearest first; pickles nothing.

    That is what refuses to be pickled (containers, scopes, pools, leases, open objects of resource classes), and
    anything else that a container of this process has open, also where a pickler would take it.

    Args:
        obj: any object; of functions that have no name to be found by, what they refer to is looked at.
        name: what *obj* is called in the paths.

    Returns:
        Errors to look at, or to raise; each has `path`, as `task.args[0].repo.database`, and `label`.
    """
    open_ones = {id(value): value for value in open_values() if not isinstance(value, PLAIN)}

    def is_wanted(each: Any) -> bool:
        return is_live(each) or id(each) in open_ones

    return [LiveObjectError(_label(each, id(each) in open_ones), path) for path, each in paths(obj, name, is_wanted)]


def _label(live: Any, is_open: bool) -> str:
    return show(type(live)) + (", which is open" if is_open and not is_live(live) else "")
