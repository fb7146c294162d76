"""
Small changes of Python source, one at a time, each of which ought to be a bug.

Text is spliced, never printed from a tree: a mutant differs from the source in one place and nothing else.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_OPPOSITES: dict[type[ast.cmpop], str] = {
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
}
_DROPPED = (ast.Expr, ast.AugAssign, ast.Raise, ast.Delete, ast.Continue)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the text from *start* to *end* (offsets in the source) becomes *new*."""

    line: int
    start: int
    end: int
    old: str
    new: str

    def apply(self, source: str) -> str:
        """Return *source* with the change."""
        return source[: self.start] + self.new + source[self.end :]


def mutants(source: str) -> list[Mutant]:
    """Return every change of *source* that still compiles, in order of place."""
    text = _Text(source)
    tree = ast.parse(source)
    found = {mutant for node in _code(tree) for mutant in _of(node, text) if mutant.old != mutant.new}
    return sorted((each for each in found if _compiles(each.apply(source))), key=lambda each: (each.start, each.new))


class _Text:
    def __init__(self, source: str) -> None:
        self.source = source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._lines = source.splitlines(keepends=True)

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a place that the tree tells: lines from 1, columns in bytes."""
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def of(self, node: ast.expr | ast.stmt) -> str:
        start, end = self.span(node)
        return self.source[start:end]

    def instead(self, node: ast.expr | ast.stmt, new: str) -> Mutant:
        start, end = self.span(node)
        return Mutant(node.lineno, start, end, self.source[start:end], new)

    def between(self, left: ast.expr, right: ast.expr, new: str) -> Mutant:
        """Replace the operator that stands between two operands."""
        start, end = self.span(left)[1], self.span(right)[0]
        gap = self.source[start:end]
        operator = gap.strip("() \n\\")
        at = start + gap.index(operator)
        return Mutant(left.lineno, at, at + len(operator), operator, new)


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """Give every node that runs: no annotations, no docstrings, no declarations of types."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_declaration(child):
                yield child
                yield from _code(child)


def _is_declaration(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign):
        return any(isinstance(each, ast.Name) and each.id == "__slots__" for each in node.targets)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.AnnAssign) and getattr(node, "value", None) is None


def _of(node: ast.AST, text: _Text) -> Iterator[Mutant]:
    if isinstance(node, ast.stmt):
        yield from _of_statement(node, text)
    elif isinstance(node, ast.expr):
        yield from _of_expression(node, text)
    elif isinstance(node, ast.ExceptHandler) and node.type is not None and text.of(node.type) == "BaseException":
        yield text.instead(node.type, "Exception")
    elif isinstance(node, ast.comprehension):
        for condition in node.ifs:
            yield from _negated(condition, text)


def _negated(condition: ast.expr, text: _Text) -> Iterator[Mutant]:
    """The opposite of *condition*, unless a change of the condition itself is just that."""
    is_single = isinstance(condition, ast.Compare) and len(condition.ops) == 1
    if not is_single and not isinstance(condition, ast.UnaryOp):
        yield text.instead(condition, f"(not ({text.of(condition)}))")


def _of_statement(node: ast.stmt, text: _Text) -> Iterator[Mutant]:
    if isinstance(node, _DROPPED) or (isinstance(node, ast.Assign) and _is_lasting(node.targets[0])):
        yield text.instead(node, "pass")
    elif isinstance(node, ast.Return) and node.value is not None:
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield text.instead(node, "return None")
    elif isinstance(node, ast.Return):
        yield text.instead(node, "pass")
    elif isinstance(node, ast.If | ast.While):
        yield from _negated(node.test, text)
    elif isinstance(node, ast.For):
        yield text.instead(node.iter, "()")
    elif isinstance(node, ast.With):
        yield from _of_with(node, text)


def _is_lasting(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute | ast.Subscript)


def _of_with(node: ast.With, text: _Text) -> Iterator[Mutant]:
    """A block without its lock or shield."""
    if all(item.optional_vars is None for item in node.items):
        start, end = text.offset(node.lineno, node.col_offset), text.span(node.items[-1].context_expr)[1]
        yield Mutant(node.lineno, start, end, text.source[start:end], "if True")


def _of_expression(node: ast.expr, text: _Text) -> Iterator[Mutant]:
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for number, operator in enumerate(node.ops):
            yield text.between(operands[number], operands[number + 1], _OPPOSITES[type(operator)])
    elif isinstance(node, ast.BoolOp):
        yield from _of_bool(node, text)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield text.instead(node, f"({text.of(node.operand)})")
    elif isinstance(node, ast.IfExp):
        yield from _negated(node.test, text)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int):
        new = not node.value if isinstance(node.value, bool) else node.value + 1
        yield text.instead(node, repr(new))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield text.between(node.left, node.right, "-" if isinstance(node.op, ast.Add) else "+")
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("reversed", "sorted"):
        yield (
            text.instead(node.func, "list")
            if len(node.args) == 1 and not node.keywords
            else text.instead(node, f"list({text.of(node.args[0])})")
        )


def _of_bool(node: ast.BoolOp, text: _Text) -> Iterator[Mutant]:
    for dropped in range(len(node.values)):
        kept = [text.of(each) for number, each in enumerate(node.values) if number != dropped]
        word = " and " if isinstance(node.op, ast.And) else " or "
        yield text.instead(node, f"({word.join(kept)})")


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
