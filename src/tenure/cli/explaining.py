"""`tenure explain`: how a key is made, opened and closed, and why so."""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from tenure import Container
from tenure.cli.finding import Refused, found_at
from tenure.errors import GraphError, MissingBindingError
from tenure.model.explaining import Explanation, explained
from tenure.model.graph import Graph, declares_binding

__all__ = ["DESCRIPTION", "add_arguments", "run"]

DESCRIPTION = """
Imports the module and says how what is named is made, opened and closed, and why so: all that a container binds, a
provider, or a class or function, by itself or as a container binds it. Opens nothing. Exit status: 0; 1 with --strict
if one is a guess; 2 if there is no such thing.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to *parser*."""
    parser.add_argument(
        "target",
        metavar="MODULE:KEY",
        help="a class, a function, a provider or a container, as in `app.main:Database` or `app.main:container`",
    )
    parser.add_argument(
        "--in",
        dest="container",
        metavar="MODULE:CONTAINER",
        help="the container in which the key is looked up; without it the key is a resource bound to itself",
    )
    parser.add_argument("--json", action="store_true", help="write an array of objects instead of text")
    parser.add_argument("--strict", action="store_true", help="exit with status 1 if one of them is a guess")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status; see `DESCRIPTION`."""
    try:
        found = _explanations(arguments.target, arguments.container)
    except (Refused, MissingBindingError, GraphError) as error:
        print(f"tenure explain: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps([each.as_dict() for each in found], indent=2))
    else:
        print("\n\n".join(map(str, found)))
    return 1 if arguments.strict and any(each.is_guess for each in found) else 0


def _explanations(target: str, container: str | None) -> list[Explanation]:
    found = found_at(target)
    if isinstance(found, Container):
        keys = [binding.key for binding in found.engine.graph if binding.declared and binding.target is not found]
        return [found.explain(key) for key in keys]
    if container is None and _is_provider(found):
        return [_of_provider(found)]
    if container is None and isinstance(getattr(found, "providers", None), Mapping):  # a declarative container
        return [_of_provider(each) for each in found.providers.values() if _is_provider(each)]
    if container is not None:
        where = found_at(container, "container")
        where = where() if callable(where) and not isinstance(where, Container) else where
        if not isinstance(where, Container):
            raise Refused(f"{container!r} is {where!r}, no tenure.Container")
        return [where.explain(found)]
    return [_by_itself(target, found)]


def _is_provider(found: Any) -> bool:
    return not isinstance(found, type) and declares_binding(found)


def _of_provider(provider: Any) -> Explanation:
    """Explain what *provider* declares; what it needs declares itself as well."""

    def declared(key: Any) -> Any:
        return key.__tenure_binding__() if declares_binding(key) else None

    return explained(Graph({}, declared), declared(provider))


def _by_itself(target: str, found: Any) -> Explanation:
    """Explain *found* as a resource that is bound to itself."""
    own = Container()
    if isinstance(found, type):
        own.bind(found, resource=True)
        return own.explain(found)
    if callable(found):
        own.bind(target.partition(":")[2], found, resource=True)
        return own.explain(target.partition(":")[2])
    own.bind(target, value=found, resource=True)
    return own.explain(target)
