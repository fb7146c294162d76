"""aiogram: a container that starts and stops with the dispatcher, a scope per update."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, get_args

from tenure.container import Container
from tenure.errors import BindingError
from tenure.hosting.life import Hosting, declare, hosting
from tenure.hosting.scoped import called, note
from tenure.hosting.under_way import UnderWay
from tenure.injection import Inject, inject
from tenure.keys import show
from tenure.model.bounds import check_seconds
from tenure.runner.around import inside

if TYPE_CHECKING:
    from aiogram import Dispatcher

__all__ = ["Inject", "inject", "setup"]

_PASSED = frozenset(
    {
        *("bot", "bots", "dispatcher", "router", "handler", "state", "raw_state", "fsm_storage"),
        *("event_chat", "event_context", "event_from_user", "event_router", "event_thread_id", "event_update"),
    }
)
"""The names under which aiogram passes arguments, whatever it is told."""


def setup(
    dispatcher: "Dispatcher",
    container: Container,
    *,
    scope: str = "request",
    handlers: Iterable[Any] = (),
    grace: float | None = 10.0,
) -> None:
    """
    Let *dispatcher* run on *container*: call it when routers, handlers and middlewares are there.

    It is started before the startup handlers, and closed behind the shutdown handlers and the last update, for polling
    and for webhooks. Each update has a scope, around all middlewares and error handlers; in it `Update` and `Bot` are
    given, and the event itself, of the types that there are handlers for: `Message`, `CallbackQuery` ... What a handler
    raises is shown to the resources, also where an error handler has an answer for it.

    Args:
        dispatcher: one that does not run yet.
        container: left alone if somebody else has started it.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides handlers and filters, to be checked at the start.
        grace: seconds, > 0, that updates under way have to end when the dispatcher stops, before they are cancelled;
            None: as long as they take.

    Raises:
        BindingError: *container* is no type-driven container; or `setup` was called for *dispatcher* before; or *grace*
            is not positive.
        ScopeError: it knows no scope of that name.

    Raises at the start of *dispatcher*:
        GraphError: a handler asks for something that is not bound, or the container is wrong in itself; nothing was
            opened.
        BindingError: a handler is marked with `Inject`, and is not under `@inject`; or an injected parameter has a name
            under which aiogram passes something, such as `state`.
    """
    from aiogram import Bot  # noqa: PLC0415 - loads the framework only with it
    from aiogram.types import Update  # noqa: PLC0415 - as above

    host, told, running = hosting(container), tuple(handlers), _Running(grace)
    middlewares = dispatcher.update.outer_middleware
    if any(hasattr(each, "__tenure_container__") for each in middlewares):
        raise BindingError("this dispatcher has a container already: call setup(dispatcher, container) once for each")
    events = _event_types(dispatcher)
    declare(container, (Update, Bot, *events.values()), scope)

    async def around(handler: Any, update: Any, data: dict[str, Any]) -> Any:
        values = {Update: update, Bot: data["bot"], **_event(events, update)}
        with running:
            return await called(container, scope, values, lambda: handler(update, data))

    vars(around)["__tenure_container__"] = container
    middlewares._middlewares.insert(0, around)  # noqa: SLF001 - what aiogram adds last stands inside of error handlers
    middlewares(_noting)
    _live_with(dispatcher, container, host, running, lambda: [*_functions(dispatcher), *told])


async def _noting(handler: Any, update: Any, data: dict[str, Any]) -> Any:
    """Stand inside what answers for errors, and note them."""
    try:
        return await handler(update, data)
    except BaseException as error:
        note(error)
        raise


def _event_types(dispatcher: Any) -> dict[str, type[Any]]:
    """Return the class of what an update is about, by the name of its kind, for those that have handlers."""
    from aiogram.types import TelegramObject, Update  # noqa: PLC0415 - loads the framework only with it

    found = {}
    for name in dispatcher.resolve_used_update_types():
        for each in get_args(Update.model_fields[name].annotation):
            if isinstance(each, type) and issubclass(each, TelegramObject):
                found[name] = each
    return found


def _event(events: Mapping[str, type[Any]], update: Any) -> Mapping[Any, Any]:
    return {kind: event for name, kind in events.items() if (event := getattr(update, name)) is not None}


class _Running(UnderWay):
    """The updates under way, with their tasks."""

    def __init__(self, grace: float | None) -> None:
        super().__init__()
        check_seconds("grace", grace)
        self._grace = grace
        self._tasks: set[asyncio.Task[Any]] = set()

    def __enter__(self) -> None:
        super().__enter__()
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Wait until they have ended; cancel those that do not."""
        await self.wait(self._grace)
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()
        await self.wait()


def _functions(dispatcher: Any) -> Iterator[Any]:
    """
    Give the functions that *dispatcher* and its routers call.

    Raises:
        BindingError: a parameter would get something of aiogram's, which passes arguments by name.
    """
    for router in dispatcher.chain_tail:
        observers = [router.startup, router.shutdown, *router.observers.values()]
        for handler in (handler for observer in observers for handler in observer.handlers):
            for each in (handler, *(getattr(handler, "filters", None) or ())):
                _refuse_taken(each.callback, _PASSED | dispatcher.workflow_data.keys())
                yield each.callback


def _refuse_taken(function: Any, taken: AbstractSet[str]) -> None:
    """aiogram looks at the function inside of `@inject`, and passes what it has under the names of its parameters."""
    from aiogram import Bot  # noqa: PLC0415 - loads the framework only with it

    injected = getattr(function, "__tenure_injected__", None)
    for need in injected.needs if injected is not None else ():
        if need.name in taken and need.key is not Bot:
            raise BindingError(
                f"parameter {need.name!r} of {show(function)} would get what aiogram passes under that name; "
                "call it something else"
            )


def _live_with(
    dispatcher: Any, container: Container, host: Hosting, running: _Running, handlers: Callable[[], Iterable[Any]]
) -> None:
    """Put the life of the container around what polling and webhooks call at their start and stop."""
    own_startup, own_shutdown = dispatcher.emit_startup, dispatcher.emit_shutdown
    n_starts = 0
    host.know(handlers)

    async def emit_startup(*args: Any, **options: Any) -> None:
        nonlocal n_starts
        await host.begin(handlers())
        try:
            with inside(container):
                await own_startup(*args, **options)
        except BaseException as error:
            await host.end(error)
            raise
        n_starts += 1

    async def emit_shutdown(*args: Any, **options: Any) -> None:
        nonlocal n_starts
        n_runs, n_starts = n_starts, 0
        try:
            try:
                await running.end()
            finally:
                with inside(container):
                    await own_shutdown(*args, **options)
        finally:
            for _ in range(n_runs):
                await host.end(None)

    dispatcher.emit_startup, dispatcher.emit_shutdown = emit_startup, emit_shutdown
