"""Whether what follows the yield of a generator function runs when the body fails: read from its source."""

import ast
import inspect
import textwrap
from typing import Any


def unprotected_yield(function: Any) -> int | None:
    """
    Return the line, from 1, of a yield in the generator function *function* that code follows unprotected, or None.

    None as well where the source cannot be read.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError, TypeError):
        return None
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    return _unprotected_in(definition.body, following=False)


def _unprotected_in(body: list[ast.stmt], *, following: bool) -> int | None:
    """*following*: whether unprotected code comes after this block."""
    for number, statement in enumerate(body):
        after = following or number + 1 < len(body)
        found: int | None = None
        if isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Yield):
            found = statement.lineno if after else None
        elif isinstance(statement, ast.Try | ast.With | ast.AsyncWith):
            continue  # protected, or at least looked after
        elif isinstance(statement, ast.If):
            found = _unprotected_in(statement.body, following=after) or _unprotected_in(
                statement.orelse, following=after
            )
        if found is not None:
            return found
    return None
