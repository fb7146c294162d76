"""
Which objects the source of a module names, other than to bind them, to make them or to annotate with them.

Pure: reads a syntax tree and what is imported already; runs nothing of the user's.
"""

import ast
import inspect
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from tenure.cli.finding import is_container
from tenure.model.binding import NOTHING

_BINDING = frozenset({"bind", "declare", "override", "isinstance", "issubclass"})
"""Calls whose arguments are asked for by nobody."""


def named_in(tree: ast.Module, names: "Names") -> list[Any]:
    """
    Return what *tree* names, and the texts that it passes to calls and looks up by.

    Args:
        tree: the source of a module. Parameters of its functions count as well, not those of methods: a main is given
            what it is annotated with.
        names: what names in it stand for.
    """
    reader = _Reader(names)
    reader.visit(tree)
    return reader.found


class Names:
    """
    What names in the source of a module stand for, found without running anything.

    Attributes:
        providers: names of providers that were looked up on a declarative container.
    """

    def __init__(self, module: ModuleType, tree: ast.Module) -> None:
        self.providers: set[str] = set()
        self._known = {**_imported_in(tree, module), **vars(module)}

    def of(self, node: ast.expr) -> Any:
        """Return what *node*, a name with or without dots, stands for; NOTHING where that cannot be told."""
        if isinstance(node, ast.Name):
            return self._known.get(node.id, NOTHING)
        if not isinstance(node, ast.Attribute):
            return NOTHING
        base = _own_container(self.of(node.value))
        if isinstance(base, ModuleType):
            return vars(base).get(node.attr, NOTHING)
        providers = getattr(base, "providers", None) if isinstance(base, type) or is_container(base) else None
        if isinstance(providers, Mapping) and node.attr in providers:
            self.providers.add(node.attr)
            return providers[node.attr]
        return inspect.getattr_static(base, node.attr, NOTHING) if isinstance(base, type) else NOTHING


def _own_container(found: Any) -> Any:
    """Return the container that *found* stands for where it is the provider of one, else *found* itself."""
    room = sys.modules.get("tenure.providers.container")  # without it there is none
    return found.container if room is not None and isinstance(found, room.Container) else found


def _imported_in(tree: ast.Module, module: ModuleType) -> dict[str, Any]:
    """Return what imports anywhere in *tree*, also inside of functions, bind names to, as far as it is imported."""
    package = getattr(module, "__package__", None) or ""
    found: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = sys.modules.get(".".join([*above, *([node.module] if node.module else [])]))
            for each in node.names if source is not None else ():
                found[each.asname or each.name] = vars(source).get(each.name, NOTHING)
    return found


class _Reader(ast.NodeVisitor):
    """Goes through a tree."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.found: list[Any] = []
        self._depth = 0

    def visit_Name(self, node: ast.Name) -> None:
        self._name(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if not self._name(node) and not isinstance(node.value, ast.Name):
            self.visit(node.value)

    def _name(self, node: ast.expr) -> bool:
        found = self._names.of(node)
        if found is not NOTHING:
            self.found.append(found)
        return found is not NOTHING

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if not isinstance(self._names.of(node.func), type):  # it would be made there, by hand
            self.visit(node.func)
        if called not in _BINDING:
            for each in (*node.args, *(keyword.value for keyword in node.keywords)):
                self._text(each)
                self.visit(each)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        if isinstance(node.ctx, ast.Load):  # else `container[Key] = value`, which binds
            self._text(node.slice)
            self.visit(node.slice)

    def _text(self, node: ast.expr) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.found.append(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for each in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(each)
        if self._depth == 0:  # a main, whose parameters are injected
            for parameter in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                if parameter.annotation is not None:
                    self.visit(_read_text(parameter.annotation))
        self._within(node.body)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name that `ast.NodeVisitor` calls

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for each in node.decorator_list:
            self.visit(each)
        self._within(node.body)

    def _within(self, body: list[ast.stmt]) -> None:
        self._depth += 1
        for each in body:
            self.visit(each)
        self._depth -= 1

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        for each in (*node.patterns, *node.kwd_patterns):
            self.visit(each)


def _read_text(annotation: ast.expr) -> ast.expr:
    """Return *annotation*, read where it is a text."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return annotation
    return annotation
