"""References to containers: what travels, what is found at the other end, and whose it is."""

import asyncio
import inspect
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import cloudpickle
import pytest
import workers_app as app

import tenure
from tenure import Container, ContainerRef, Inject, resource
from tenure.away import process as ref_process
from tenure.errors import (
    AsyncInSyncError,
    BindingError,
    CloseError,
    ContainerClosedError,
    ContainerRefError,
    GraphError,
    ScopeError,
)

BY_NAME = [
    ("workers_app:container", lambda: app.container),
    ("workers_app:Namespace.container", lambda: app.Namespace.container),
]
MAKERS = [app.make, app.Declared, app.partly, "workers_app:make", "workers_app:Declared"]


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    """Give what the processes have written, without the numbers of the processes; each test begins with nothing."""
    path = tmp_path / "log"
    path.touch()
    monkeypatch.setenv(app.LOG, str(path))
    yield lambda: [line.partition(" ")[2] for line in path.read_text().splitlines()]
    for here in list(ref_process._heres.values()):
        here.close()
    ref_process._heres.clear()


def test_it_is_found_by_the_face():
    """`tenure.ContainerRef` is the one."""
    from tenure.away.ref import ContainerRef as found

    assert tenure.ContainerRef is found


# what it refers to


@pytest.mark.parametrize(("target", "expected"), BY_NAME)
def test_a_container_by_name(target, expected):
    """It is the very object."""
    assert ContainerRef(target).container is expected()


@pytest.mark.parametrize("target", MAKERS, ids=str)
def test_what_makes_a_container(target):
    """It is called once in a process, for all references that are equal."""
    made = ContainerRef(target).container

    assert isinstance(made, Container | app.Declared)
    assert ContainerRef(target).container is made


def test_a_function_and_its_name_are_the_same():
    """One container serves both."""
    assert ContainerRef(app.make) == ContainerRef("workers_app:make")
    assert hash(ContainerRef(app.make)) == hash(ContainerRef("workers_app:make"))
    assert ContainerRef(app.make) != ContainerRef(app.make_async)
    assert ContainerRef(app.make) != "workers_app:make"


@pytest.mark.parametrize("target", [*MAKERS, *(target for target, _ in BY_NAME)], ids=str)
@pytest.mark.parametrize("module", [pickle, cloudpickle])
def test_it_travels(module, target):
    """What arrives is equal, and leads to the same container."""
    ref = ContainerRef(target)
    arrived = module.loads(module.dumps(ref))

    assert arrived == ref
    assert arrived.container is ref.container


def test_repr():
    """It says where the container is."""
    assert repr(app.ref) == "ContainerRef('workers_app:make')"
    assert repr(ContainerRef(app.make)) == "ContainerRef('workers_app:make')"
    assert repr(ContainerRef(app.partly)).startswith("ContainerRef(functools.partial(<function make")


def test_threads_share_one():
    """However many ask at the same time."""
    made = []
    ready = threading.Barrier(4)

    def make():
        made.append(1)
        return Container()

    app.made_by_threads = make
    make.__module__, make.__qualname__ = "workers_app", "made_by_threads"
    ref = ContainerRef(make)

    def ask(_):
        ready.wait()
        return ref.container

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(ask, range(4)))

    assert len(made) == 1
    assert len(set(map(id, found))) == 1


# what is wrong with it


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("container", r"'container' does not lead to a container: say it as 'package\.module:name'"),
        ("a:b:c", "say it as"),
        (7, "say it as .* or give a function"),
        (app.container, "a container stays in its process"),
        (lambda: Container(), "a lambda cannot be found by name"),
        (threading.Lock().acquire, "cannot be found by name"),
    ],
)
def test_what_could_not_be_found_elsewhere(target, text):
    """It is refused where it is made, not where it would have been followed."""
    with pytest.raises(ContainerRefError, match=text):
        ContainerRef(target)


def test_a_function_inside_another_one():
    """It has no name in another process."""

    def make():
        return Container()

    with pytest.raises(ContainerRefError, match="a function inside another one cannot be found by name"):
        ContainerRef(make)


def test_a_name_that_is_something_else_by_now():
    """Another process would find that."""

    def make():
        return Container()

    make.__module__, make.__qualname__ = "workers_app", "number"
    with pytest.raises(ContainerRefError, match="something else has that name"):
        ContainerRef(make)


def test_a_callable_that_cannot_be_pickled():
    """Its error is told."""

    class Maker:
        def __call__(self):
            return Container()

    with pytest.raises(ContainerRefError, match="cannot be pickled"):
        ContainerRef(Maker())


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("nosuch.module:container", "there is no module 'nosuch' on the path"),
        ("tenure.nosuch:container", "there is no module 'tenure.nosuch' in the package 'tenure'"),
        ("worker_app:make", "did you mean 'workers_app'?"),
        ("tenure.contaner:x", "did you mean 'tenure.container'?"),
        ("workers_app:contaner", "has no 'contaner'; did you mean 'container'?"),
        ("workers_app:Namespace.other", "'Namespace' has no 'other'; containers there: container"),
        ("workers_app:number", "an object of int, neither .* did you mean 'workers_app:Declared' or"),
        ("workers_app:Settings", "the class Settings, neither a container nor a function"),
        ("workers_app:note", None),
        ("workers_app:make_late", "a coroutine function; a plain function makes"),
        ("os:getpid", "calling it gave an object of int, which is no container"),
    ],
)
def test_what_leads_nowhere(target, text):
    """The text says what there is instead."""
    with pytest.raises(TypeError if text is None else ContainerRefError, match=text):
        _ = ContainerRef(target).container


def test_a_module_that_fails(tmp_path, monkeypatch):
    """Its own error passes, with a note that says who wanted it."""
    (tmp_path / "failing_wiring.py").write_text("import nosuch_dependency\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="nosuch_dependency") as caught:
        _ = ContainerRef("failing_wiring:container").container

    assert caught.value.__notes__ == ["while importing failing_wiring, for ContainerRef('failing_wiring:container')"]


def test_a_module_that_asks_for_its_own_container(tmp_path, monkeypatch):
    """It is not there yet."""
    (tmp_path / "early_wiring.py").write_text(
        "import tenure\nref = tenure.ContainerRef('early_wiring:container')\nref.container\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ContainerRefError, match="no 'container' yet, for it is just being imported"):
        import early_wiring  # noqa: F401


def test_a_function_that_asks_for_what_it_makes(monkeypatch):
    """It does not wait for itself."""
    monkeypatch.setattr(app, "looped", lambda: ContainerRef("workers_app:looped").container, raising=False)
    with pytest.raises(ContainerRefError, match="asks for it while it is being made"):
        _ = ContainerRef("workers_app:looped").container


# starting and closing


def test_start_and_close(log):
    """Once each, however often it is said; then again."""
    for _ in range(2):
        app.ref.start_sync()
    assert app.ref.describe().open == ("Database",)
    for _ in range(2):
        app.ref.close()
    app.ref.start_sync()
    app.ref.close()

    assert log() == ["database opened", "database closed"] * 2
    assert app.ref.describe().open == ()


@pytest.mark.parametrize("ref", [app.ref, app.aref, app.declared, ContainerRef(app.DeclaredAsync)], ids=repr)
def test_start_and_close_on_a_loop(ref, log):
    """The same."""

    async def main():
        await ref.start()
        assert ref.describe().is_started
        await ref.aclose()

    asyncio.run(main())
    assert log() == ["database opened", "database closed"]


def test_started_by_several_tasks_at_once(log):
    """It is started once."""

    async def main():
        await asyncio.gather(*(app.aref.start() for _ in range(3)))
        facts = app.aref.describe()
        await app.aref.aclose()
        return facts

    assert asyncio.run(main()).n_starts == 1
    assert log() == ["database opened", "database closed"]


@pytest.mark.anyio
@pytest.mark.parametrize("ref", [app.ref, app.aref], ids=repr)
async def test_on_any_loop(ref, log):
    """Trio as well; plain functions take what is open."""
    await ref.start()
    assert ref.describe().open == ("Database",)
    assert (await app.awaited(6, 3))[0] == 2
    await ref.aclose()
    await app.aref.aclose()

    assert log().count("database opened") == log().count("database closed")


def test_a_close_that_fails(monkeypatch):
    """It is told, and everything is closed all the same."""

    def failing():
        yield app.Settings()
        raise OSError("disk")

    def make():
        made = app.make(is_async=True)
        made.bind(app.Settings, failing, scope="singleton")
        return made

    monkeypatch.setattr(app, "badly_closing", make, raising=False)
    ref, n_before = ContainerRef("workers_app:badly_closing"), threading.active_count()
    ref.start_sync()
    with pytest.raises(CloseError):
        ref.close()

    assert (ref.describe().n_closes, ref.describe().open) == (1, ())
    assert threading.active_count() == n_before


def test_a_close_on_the_loop_itself(log):
    """It has to be awaited, and says so; nothing was closed."""

    async def main():
        await app.aref.start()
        with pytest.raises(AsyncInSyncError):
            app.aref.close()
        assert log() == ["database opened"]
        await app.aref.aclose()

    asyncio.run(main())
    assert log() == ["database opened", "database closed"]
    assert app.aref.describe().n_closes == 1


@pytest.mark.parametrize("ref", [app.aref, ContainerRef(app.DeclaredAsync)], ids=repr)
def test_asynchronous_resources_without_a_loop(ref, log):
    """They have a loop on a thread of its own, which ends with them."""
    n_before = threading.active_count()
    ref.start_sync()
    assert threading.active_count() == n_before + 1
    ref.close()

    assert log() == ["database opened", "database closed"]
    assert threading.active_count() == n_before


def test_a_container_that_somebody_else_has_started(log):
    """It stays theirs."""
    ref = ContainerRef("workers_app:container")
    with app.container:
        ref.start_sync()
        ref.close()
        assert log() == ["database opened"]

    assert ref.describe().n_starts == 0


def test_what_calls_have_opened_is_closed(log):
    """Also where nobody has started the container."""
    assert app.divided(6, 3) == (2, os.getpid())
    app.ref.close()

    assert log() == ["database opened", "session opened", "session closed", "database closed"]


def test_after_the_close():
    """Calls are refused, until it is started anew."""
    app.ref.start_sync()
    app.ref.close()
    with pytest.raises(ContainerClosedError):
        app.divided(6, 3)
    app.ref.start_sync()

    assert app.divided(6, 3) == (2, os.getpid())


def test_describe_before_anything():
    """It loads nothing."""
    ref = ContainerRef("nosuch.module:container")

    assert ref.describe() == tenure.away.ref.WorkerFacts(os.getpid(), "'nosuch.module:container'", False, 0, 0, ())


def test_an_opening_that_fails(monkeypatch, log):
    """What was opened before is closed, and the next start tries again."""

    class Broken:
        pass

    def broken():
        raise OSError("disk")
        yield

    def make():
        made = app.make(is_async=True)
        made.bind(Broken, broken, scope="singleton")
        return made

    monkeypatch.setattr(app, "failing", make, raising=False)
    ref, n_before = ContainerRef("workers_app:failing"), threading.active_count()
    for _ in range(2):
        with pytest.raises(OSError, match="disk"):
            ref.start_sync()

    assert log().count("database opened") == log().count("database closed")
    assert ref.describe().n_starts == 0
    assert threading.active_count() == n_before


# calls


@pytest.mark.parametrize("call", [app.divided, app.adivided], ids=["sync", "async"])
def test_a_call(call, log):
    """It has a scope, which sees how it ended."""
    assert call(6, 3) == (2, os.getpid())
    with pytest.raises(ZeroDivisionError):
        call(6, 0)

    assert [line for line in log() if "session" in line] == [
        "session opened", "session closed", "session opened", "session rolled back: ZeroDivisionError",
    ]  # fmt: skip


def test_a_coroutine_function(log):
    """It runs on the loop of the container, wherever it is called."""
    app.aref.start_sync()
    _, thread = asyncio.run(app.awaited(6, 3))
    with pytest.raises(ZeroDivisionError):
        asyncio.run(app.awaited(6, 0))

    assert thread != threading.get_ident()
    assert log()[-1] == "session rolled back: ZeroDivisionError"


def test_calls_from_threads_while_a_loop_runs(log):
    """The loop that started the container opens and closes the sessions; the functions run on the threads."""

    async def main():
        await app.aref.start()
        try:
            return await asyncio.gather(*(asyncio.to_thread(app.adivided, 2 * n, 1) for n in range(8)))
        finally:
            await app.aref.aclose()

    assert [result for result, _ in asyncio.run(main())] == [2 * n for n in range(8)]
    assert log().count("session opened") == log().count("session closed") == 8
    assert log().count("database opened") == log().count("database closed") == 1


def test_a_plain_function_on_the_loop_itself():
    """It cannot wait for its own loop, and says so; nothing hangs."""

    async def main():
        await app.aref.start()
        try:
            app.adivided(6, 3)
        finally:
            await app.aref.aclose()

    with pytest.raises(tenure.errors.AsyncInSyncError):
        asyncio.run(main())


def test_the_scope_is_current_in_the_call():
    """What the function asks the container for is of its scope."""
    seen = []

    @app.aref.inject
    def call(session: app.Session = Inject[app.Session]):
        seen.append(app.aref.container.get(app.Session) is session)

    call()
    assert seen == [True]


def test_a_session_that_cannot_be_opened(monkeypatch):
    """The error is its own, on whichever thread."""

    async def broken():
        raise OSError("disk")
        yield

    made = Container(scopes=("task",))
    made.bind(app.Session, broken, scope="task")
    monkeypatch.setattr(app, "broken_sessions", made, raising=False)
    ref = ContainerRef("workers_app:broken_sessions")

    @ref.inject
    def call(session=Inject[app.Session]):
        raise AssertionError

    with pytest.raises(OSError, match="disk"):
        call()


def test_a_call_that_is_interrupted_while_it_opens(monkeypatch):
    """What is being opened is cancelled, and has ended when what interrupted is raised."""
    log = []

    class Interrupted(BaseException):
        pass

    def interrupt(number, frame):
        raise Interrupted

    async def slow():
        signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
        try:
            await asyncio.Event().wait()
        except BaseException as error:
            log.append(error)
            raise
        yield app.Session(None)

    made = Container(scopes=("task",))
    made.bind(app.Session, slow, scope="task")
    monkeypatch.setattr(app, "slow_sessions", made, raising=False)
    ref = ContainerRef("workers_app:slow_sessions")

    @ref.inject
    def call(session=Inject[app.Session]):
        raise AssertionError

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with pytest.raises(Interrupted):
            call()
    finally:
        signal.signal(signal.SIGUSR1, before)
        ref.close()

    assert [type(error) for error in log] == [asyncio.CancelledError]


def test_an_error_that_a_resource_swallows(monkeypatch):
    """Nothing is raised, as where nothing has to be awaited."""

    @resource(suppress=True, scope="task")
    async def swallowing() -> AsyncIterator[app.Session]:
        try:
            yield app.Session(None)
        except LookupError:
            pass

    made = Container(scopes=("task",))
    made.bind(app.Session, swallowing)
    monkeypatch.setattr(app, "swallowing_sessions", made, raising=False)
    ref = ContainerRef("workers_app:swallowing_sessions")

    @ref.inject
    def call(session=Inject[app.Session]):
        raise LookupError

    assert call() is None
    ref.close()


def test_where_parameters_stand(log):
    """What is injected may stand before what is given by position; what is given by name is the caller's."""

    @app.aref.inject
    def call(session=Inject[app.Session], number=0, *, other=1):
        return type(session), number, other

    assert call(3) == (app.Session, 3, 1)
    assert call(number=4, other=5, session=None) == (type(None), 4, 5)


def test_which_scope():
    """The one called "task", else the last one of the ladder, unless it is said."""
    ref = ContainerRef(app.make_for_requests)
    for scope, name in ((None, "request"), ("request", "request"), ("call", "call")):
        with ref.scope(scope) as found:
            assert found.name == name
    with app.ref.scope(values={int: 7}) as found:
        assert found.name == "task"
        assert found.get(int) == 7


def test_a_scope_that_there_is_not():
    """The call says so."""

    @app.ref.inject(scope="tsk")
    def call(session=Inject[app.Session]): ...

    with pytest.raises(ScopeError, match="did you mean 'task'"):
        call()
    with pytest.raises(BindingError, match="name of a scope"):
        app.ref.inject(scope=7)


def test_what_is_seen_of_a_decorated_function():
    """Its own parameters only."""
    assert str(inspect.signature(app.divided)) == "(a: int, b: int) -> tuple[float, int]"
    assert inspect.iscoroutinefunction(app.awaited)


@pytest.mark.parametrize("call", [app.divided, app.adivided, app.awaited], ids=["sync", "async", "coroutine"])
@pytest.mark.parametrize("module", [pickle, cloudpickle])
def test_a_decorated_function_travels_by_name(module, call):
    """It arrives as what has that name there."""
    sent = module.dumps(call)

    assert module.loads(sent) is call
    assert len(sent) < 100


def test_a_decorated_function_of_a_script_travels_by_value():
    """Cloudpickle takes it apart; it is served by the container of whoever has it."""

    def call(number: int, session: app.Session = Inject[app.Session]) -> tuple[int, int]:
        return number, session.database.pid

    call.__module__ = "__main__"
    arrived = pickle.loads(cloudpickle.dumps(app.ref.inject(call)))

    assert arrived(7) == (7, os.getpid())
    assert "session" not in inspect.signature(arrived).parameters


def test_a_generator_function():
    """Its scope is open as long as it runs."""

    @app.ref.inject
    def items(n: int, session: app.Session = Inject[app.Session]):
        for number in range(n):
            yield number, app.ref.container.get(app.Session) is session

    assert list(items(2)) == [(0, True), (1, True)]
    assert inspect.isgeneratorfunction(items)


def test_an_async_generator_function():
    """Nobody could send what it gives."""

    async def items(session: app.Session = Inject[app.Session]):
        yield session

    with pytest.raises(BindingError, match="async generator function"):
        app.ref.inject(items)


def test_what_is_asked_for_is_looked_at_before_the_start(monkeypatch, log):
    """A task that could not be served keeps the worker from starting."""
    from typing import Protocol

    class Unbound(Protocol):
        def method(self): ...

    monkeypatch.setattr(app, "incomplete", app.make, raising=False)
    ref = ContainerRef("workers_app:incomplete")

    @ref.inject
    def broken(unbound: Unbound = Inject[Unbound]): ...

    with pytest.raises(GraphError, match=r"broken.*Unbound"):
        ref.start_sync()
    assert log() == []


def test_a_declarative_container():
    """Its providers are found by what they make, and by name."""
    app.declared.start_sync()

    assert app.of_declared() == (os.getpid(), "Settings")
    assert app.declared.container.database().pid == os.getpid()
    assert app.declared.served is not app.declared.container


def test_run():
    """A plain function can use what lives on the loop."""

    async def thread():
        return threading.get_ident()

    app.aref.start_sync()
    assert app.aref.run(thread) != threading.get_ident()

    async def main():
        await app.aref.start()
        try:
            app.aref.run(thread)
        finally:
            await app.aref.aclose()

    app.aref.close()
    with pytest.raises(RuntimeError, match="use await"):
        asyncio.run(main())


# forks


def _in_child(sender):
    sender.send((app.ref.describe(), app.divided(6, 3), app.ref.container is not None))
    app.ref.close()
    sender.send(app.ref.describe())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # 3.12 warns where threads run
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
def test_a_forked_child_has_its_own(log):
    """It begins with nothing open, and what it closes is its own."""
    app.ref.start_sync()
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe()
    child = context.Process(target=_in_child, args=(theirs,))
    child.start()
    before, (_, pid), _ = mine.recv()
    after = mine.recv()
    child.join()

    assert child.exitcode == 0
    assert pid == child.pid == before.pid != os.getpid()
    assert (before.n_starts, before.open) == (0, ())
    assert after.open == ()
    assert app.ref.describe().open == ("Database",)
    assert log() == ["database opened", "database opened", "session opened", "session closed", "database closed"]
