"""Click and Typer: a container and a scope around each command, which may be a coroutine function."""

import asyncio
import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tenure.container import Container
from tenure.hosting.life import declare, hosting
from tenure.injection import Inject, inject

__all__ = ["Inject", "inject", "setup"]


def setup(app: Any, container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()) -> None:
    """
    Let the commands of *app* run on *container*: call it when they are there.

    Each command starts the container and closes it, with a scope between, in which Click's `Context` is given; Typer's
    is a parameter of the command, as ever. What the command raises is shown to the resources, save an exit with status
    0. A command that is a coroutine function runs on an event loop of asyncio, which Click and Typer do not do by
    themselves.

    Args:
        app: a command or group of Click, or a `typer.Typer`.
        container: one that nobody else has entered.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides the commands.

    Raises:
        GraphError: a command asks for something that is not bound, or the container is wrong in itself.
        BindingError: *container* is no type-driven container; or a command is marked with `Inject`, and is not under
            `@inject`.
        ScopeError: the container knows no scope of that name.
        TypeError: *app* is something else.
    """
    host = hosting(container)
    is_typer = hasattr(app, "registered_commands")
    values = _no_values if is_typer else _context  # Typer has a Click of its own, which it does not show
    if not is_typer:
        declare(container, _context_class(), scope)
    commands = [each for each in _commands(app) if each.callback is not None]
    host.check([*(each.callback for each in commands), *handlers])
    for command in commands:
        command.callback = _run_on(container, scope, command.callback, values)


def _commands(app: Any) -> Iterator[Any]:
    """Give what has a `callback`: the commands of *app*, and of the groups in it."""
    if hasattr(app, "registered_commands"):  # Typer makes commands of these whenever it runs
        yield from app.registered_commands
        for group in app.registered_groups:
            yield from _commands(group.typer_instance)
    elif isinstance(commands := getattr(app, "commands", None), dict):
        for command in commands.values():
            yield from _commands(command)
    elif hasattr(app, "callback"):
        yield app
    else:
        raise TypeError(f"setup takes a command or group of Click, or a Typer, not {app!r}")


def _context_class() -> tuple[Any, ...]:
    from click import Context  # noqa: PLC0415 - loads the framework only with it

    return (Context,)


def _context() -> dict[Any, Any]:
    from click import Context, get_current_context  # noqa: PLC0415 - as above

    return {Context: get_current_context()}


def _no_values() -> dict[Any, Any]:
    return {}


def _run_on(container: Container, scope: str, callback: Any, values: Callable[[], dict[Any, Any]]) -> Any:
    """Return *callback*, with the container and a scope around each call, which is given *values*."""

    async def arun(arguments: dict[str, Any]) -> Any:
        ended: list[BaseException] = []
        async with container, container.resource_scope(scope, values=values()):
            try:
                return await callback(**arguments)
            except BaseException as error:
                if not _ends_well(error):
                    raise
                ended.append(error)
        if ended:  # else a resource has swallowed what the command raised
            raise ended[0]
        return None

    def run(arguments: dict[str, Any]) -> Any:
        ended: list[BaseException] = []
        with container, container.resource_scope(scope, values=values()):
            try:
                return callback(**arguments)
            except BaseException as error:
                if not _ends_well(error):
                    raise
                ended.append(error)
        if ended:  # else a resource has swallowed what the command raised
            raise ended[0]
        return None

    @functools.wraps(callback)
    def command(**arguments: Any) -> Any:
        return asyncio.run(arun(arguments)) if inspect.iscoroutinefunction(callback) else run(arguments)

    return command


def _ends_well(error: BaseException) -> bool:
    """Tell whether *error* is an exit with status 0, of Python's, Click's or Typer's."""
    if isinstance(error, SystemExit):
        return error.code in (None, 0)
    return type(error).__name__ == "Exit" and getattr(error, "exit_code", None) == 0
