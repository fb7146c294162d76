"""
Jupyter and IPython: a container for a notebook, closed at the end of its kernel, and `%%scope` around a cell.

`%load_ext tenure.ext.jupyter` brings both magics.
"""

import ast
import asyncio
import atexit
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.errors import BindingError, ScopeError
from tenure.hosting.handlers import expect_handlers
from tenure.hosting.life import hosting
from tenure.injection import Inject, inject
from tenure.resource_scope import ResourceScope
from tenure.runtime.scope import current, current_of

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["Inject", "inject", "load_ipython_extension", "setup", "unload_ipython_extension"]

_SCOPE = "__tenure_scope__"
_SHOW = "__tenure_show__"


def setup(
    app: "InteractiveShell", container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()
) -> None:
    """
    Let the cells of *app* run on *container*, as `%tenure container` does.

    Functions under `@inject` that name no container are served by it, and cells under `%%scope` run in its scopes.
    `await container.start()` in a cell opens what lives as long as it; `await container.aclose()` closes it, and so
    does the end of the kernel. A cell may be run again: another container takes the place of one before, which is
    closed at the end, or by hand.

    Args:
        app: what `get_ipython()` returns.
        container: the container.
        scope: name of the scopes that `%%scope` opens where it names none.
        handlers: functions under `@inject`, to be told to `container.check()`.

    Raises:
        BindingError: *container* is no type-driven container; or *app* is no shell of IPython; or one of *handlers* is
            marked with `Inject`, and is not under `@inject`.
        ScopeError: the container knows no scope of that name.
    """
    if not hasattr(app, "input_transformers_cleanup"):
        raise BindingError(f"setup takes the shell of IPython, get_ipython(), not {app!r}")
    hosting(container)  # looks whether it is a container
    if scope not in container.engine.ladder:
        raise ScopeError(f"no scope is called {scope!r}; name it in Container(scopes=(...))")
    expect_handlers(container, handlers)
    notebook = _notebook_of(app)
    notebook.use(container, scope)


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Bring `%tenure` and `%%scope` to *shell*; called by `%load_ext tenure.ext.jupyter`."""
    _notebook_of(shell)


def unload_ipython_extension(shell: "InteractiveShell") -> None:
    """Take them away; what was set up is still closed at the end."""
    notebook: Notebook | None = vars(shell).pop("tenure_notebook", None)
    if notebook is not None:
        notebook.leave()


def _notebook_of(shell: Any) -> "Notebook":
    found: Notebook | None = getattr(shell, "tenure_notebook", None)
    if found is None:
        found = Notebook(shell)
        vars(shell)["tenure_notebook"] = found
    return found


class Notebook:
    """
    What a shell of IPython has of Tenure.

    Args:
        shell: the shell.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._container: Container | None = None
        self._scope = ""
        self._owed: dict[Container, Any] = {}
        self._moving = _Moving()
        shell.input_transformers_cleanup.append(_marked)
        shell.ast_transformers.append(self._moving)
        shell.events.register("pre_run_cell", self._before_cell)
        shell.register_magic_function(self._set_up, "line", "tenure")
        self._before_cell(None)

    def leave(self) -> None:
        """Take everything away from the shell."""
        shell = self._shell
        shell.input_transformers_cleanup.remove(_marked)
        shell.ast_transformers.remove(self._moving)
        shell.events.unregister("pre_run_cell", self._before_cell)
        shell.magics_manager.magics["line"].pop("tenure", None)
        for name in (_SCOPE, _SHOW):
            shell.user_ns.pop(name, None)

    def use(self, container: Container, scope: str) -> None:
        """Serve the cells from *container*, and owe its end."""
        self._container, self._scope = container, scope
        if container not in self._owed:
            self._owed[container] = _loop()
            atexit.register(self._close, container)
        current.set(container.engine.root)

    def _set_up(self, line: str) -> None:
        """`%tenure CONTAINER`: let the cells run on it; `CONTAINER` is an expression."""
        setup(self._shell, self._shell.ev(line.strip() or "container"))

    def _before_cell(self, info: Any) -> None:
        """Let the names of a cell be there, and the container be current: a cell may have a context of its own."""
        self._shell.user_ns.update({_SCOPE: self._open_scope, _SHOW: _show})
        self._shell.user_ns_hidden.update({_SCOPE: None, _SHOW: None})  # `%whos` shows what is the user's
        if self._container is not None and current_of(engine := self._container.engine) is engine.root:
            current.set(engine.root)

    def _open_scope(self, name: str = "") -> ResourceScope:
        """Return the scope around a cell."""
        if self._container is None:
            raise ScopeError("%%scope opens a scope of a container: say which one, by `%tenure container`")
        return self._container.resource_scope(name or self._scope)

    def _close(self, container: Container) -> None:
        """Close *container* at the end of the process, on the loop that its resources were opened on."""
        loop = self._owed.pop(container)
        if not loop.is_closed() and not loop.is_running():  # else what can still be closed is closed without it
            loop.run_until_complete(container.aclose())


def _loop() -> asyncio.AbstractEventLoop:
    """Return the loop that cells run on: the running one of a kernel, or that of IPython in a terminal."""
    from IPython.core import async_helpers  # noqa: PLC0415 - loads the framework only with it

    helpers: Any = async_helpers  # without types
    loop: asyncio.AbstractEventLoop = helpers.get_asyncio_loop()
    return loop


def _show(value: Any) -> None:
    sys.displayhook(value)


def _marked(lines: list[str]) -> list[str]:
    """Make `%%scope NAME` a line of Python that shows that the cell awaits; its lines keep their numbers."""
    for at, line in enumerate(lines):
        words = line.split()
        if words[:1] == ["%%scope"] and len(words) <= 2:
            name = words[1] if len(words) == 2 else ""
            return [*lines[:at], f"async with {_SCOPE}({name!r}): pass\n", *lines[at + 1 :]]
        if words:
            break
    return lines


class _Moving(ast.NodeTransformer):
    """Moves what stands behind the mark into the scope, where the value of a last expression is shown, too."""

    def visit_Module(self, node: ast.Module) -> ast.Module:
        """Look at a cell."""
        around = node.body[0] if node.body else None
        if not isinstance(around, ast.AsyncWith) or not _is_mark(around):
            return node
        body = node.body[1:]
        if body and isinstance(last := body[-1], ast.Expr):
            shown = ast.Expr(ast.Call(ast.Name(_SHOW, ast.Load()), [last.value], []))
            body[-1] = ast.copy_location(shown, last)
        around.body = body or around.body
        node.body = [around]
        return ast.fix_missing_locations(node)


def _is_mark(node: ast.AsyncWith) -> bool:
    call = node.items[0].context_expr
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == _SCOPE
