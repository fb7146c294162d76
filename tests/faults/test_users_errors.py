"""What the user's own opening and closing code raises: the same object, with the path, and nothing stays open."""

import asyncio
import pickle

import pytest
from fault_support import alogged, at, is_all_closed, is_idle, logged, notes_of

from tenure import Container, resource
from tenure import errors as errors_module
from tenure.errors import (
    CloseError,
    PathStep,
    ResourceError,
    ResourceExhaustedError,
    ResourceInitializationError,
    ResourceTimeoutError,
    TenureError,
    closing_errors,
)
from tenure.notes import attach_closing_errors


class Settings:
    pass


class Connection:
    def __init__(self, settings: Settings) -> None: ...


class Users:
    def __init__(self, connection: Connection) -> None: ...


class Database:
    pass


def raising(error):
    def make():
        raise error
        yield

    return make


def araising(error):
    async def make():
        raise error
        yield

    return make


def raising_on_close(error, log):
    def make():
        try:
            yield Settings()
        finally:
            log.append("failed to close")
            raise error

    return make


def test_opening_that_raises_is_the_same_object_with_the_whole_path(log):
    """The user's exception comes out as itself; its note draws the way from what was asked for to what failed."""
    error = OSError("disk")
    failing = raising(error)
    container = Container()
    container.bind(Settings, failing)

    with pytest.raises(OSError, match=r"^disk") as caught:
        container.get(Users)

    assert caught.value is error
    notes = notes_of(error)
    assert notes.count("while making") == 1
    assert (
        f"  Users   ({at(Users)})\n  └─ connection: Connection   ({at(Connection)})\n"
        f"     └─ settings: Settings   ({at(failing)})"
    ) in notes
    assert is_idle(container)


@pytest.mark.anyio
async def test_opening_that_raises_with_await():
    """The same holds for asynchronous opening code."""
    error = OSError("disk")
    failing = araising(error)
    container = Container()
    container.bind(Settings, failing)

    with pytest.raises(OSError, match=r"^disk") as caught:
        await container.aget(Users)

    assert caught.value is error
    assert notes_of(error).count("while making") == 1
    assert f"  Users   ({at(Users)})\n" in notes_of(error)
    assert f"Settings   ({at(failing)})" in notes_of(error)
    assert is_idle(container)


def test_constructor_that_raises_has_the_path_as_well():
    """A plain class that cannot be made is told with its path, though nothing is opened."""
    error = OSError("disk")

    class Broken:
        def __init__(self) -> None:
            raise error

    class Consumer:
        def __init__(self, broken: Broken) -> None: ...

    container = Container()
    container.bind("consumer", Consumer)

    with pytest.raises(OSError, match=r"^disk") as caught:
        container.get("consumer")

    assert caught.value is error
    assert f"  'consumer'   ({at(Consumer)})\n" in notes_of(error)
    assert f"Broken   ({at(Broken)})" in notes_of(error)


def test_path_is_told_once_however_often_it_fails():
    """A resource that raises the same object again and again does not pile up notes."""
    error = OSError("disk")
    container = Container()
    container.bind(Settings, raising(error))

    for _ in range(3):
        with pytest.raises(OSError, match=r"^disk"):
            container.get(Users)

    assert notes_of(error).count("while making") == 1


def test_failure_is_not_remembered(log):
    """The next `get` tries again."""
    container = Container()
    attempts = []

    def make():
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("disk")
        yield Settings()

    container.bind(Settings, make)

    with container.resource_scope() as scope:
        with pytest.raises(OSError, match="disk"):
            scope.get(Settings)
        assert isinstance(scope.get(Settings), Settings)


def test_dependencies_that_opened_are_closed_with_their_scope(log):
    """What was opened for something that then failed is owed, and closed when the scope is left."""
    container = Container()
    container.bind(Database, logged(Database, log, "database"))

    def failing(database: Database):
        raise OSError("disk")
        yield

    container.bind(Settings, failing)

    with pytest.raises(OSError, match="disk"), container.resource_scope() as scope:
        scope.get(Settings)

    assert log == ["open database", "close database"]
    assert is_idle(container)


def test_failed_start_closes_what_it_opened(log):
    """A container that cannot start is left with nothing open, and can be entered again."""
    container = Container()
    container.bind(Database, logged(Database, log, "database"), scope="singleton")
    container.bind(Settings, raising(OSError("disk")), scope="singleton")

    for _ in range(2):
        with pytest.raises(OSError, match=r"^disk"), container:
            log.append("body")

    assert log == ["open database", "close database"] * 2
    assert container.snapshot().resources == ()


@pytest.mark.anyio
async def test_failed_start_closes_what_it_opened_with_await(log):
    """The same holds for a parallel start."""
    container = Container()
    container.bind(Database, alogged(Database, log, "database"), scope="singleton")

    async def failing(database: Database):
        raise OSError("disk")
        yield

    container.bind(Settings, failing, scope="singleton")

    with pytest.raises(OSError, match=r"^disk"):
        async with container:
            log.append("body")

    assert log == ["open database", "close database"]
    assert container.snapshot().resources == ()


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_base_exceptions_of_opening_leave_bare(kind, log):
    """What is no `Exception` passes through an opening untouched; nothing is owed for it."""
    error = kind()
    container = Container()
    container.bind(Database, logged(Database, log, "database"))
    container.bind(Settings, raising(error))

    with pytest.raises(kind) as caught, container.resource_scope() as scope:
        scope.get(Database)
        scope.get(Users)

    assert caught.value is error
    assert log == ["open database", "close database"]
    assert is_idle(container)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_base_exceptions_of_closing_leave_bare_after_everything_closed(kind, log):
    """An interrupt inside closing code outranks everything, and the other closings still run."""
    error = kind()
    container = Container()
    container.bind(Database, logged(Database, log, "database"))
    container.bind(Settings, raising_on_close(error, log))

    with pytest.raises(kind) as caught, container.resource_scope() as scope:
        scope.get(Database)
        scope.get(Settings)

    assert caught.value is error
    assert log == ["open database", "failed to close", "close database"]
    assert is_idle(container)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_base_exceptions_of_the_body_leave_bare(kind, log):
    """An interrupt in the body closes everything on its way out."""
    error = kind()
    container = Container()
    container.bind(Database, logged(Database, log, "database"))

    with pytest.raises(kind) as caught, container.resource_scope() as scope:
        scope.get(Database)
        raise error

    assert caught.value is error
    assert log == ["open database", "close database"]
    assert is_idle(container)


def test_closing_that_raises_is_a_group_that_says_whose(log):
    """Where nothing else failed, the errors of closing leave together; each names its resource and place."""
    error = OSError("disk")
    failing = raising_on_close(error, log)
    container = Container()
    container.bind(Database, logged(Database, log, "database"))
    container.bind(Settings, failing)

    with pytest.raises(CloseError) as caught, container.resource_scope() as scope:
        scope.get(Database)
        scope.get(Settings)

    assert caught.value.exceptions == (error,)
    assert isinstance(caught.value, ExceptionGroup)
    assert isinstance(caught.value, TenureError)
    assert f"while closing Settings ({at(failing)})" in notes_of(error)
    assert log == ["open database", "failed to close", "close database"]
    assert is_idle(container)


def test_closing_group_says_what_was_closed():
    """The text of the group names the scope."""
    container = Container()
    container.bind(Settings, raising_on_close(OSError("disk"), []))

    with pytest.raises(CloseError, match="'request'"), container.resource_scope() as scope:
        scope.get(Settings)


def test_closing_group_can_be_taken_apart(log):
    """`except*` sees the user's errors, and what is left is still a `CloseError`."""
    container = Container()
    container.bind(Settings, raising_on_close(OSError("disk"), log))
    container.bind(Database, raising_on_close(ValueError("value"), log))
    seen = []

    try:
        with container.resource_scope() as scope:
            scope.get(Settings)
            scope.get(Database)
    except* OSError as group:
        seen.append(group)
    except* ValueError as group:
        seen.append(group)

    assert [type(group) for group in seen] == [CloseError, CloseError]
    assert [str(group.exceptions[0]) for group in seen] == ["disk", "value"]


def test_body_error_outranks_closing_errors(log):
    """The error of the body leaves as itself; what closing raised travels with it, as objects and as notes."""
    error, body = OSError("disk"), LookupError("body")
    container = Container()
    container.bind(Settings, raising_on_close(error, log))

    with pytest.raises(LookupError, match=r"^body") as caught, container.resource_scope() as scope:
        scope.get(Settings)
        raise body

    assert caught.value is body
    assert closing_errors(body) == (error,)
    assert "Settings" in notes_of(body)
    assert "OSError: disk" in notes_of(body)
    assert is_idle(container)


def test_closing_errors_of_an_error_without_any():
    """An error that nothing happened to on its way has none."""
    assert closing_errors(ValueError("plain")) == ()


def test_attached_errors_add_up():
    """Errors of scopes around each other travel in order of closing."""
    body, first, second = ValueError("body"), OSError("first"), OSError("second")

    attach_closing_errors(body, [first])
    attach_closing_errors(body, [])
    attach_closing_errors(body, [second])

    assert closing_errors(body) == (first, second)


def test_error_with_slots_still_gets_out():
    """An exception class that takes no attributes leaves as itself all the same."""

    class Strict(Exception):
        def __setattr__(self, name, value):
            raise AttributeError(name)

    error = Strict("no attributes")
    container = Container()
    container.bind(Settings, raising(error))

    with pytest.raises(Strict) as caught:
        container.get(Users)

    assert caught.value is error
    assert is_idle(container)


def test_body_error_with_slots_outranks_closing_errors(log):
    """The same holds for a body's error when closing fails too."""

    class Strict(Exception):
        def __setattr__(self, name, value):
            raise AttributeError(name)

    error = Strict("no attributes")
    container = Container()
    container.bind(Settings, raising_on_close(OSError("disk"), log))

    with pytest.raises(Strict) as caught, container.resource_scope() as scope:
        scope.get(Settings)
        raise error

    assert caught.value is error
    assert is_idle(container)


@pytest.mark.parametrize("kind", [ResourceInitializationError, ResourceExhaustedError, ResourceError])
def test_errors_that_users_may_raise_pass_through(kind):
    """A resource error raised by opening code is passed on as it is."""
    error = kind("no route to the primary")
    container = Container()
    container.bind(Settings, raising(error))

    with pytest.raises(kind, match=r"^no route to the primary") as caught:
        container.get(Settings)

    assert caught.value is error
    assert isinstance(error, TenureError)


def test_stop_iteration_of_a_plain_factory_passes_through():
    """`StopIteration` out of a factory is not taken for the end of Tenure's own steps."""
    error = StopIteration("mine")

    def make() -> Settings:
        raise error

    container = Container()
    container.bind(make, scope="singleton")

    with pytest.raises((StopIteration, RuntimeError)) as caught:
        container.get(Settings)

    assert caught.value is error or caught.value.__cause__ is error
    assert is_idle(container)


def test_opening_over_its_limit():
    """What is late is cancelled, named with its place and limit, and nothing is owed for it."""
    container = Container()

    @resource(open_timeout=0.001)
    async def slow():
        await asyncio.Event().wait()
        yield Settings()

    container.bind(Settings, slow)

    with pytest.raises(ResourceTimeoutError) as caught:
        asyncio.run(container.aget(Settings))

    error = caught.value
    assert str(error) == (
        f"Settings ({at(slow)}) did not open within 0.001 s, where it waited at {at(slow, 2)}; "
        "give it more with open_timeout=, or look at what it waits for"
    )
    assert (error.label, error.phase, error.limit_s, error.where) == ("Settings", "open", 0.001, at(slow))
    assert isinstance(error, TimeoutError)
    assert isinstance(error, ResourceError)
    assert is_idle(container)


def test_closing_over_its_limit(log):
    """What is late to close is left behind, named; the others close."""
    container = Container()

    @resource(close_timeout=0.001)
    async def slow():
        yield Settings()
        await asyncio.Event().wait()

    container.bind(Settings, slow)
    container.bind(Database, alogged(Database, log, "database"))

    async def main():
        async with container.resource_scope() as scope:
            await scope.aget(Database)
            await scope.aget(Settings)

    with pytest.raises(CloseError) as caught:
        asyncio.run(main())

    (error,) = caught.value.exceptions
    assert str(error) == (
        f"Settings ({at(slow)}) did not close within 0.001 s, where it waited at {at(slow, 3)}; "
        "give it more with close_timeout=, or look at what it waits for"
    )
    assert error.phase == "close"
    assert log == ["open database", "close database"]
    assert is_idle(container)


def test_retry_raises_the_last_failure():
    """When every attempt failed, the last error leaves, as itself."""
    from tenure import Retry

    raised = []

    @resource(retry=Retry(attempts=3, backoff=0))
    def flaky():
        raised.append(OSError(f"attempt {len(raised) + 1}"))
        raise raised[-1]
        yield

    container = Container()
    container.bind(Settings, flaky)

    with pytest.raises(OSError, match=r"^attempt 3") as caught:
        container.get(Settings)

    assert caught.value is raised[-1]
    assert len(raised) == 3
    assert is_idle(container)


def test_container_closed_error_of_closing_leaves_the_container_closed(log):
    """Closing that fails still closes: the container is closed, everything in it is."""
    container = Container()
    container.bind(Settings, raising_on_close(OSError("disk"), log))
    container.get(Settings)

    with pytest.raises(CloseError):
        container.close()

    container.close()  # again: a no-op
    assert is_all_closed(container)


def unresolved_marker():
    return errors_module.Unresolved("parameter 'db' of app.view", "app.py:3", "Provide['db']", "app", ())


def every_error():
    """Return one of each error class, as Tenure would raise it."""
    path = (PathStep(Users, None, "app.py:3"), PathStep(Settings, "settings", None))
    return [
        errors_module.AsyncInSyncError(["Settings"], "open", "`await container.aget(Settings)`"),
        errors_module.BindingError("no"),
        errors_module.BindingInUseError(Settings),
        errors_module.CircularDependencyError(path),
        errors_module.ContainerClosedError("the container"),
        errors_module.ContainerRefError("'app:contaner'", "module 'app' has no 'contaner'"),
        errors_module.GraphError([errors_module.Finding("error", "missing", Settings, "text", None)]),
        errors_module.LiveObjectError("Container", "task.args[0].repo"),
        errors_module.MissingBindingError(Settings, path, "why", ["Setings"]),
        errors_module.ResourceProtocolError("Settings", None, "ended without a yield", "yield once"),
        errors_module.ResourceTimeoutError("Settings", "open", 1.5),
        errors_module.ResourceTimeoutError("Settings", "close", 1.5, "app.py:3", "app.py:9", ("Users",)),
        errors_module.ResourceUnavailableError(Settings, "Settings", "app.py:3"),
        errors_module.ResourceEndedError("Settings", "app.py:3"),
        errors_module.StaleResolversError("wiring", "app:container", ["app.Users: is bound no more"]),
        errors_module.ScopeError("no"),
        errors_module.ScopeNotOpenError(Settings, "request"),
        errors_module.WrongLoopError("Settings", "loop 1", "loop 2"),
        errors_module.UnforeseenAwaitError("Settings", "`await container.aget(Settings)`", "settings", None),
        errors_module.NoSuchProviderError("no"),
        errors_module.NothingProvidedError("no"),
        errors_module.NonCopyableArgumentError("provider", keyword="lock"),
        errors_module.SchemaError("container.users", "a part is missing", ["user"]),
        errors_module.UndefinedOptionError("config.port"),
        errors_module.OptionPathError("config.a.b", "config.a", 1),
        errors_module.MissingExtraError("PyYAML", "yaml", "reading a file"),
        errors_module.UnresolvedMarkerError([unresolved_marker()]),
        errors_module.GuessError(Settings, "it has a method called close", ["close()"], "app.py:3"),
        errors_module.PoolExhaustedError("the pool of Settings", "timeout", 2, 1.5, 3, 1, ["Task-1"]),
        errors_module.PoolExhaustedError("the pool of Settings", "max_waiting", 2, n_waiting=4),
        errors_module.PoolExhaustedError("the pool of Settings", "loop", 2),
        errors_module.ItemsOutError("the pool of Settings", 1.5, ["Task-1"]),
        errors_module.LeaseTimeoutError("the keyed Settings", "tenant", 1.5, ["other"]),
        errors_module.LeaseTimeoutError("the refreshing Settings", None, 1.5),
        errors_module.LeasesOutError("the keyed Settings", 1.5, ["other"]),
        CloseError("errors while closing", [OSError("disk")]),
    ]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_errors_survive_pickling(error):
    """An error can be sent to another process and says the same there."""
    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is type(error)
    assert str(copy) == str(error)


def test_a_users_error_survives_pickling():
    """Nothing of the graph hangs on it, whose functions may have no name to be found by."""
    container = Container()
    container.bind(Settings, raising(OSError("disk")))
    with pytest.raises(OSError, match="disk") as caught:
        container.get(Users)

    copy = pickle.loads(pickle.dumps(caught.value))

    assert repr(copy) == "OSError('disk')"
    assert copy.__notes__ == caught.value.__notes__


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_errors_are_part_of_the_tree(error):
    """Every error is a `TenureError`, and its text begins in lower case or with a name."""
    assert isinstance(error, TenureError)
    assert str(error)
    assert not str(error).endswith(".")


def test_every_error_class_is_exported_and_tried():
    """No public error class is left out of these tests."""
    tried = {type(error) for error in every_error()}
    tried |= {TenureError, ResourceError, ResourceInitializationError, ResourceExhaustedError}
    public = {getattr(errors_module, name) for name in errors_module.__all__}

    assert {each for each in public if isinstance(each, type) and issubclass(each, BaseException)} == tried
