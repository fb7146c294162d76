"""`run` and `run_and_exit`."""

import functools
import signal
import sys
from collections.abc import Callable, Iterable
from inspect import isasyncgenfunction, isawaitable, iscoroutine, iscoroutinefunction, isgeneratorfunction, unwrap
from typing import Any, NoReturn

from tenure.errors import BindingError
from tenure.keys import show
from tenure.runner.asynchronous import AsyncRun
from tenure.runner.inspecting import Inspect, inspected
from tenure.runner.loops import refuse_nested
from tenure.runner.options import Backend, OnSecondSignal, Runnable, check_container, options
from tenure.runner.signals import EXIT_BASE
from tenure.runner.synchronous import SyncRun
from tenure.runner.verdict import exit_status


def run(
    container: Runnable,
    main: Callable[..., Any] | None = None,
    /,
    *args: Any,
    backend: Backend | None = None,
    drain_timeout: float | None = 10.0,
    on_second_signal: OnSecondSignal = "abort",
    signals: Iterable[int] | None = None,
    inspect: Inspect = None,
) -> Any:
    """
    Run a program inside *container*: open its resources, call *main*, close everything, whatever happens.

    A signal asks to stop. `tenure.stopping()`, or a parameter annotated `Stop`, says so to code that can end by
    itself. Scopes that were open then have *drain_timeout* to end, and so has a main that asked for the stop; what is
    left of main is cancelled (asynchronous) or interrupted by an exception (synchronous). Then everything closes, in
    order. A signal during the start ends the start, and what was opened is closed again.

    Args:
        container: a container of either face; it is started here and closed here.
        main: a function whose parameters the container fills in, by their annotations; asynchronous, it runs on an
            event loop, else on this thread. None: a service made of workers, which ends when it is told to.
        args: what *main* gets for its first parameters.
        backend: "asyncio", "uvloop" or "trio"; None: asyncio for an asynchronous main and for none.
        drain_timeout: seconds, > 0, between the wish to stop and the interruption of main; None: no limit.
        on_second_signal: "abort": the second signal ends the process at once with 128 plus its number, and tells on
            stderr what was not closed; "finish": the second is ignored, and only the third does so.
        signals: those that ask to stop; None: SIGINT, SIGTERM, SIGHUP and SIGBREAK, where they exist. One that the
            process ignores stays ignored.
        inspect: whether `tenure top` of the same user may look at the container while it runs (docs/command-line.md):
            True, or where to make the socket; None: what the environment variable TENURE_INSPECT says, which is the
            same, "1" for True; unset, it is off.

    Returns:
        What *main* returned; None where it was interrupted because code asked to stop, or where there is no main.

    Raises:
        NestedRunError: an event loop runs in this thread already.
        BindingError: an argument is out of its bounds.
        OSError: the socket for *inspect* cannot be made; nothing was opened.
        KeyboardInterrupt: SIGINT interrupted main or the start; everything is closed.
        SystemExit: another signal did, with 128 plus its number; everything is closed.
        BaseException: what the start, *main*, a worker or the closing raised.
    """
    check_container(container)
    if main is not None and not callable(main):
        hint = "; give the function, not what calling it gives" if isawaitable(main) else ""
        _discard(main)
        raise BindingError(f"run takes a function as main, not {main!r}{hint}")
    if isgeneratorfunction(main) or isasyncgenfunction(main):
        raise BindingError(
            f"run takes a function as main, and {show(main)} is a generator function, of which a call runs nothing; "
            "bind it, and give a function that needs what it yields"
        )
    chosen = options(drain_timeout, on_second_signal, signals)
    refuse_nested()
    with inspected(container, inspect):
        if backend is None and main is not None and not _is_async(main):
            return SyncRun(container, main, args, chosen).run()
        return AsyncRun(container, main, args, chosen).run(backend or "asyncio")


def run_and_exit(
    container: Runnable,
    main: Callable[..., Any] | None = None,
    /,
    *args: Any,
    backend: Backend | None = None,
    drain_timeout: float | None = 10.0,
    on_second_signal: OnSecondSignal = "abort",
    signals: Iterable[int] | None = None,
    inspect: Inspect = None,
) -> NoReturn:
    """
    Do as `run` and leave the program with its exit status; takes what `run` takes.

    Raises:
        SystemExit: with the whole number that *main* returned, else 0; 130 after Ctrl-C, without a traceback.
        BaseException: what `run` raises otherwise; Python shows it and exits with 1.
    """
    try:
        result = run(
            container, main, *args, backend=backend, drain_timeout=drain_timeout, on_second_signal=on_second_signal,
            signals=signals, inspect=inspect,
        )  # fmt: skip
    except KeyboardInterrupt:
        sys.exit(EXIT_BASE + signal.SIGINT)
    sys.exit(exit_status(result))


def _is_async(main: Any) -> bool:
    while isinstance(main, functools.partial):
        main = main.func
    inner = unwrap(main)
    return iscoroutinefunction(inner) or iscoroutinefunction(vars(type(inner)).get("__call__"))


def _discard(main: Any) -> None:
    if iscoroutine(main):
        main.close()  # a coroutine that will never run says so otherwise
