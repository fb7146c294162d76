"""`tenure.observe.logs`: what a container does, in the logs."""

import importlib
import json
import logging
import pkgutil
import re
from pathlib import Path

import pytest

import tenure
from tenure import Container, Retry, resource
from tenure.errors import BindingError
from tenure.events import Event, Leak, Opened, ScopeEntered, StartBegan, StartEnded
from tenure.observe import logs, sentences
from tenure.record import record
from tenure.workers.handle import WorkerCancelled, WorkerCrashed


class Database:
    """Opened once."""


class Session:
    """Opened per request."""


def make_database():
    """Open and close nothing."""
    yield Database()


def make_session(database: Database):
    """Open and close nothing, over a database."""
    yield Session()


@pytest.fixture
def container():
    container = Container()
    container.bind(Database, make_database, scope="singleton")
    container.bind(Session, make_session, scope="request")
    return container


class Listing(logging.Handler):
    """Keeps every record."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        """Keep it."""
        self.records.append(record)


@pytest.fixture
def logged():
    """The records of everything that is logged."""
    handler, logger = Listing(), logging.getLogger("tenure")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler.records
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def told(records):
    """Return level and sentence of *records*, without how long it took."""
    return [(record.levelname, record.getMessage().rpartition(" in ")[0] or record.getMessage()) for record in records]


def test_a_life_in_sentences(container, logged):
    """What the container owns is told at INFO, what scopes own at DEBUG."""
    logs.attach(container)
    with container, container.resource_scope() as scope:
        scope.get(Session)

    assert told(logged) == [
        ("DEBUG", "starting the container: 1 resource"),
        ("DEBUG", "opening Database"),
        ("INFO", "opened Database"),
        ("INFO", "started the container"),
        ("DEBUG", "entered the scope request"),
        ("DEBUG", "opening Session"),
        ("DEBUG", "opened Session"),
        ("DEBUG", "leaving the scope request"),
        ("DEBUG", "closing Session"),
        ("DEBUG", "closed Session"),
        ("DEBUG", "left the scope request"),
        ("DEBUG", "closing the container"),
        ("DEBUG", "closing Database"),
        ("INFO", "closed Database"),
        ("INFO", "closed the container"),
    ]


def test_everything_an_event_says_is_extra(container, logged):
    """Under the names that spans have as well."""
    logs.attach(container, name="shop")
    with container:
        pass
    opened = next(record for record in logged if record.msg.startswith("opened"))
    extra = {name: value for name, value in vars(opened).items() if "." in name}

    assert extra.pop("tenure.elapsed_s") >= 0
    assert extra.pop("tenure.resource.id") > 0
    assert extra.pop("tenure.scope.id") > 0
    assert extra == {
        "tenure.event": "tenure.opened",
        "di.container.name": "shop",
        "di.provider.key": "Database",
        "di.provider.kind": "generator",
        "di.scope": "root",
        "code.function.name": f"{__name__}.make_database",
        "code.file.path": __file__,
        "code.line.number": make_database.__code__.co_firstlineno,
        "tenure.n_needs": 0,
    }


def test_what_goes_wrong_is_loud(logged):
    """Retries warn; what fails is an error, with its traceback."""

    @resource(retry=Retry(attempts=2, backoff=0.0001))
    def refuse():
        raise ConnectionRefusedError("no server")
        yield

    container = Container()
    logs.attach(container)
    container.bind(Database, refuse, scope="singleton")
    with pytest.raises(ConnectionRefusedError):
        container.start_sync()

    loud = [record for record in logged if record.levelno >= logging.WARNING]
    assert [(record.levelname, record.getMessage().rpartition(" ")[0].rpartition(" ")[0]) for record in loud] == [
        ("WARNING", "attempt 1 to open Database failed, the next one is in"),
        ("ERROR", "Database failed to open after"),
        ("ERROR", "the start of the container failed after"),
    ]
    assert [vars(record)["error.type"] for record in loud] == ["ConnectionRefusedError"] * 3
    assert all(isinstance(record.exc_info[1], ConnectionRefusedError) for record in loud)


def test_a_cancelled_opening_is_quiet(container, logged):
    """Nobody's fault: DEBUG."""

    class Cancelled(BaseException):
        """As a library's own cancellation."""

    def cancelled():
        raise Cancelled
        yield

    container.bind(Database, cancelled, scope="singleton")
    logs.attach(container)
    with pytest.raises(Cancelled):
        container.start_sync()

    assert {record.levelname for record in logged} == {"DEBUG"}


def test_levels_are_the_users(container, logged):
    """They count for scopes as for the container."""
    logs.attach(container, levels={ScopeEntered: logging.CRITICAL, Opened: logging.INFO})
    with container, container.resource_scope() as scope:
        scope.get(Session)

    told_at = {record.msg.split()[0]: record.levelname for record in logged}
    assert (told_at["entered"], told_at["opened"]) == ("CRITICAL", "INFO")
    assert [record.levelname for record in logged if record.msg.startswith("opened")] == ["INFO", "INFO"]


def test_nothing_is_built_for_a_level_that_is_off(container, monkeypatch):
    """What is not logged is not worked out."""
    logger = logging.getLogger("tenure.test.quiet")
    logger.setLevel(logging.CRITICAL)
    built = []
    monkeypatch.setattr(logs, "attributes_of", lambda *_: built.append(1) or {})
    logs.attach(container, logger=logger)
    with container:
        pass

    assert built == []


@record
class Brewed(Event):
    """A kind of event that logs know nothing of."""

    name: str
    cups: int
    error: BaseException | None


@pytest.mark.parametrize(("error", "level"), [(None, "INFO"), (OSError("dry"), "ERROR")])
def test_events_of_other_kinds_are_logged(error, level, container, logged):
    """With their fields as attributes."""
    attached = logs.attach(container)
    attached(Brewed(0.0, "tea", 2, error))

    (said,) = logged
    assert (said.levelname, vars(said)["tenure.event"], vars(said)["tenure.cups"]) == (level, "tenure.brewed", 2)


def kinds_of_events():
    """Return every class of events that there is in the library: those that stand for something that happens."""
    for module in pkgutil.walk_packages(tenure.__path__, "tenure."):
        source = Path(module.module_finder.path, *module.name.split(".")[-1:]).with_suffix(".py")
        if source.exists() and re.search(r"^class \w+\(\w*Event\)", source.read_text(encoding="utf-8"), re.MULTILINE):
            importlib.import_module(module.name)
    found = [Event]
    for each in found:  # it grows
        found += [kind for kind in each.__subclasses__() if kind.__module__.startswith("tenure.")]
    return [each for each in dict.fromkeys(found) if not each.__subclasses__() or each.__name__ == "Leak"]


def test_every_kind_of_event_is_known():
    """Each has a level, and a sentence of its own that shows no record."""
    kinds = kinds_of_events()

    assert {Opened, WorkerCrashed, Leak} <= {*kinds}
    assert [each for each in kinds if each not in logs.LEVELS] == []
    assert [each for each in kinds if each not in sentences._SENTENCES] == []


@pytest.mark.parametrize(
    ("event", "level", "said"),
    [
        (
            WorkerCrashed(0.0, "pump", OSError("gone"), 2, 0.5), "WARNING",
            "the worker pump crashed and is called again in 500 ms",
        ),
        (
            WorkerCrashed(0.0, "pump", OSError("gone"), 2, None), "ERROR",
            "the worker pump crashed and is not called again",
        ),
        (
            WorkerCancelled(0.0, "pump", 2.0), "WARNING",
            "the worker pump did not end within 2 s and is cancelled; what it was doing may be half done",
        ),
        (StartBegan(0.0, "request", 3, (str, int)), "DEBUG", "starting the scope request: 2 resources"),
        (StartEnded(0.0, "request", 3, 1.0, None), "DEBUG", "started the scope request in 1 s"),
    ],
)  # fmt: skip
def test_sentences(event, level, said, container, logged):
    """As people say it; a worker that is called again is less grave than one that is not."""
    logs.attach(container)(event)

    (record,) = logged
    assert (record.levelname, record.getMessage()) == (level, said)


def test_a_leak_is_a_warning(container, logged):
    """In its own words."""
    logs.attach(container)(Leak(0.0, "scope", 3, "request", "request", 3, 2.0, ("app.py:1 in f",)))

    (said,) = logged
    assert (said.levelname, said.getMessage()) == (
        "WARNING", "request has been entered and not left for 2 s\n    opened by app.py:1 in f",
    )  # fmt: skip
    assert vars(said)["tenure.opened_by"] == ("app.py:1 in f",)


def test_detaching(container, logged):
    """Ends it; also at the end of a block, and more than once."""
    with logs.attach(container) as attached:
        container.start_sync()
        n_logged = len(logged)
    attached.detach()
    container.close()

    assert (len(logged), repr(attached)) == (n_logged, "<LogExporter detached from 'container'>")


class Broken(logging.Handler):
    """Raises, as no handler should."""

    def emit(self, record):
        """Raise."""
        raise OSError("disk full")


def test_a_handler_that_raises_harms_nobody(container, monkeypatch):
    """The container works; it is reported once, and counted."""
    told = []
    monkeypatch.setattr("sys.unraisablehook", told.append)
    logger = logging.getLogger("tenure.test.broken")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    handler = Broken()
    logger.addHandler(handler)
    try:
        attached = logs.attach(container, logger=logger)
        with container:
            assert isinstance(container.get(Database), Database)
    finally:
        logger.removeHandler(handler)

    assert [str(each.exc_value) for each in told] == ["disk full"]
    assert told[0].err_msg == (
        "<LogExporter attached to 'container'> could not show StartBegan; later errors are only counted"
    )
    assert attached.n_failed > 1


@pytest.mark.parametrize("name", ["", None])
def test_a_container_needs_a_name(name, container):
    """It is what tells several apart."""
    with pytest.raises(BindingError, match="name takes what the container is called"):
        logs.attach(container, name=name)


def test_structlog_shows_the_attributes(container):
    """Through `ProcessorFormatter`, as any record of the standard library."""
    structlog = pytest.importorskip("structlog")
    handler = Listing()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(),
            foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.ExtraAdder()],
        )
    )
    logger = logging.getLogger("tenure.test.structlog")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with logs.attach(container, logger=logger), container:
            pass
    finally:
        logger.removeHandler(handler)

    lines = [json.loads(handler.format(record)) for record in handler.records]
    assert [line["event"].partition(" in ")[0] for line in lines] == [
        "opened Database", "started the container", "closed Database", "closed the container",
    ]  # fmt: skip
    assert (lines[0]["di.provider.key"], lines[0]["level"]) == ("Database", "info")
