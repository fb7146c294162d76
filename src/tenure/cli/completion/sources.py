"""Modules that can be named here, and what is in them: read from files, nothing is imported."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path


def targets(current: str, kind: str) -> Iterator[str]:
    """
    Yield what *current* may become.

    Args:
        current: the word so far: a part of a dotted module, or a module, colon, and a part of a name.
        kind: "CONTAINER", "MAIN" or "KEY".
    """
    module, colon, _ = current.partition(":")
    if colon:
        yield from (f"{module}:{name}" for name in names_in(module, kind))
        return
    parent = module.rpartition(".")[0]
    for name, is_package in sorted(_modules_in(parent).items()):
        dotted = f"{parent}.{name}" if parent else name
        yield f"{dotted}:"
        if is_package:
            yield f"{dotted}."


def _modules_in(parent: str) -> dict[str, bool]:
    """Return modules by name, and whether they are packages: of the current directory, or of the package *parent*."""
    if not parent:
        folders = [Path.cwd()]
    else:
        path = _file_of(parent)
        folders = [path.parent] if path is not None and path.name == "__init__.py" else []
    found: dict[str, bool] = {}
    for folder in folders:
        for path in folder.iterdir():
            name = path.stem if path.suffix == ".py" else path.name
            is_package = (path / "__init__.py").is_file()
            if name.isidentifier() and not name.startswith("__") and (is_package or path.suffix == ".py"):
                found[name] = is_package
    return found


def _file_of(module: str) -> Path | None:
    relative = Path(*module.split("."))
    for folder in (Path.cwd(), *map(Path, sys.path)):
        for path in (folder / relative / "__init__.py", folder / relative.with_suffix(".py")):
            if path.is_file():
                return path
    return None


def names_in(module: str, kind: str) -> list[str]:
    """Return the public names in the source of *module* that may be a *kind*; [] where it cannot be read."""
    path = _file_of(module)
    try:
        tree = ast.parse(path.read_bytes()) if path is not None else ast.Module([], [])
    except (OSError, SyntaxError, ValueError):
        return []
    found: dict[str, str] = {}
    for statement in tree.body:
        found.update((name, what) for name, what in _names(statement) if not name.startswith("_"))
    for wanted in _WANTED[kind]:
        names = [name for name, what in found.items() if what in wanted]
        if names:
            return names
    return []


_WANTED = {
    "CONTAINER": (("container",), ("made", "maker")),
    "MAIN": (("container", "made", "maker", "function"),),
    "KEY": (("container", "made", "maker", "function", "class"),),
}
"""What is offered, by what is wanted: the first kinds of names that there are."""


def _names(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    """Yield the names that *statement* binds, and what they look like."""
    match statement:
        case ast.Assign(targets=assigned, value=ast.Call(func=function)):
            what = "container" if _ends_with_container(function) else "made"
            yield from ((each.id, what) for each in assigned if isinstance(each, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name), annotation=said):
            yield name, "container" if _ends_with_container(said) else "made"
        case ast.FunctionDef(name=name, returns=returns, args=parameters):
            makes_one = returns is not None and _ends_with_container(returns)
            what = "function" if parameters.args or parameters.posonlyargs or parameters.kwonlyargs else "maker"
            yield name, "container" if makes_one else what
        case ast.AsyncFunctionDef(name=name):
            yield name, "function"
        case ast.ClassDef(name=name, bases=bases):
            yield name, "container" if any(map(_ends_with_container, bases)) else "class"


def _ends_with_container(expression: ast.expr) -> bool:
    return ast.unparse(expression).strip("'\"").endswith("Container")
