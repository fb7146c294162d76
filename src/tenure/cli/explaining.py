"""`tenure explain`: how a key is made, opened and closed, why so, who needs it; or what an error of Tenure's means."""

import argparse
import difflib
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from tenure import Container
from tenure.cli.asking import looked_at
from tenure.cli.errors_page import error_named, lines_of, sections
from tenure.cli.finding import Refused, container_at, found_at, is_container
from tenure.cli.output import print_json, screen_on, short_text
from tenure.cli.placing import Placed, key_called, place_of
from tenure.errors import GraphError, MissingBindingError
from tenure.keys import show
from tenure.model.explaining import Explanation, explained
from tenure.model.graph import Graph, declares_binding
from tenure.observe.snapshot import engine_of

__all__ = ["DESCRIPTION", "add_arguments", "run"]

DESCRIPTION = """
Imports the module and says how what is named is made, opened and closed, and why so: all that a container binds, one
key of it, a provider, or a class or function, by itself or as a container binds it. Of what is bound it says as well
who needs it, and the longest chain that has to be open before it. Opens nothing. The name of an error class of
Tenure's, as in `tenure explain MissingBindingError`, is explained by its section of docs/errors.md: a sample, its
causes, what to do; `tenure explain TenureError` lists them. Exit status: 0; 1 with --strict if one is a guess; 2 if
there is no such thing.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to *parser*."""
    parser.add_argument(
        "target",
        metavar="MODULE:KEY|ERROR",
        help="a class, a function, a provider or a container, as in `app.main:Database` or `app.main:container`; "
        "or an error class of Tenure's, by its name alone",
    )
    parser.add_argument(
        "key", metavar="KEY", nargs="?", help="of a container: the key as it is shown, or a part of its name"
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
    if _tell_error(arguments):
        return 0
    try:
        found = _explanations(arguments)
    except (MissingBindingError, GraphError) as error:
        raise Refused(str(error)) from None
    if arguments.json:
        print_json([each.as_dict() | (placed.as_dict() if placed else {}) for each, placed in found])
    elif not found:
        print(f"{arguments.target} binds nothing")
    else:
        print("\n\n".join(_text(each, placed) for each, placed in found))
    return 1 if arguments.strict and any(each.is_guess for each, _ in found) else 0


def _tell_error(arguments: argparse.Namespace) -> bool:
    """Print the section of the error class that is named, if one is; whatever has a colon or a key is looked up."""
    name = error_named(arguments.target)
    if ":" in name or arguments.key is not None or arguments.container is not None:
        return False
    section = sections().get(name)
    if section is None:
        return False
    if arguments.json:
        print_json([{"error": name, "text": section}])
    else:
        screen_on(sys.stdout).say([*lines_of(section)], whole=True)
    return True


def _text(explanation: Explanation, placed: Placed | None) -> str:
    return short_text("\n".join([str(explanation), *(placed.lines() if placed is not None else ())]))


def _explanations(arguments: argparse.Namespace) -> Sequence[tuple[Explanation, Placed | None]]:
    target = arguments.target
    if arguments.key is not None:
        if arguments.container is not None:
            raise Refused("say either MODULE:CONTAINER KEY or MODULE:KEY --in MODULE:CONTAINER")
        container = container_at(target)
        return _in_container(container, [key_called(container, arguments.key)], target)
    found = found_at(target) if ":" in target else _container_alone(target)
    if arguments.container is not None:
        return _in_container(container_at(arguments.container), [found], arguments.container)
    if isinstance(found, Container):
        keys = [binding.key for binding in found.engine.graph if binding.declared and not binding.is_self]
        return _in_container(found, keys, target)
    if _is_provider(found):
        return [(_of_provider(found), None)]
    if isinstance(getattr(found, "providers", None), Mapping):  # a declarative container, or its class
        container = found() if isinstance(found, type) else found
        keys = [binding.key for binding in engine_of(container).graph if _is_named(binding.key)]
        return _in_container(container, keys, target)
    return [(_by_itself(target, found), None)]


def _container_alone(module: str) -> Any:
    """Return the only container of *module*; an error class may have been meant as well, so that one is suggested."""
    try:
        return container_at(module)
    except Refused as refused:
        if refused.trace:
            raise
        close = difflib.get_close_matches(error_named(module), sections(), 1, 0.8)
        if close:
            raise Refused(f"{refused}; did you mean the error {close[0]}?", refused.status) from None
        if not (module[:1].isupper() and module.isidentifier()) or module in sys.modules:
            raise
        hint = "a key is explained as MODULE:CONTAINER KEY; `tenure explain TenureError` lists the errors"
        raise Refused(f"{refused}, and no such error: {hint}", refused.status) from None  # named like a class


def _in_container(container: Any, keys: Sequence[Any], source: str) -> list[tuple[Explanation, Placed | None]]:
    """Return what there is to say of *keys*, bound in *container*, which stands at *source*."""
    if not is_container(container):
        raise Refused(f"{container!r} is no container")
    program = looked_at(source, container).program
    if isinstance(container, Container):
        return [(container.explain(key), place_of(container, key, program)) for key in keys]
    providers = [container.__tenure_find__(key) for key in keys]
    return [(_of_provider(provider), place_of(container, provider, program)) for provider in providers]


def _is_provider(found: Any) -> bool:
    return not isinstance(found, type) and declares_binding(found)


def _is_named(key: Any) -> bool:
    """Tell whether *key* is a provider that a container, or one inside of it, has a name for."""
    container, dot, _ = show(key).rpartition(".")
    return _is_provider(key) and bool(container and dot) and getattr(key, "_name", None) is not None


def _of_provider(provider: Any) -> Explanation:
    """Explain what *provider* declares; what it needs declares itself as well."""

    def declared(key: Any) -> Any:
        return key.__tenure_binding__() if declares_binding(key) else None

    return explained(Graph({}, declared), declared(provider))


def _by_itself(target: str, found: Any) -> Explanation:
    """Explain *found* as a resource that is bound to itself, unless it is a class with nothing to open or close."""
    own = Container()
    try:
        if isinstance(found, type):
            own.bind(found, resource=True)
            told = own.explain(found)
            if told.opens is not None or told.closes is not None:
                return told
            own.bind(found)
            return own.explain(found)
        if callable(found):
            own.bind(target.partition(":")[2], found, resource=True)
            return own.explain(target.partition(":")[2])
        own.bind(target, value=found, resource=True)
        return own.explain(target)
    finally:
        own.close()
