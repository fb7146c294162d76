"""
What every integration has to do, told by a real server of the framework over the loopback.

A test module per framework derives from `Conformance` and gives applications with the same routes. Each test `shows` a
column of docs/integrations/table.md, which `tests/ext/write_table.py` writes.
"""

import threading
from collections.abc import AsyncIterator, Iterator
from importlib.metadata import version
from typing import Protocol

import httpx
import pytest

from tenure import Container
from tenure.errors import GraphError
from tenure.hosting.looking import expect_applications

TIMEOUT_S = 20


def shows(column):
    return pytest.mark.shows(column)


class Log:
    """What happened, in order; can be waited for."""

    def __init__(self):
        self._entries = []
        self._changed = threading.Condition()

    def __call__(self, entry):
        with self._changed:
            self._entries.append(entry)
            self._changed.notify_all()

    def until(self, entry, n=1):
        """Wait until *entry* is there *n* times; return everything."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._entries.count(entry) >= n, TIMEOUT_S), self._entries
            return list(self._entries)

    def __iter__(self):
        with self._changed:
            return iter(list(self._entries))


class Database:
    """What lives as long as the application."""


class Session:
    """What lives as long as a request."""

    def __init__(self, number):
        self.number = number
        self.is_open = True


class Repository:
    """What needs it."""

    def __init__(self, session: Session) -> None:
        self.session = session


class Unbound(Protocol):
    """What nothing is bound to."""

    def method(self): ...


class Answered(Exception):
    """What the application has a handler for."""


def container_of(log, *, is_async):
    """Return a container whose resources tell *log* when they open and close."""
    numbers = iter(range(1, 1000))

    def opened():
        log("session opened")
        return Session(next(numbers))

    def ended(session, error):
        session.is_open = False
        log("session closed" if error is None else f"session rolled back: {type(error).__name__}")

    async def adatabase() -> AsyncIterator[Database]:
        log("database opened")
        yield Database()
        log("database closed")

    async def asession(database: Database) -> AsyncIterator[Session]:
        session = opened()
        try:
            yield session
        except BaseException as error:
            ended(session, error)
            raise
        ended(session, None)

    def database() -> Iterator[Database]:
        log("database opened")
        yield Database()
        log("database closed")

    def session(database: Database) -> Iterator[Session]:
        session = opened()
        try:
            yield session
        except BaseException as error:
            ended(session, error)
            raise
        ended(session, None)

    container = Container()
    container.bind(adatabase if is_async else database, scope="singleton")
    container.bind(asession if is_async else session, scope="request")
    container.bind(Repository, scope="request")
    return container


@pytest.mark.slow
class Conformance:
    """
    The tests.

    A derived class says what `framework` and `packages` it is about, and what the framework `lacks`, by column; it has
    the methods `app(container, log)`, `broken(container)` with a handler that wants `Unbound`, `serve(app)` and
    `schema(app)`.
    """

    kind = "web"
    framework: str
    packages: tuple[str, ...]
    is_async = True
    starts_at_once = True
    has_lifespan = True
    lacks: dict[str, str] = {}
    refusal: type[Exception] = GraphError

    @pytest.fixture(autouse=True)
    def _only_what_there_is(self, request):
        marker = request.node.get_closest_marker("shows")
        if marker is not None and marker.args[0] in self.lacks:
            pytest.skip(self.lacks[marker.args[0]])

    @pytest.fixture
    def log(self):
        return Log()

    @pytest.fixture
    def container(self, log):
        return container_of(log, is_async=self.is_async)

    @pytest.fixture
    def url(self, container, log):
        """Give the address of a running application."""
        with self.serve(self.app(container, log)) as url:
            yield url
            self.stop(container)

    def stop(self, container):
        """Do at the end what the framework has no event for."""

    def test_versions(self):
        """What was tested."""
        print(self.framework, *(f"{name} {version(name)}" for name in self.packages))

    @shows("start/stop")
    def test_it_starts_and_stops(self, container, log):
        """The container is opened for the application, and closed behind it."""
        with self.serve(self.app(container, log)) as url:
            assert list(log)[:1] == (["database opened"] if self.starts_at_once else [])
            assert httpx.get(f"{url}/value").text == "1 True"
            log.until("session closed")
            self.stop(container)

        assert [each for each in log if each.startswith("database")] == ["database opened", "database closed"]
        assert list(log)[-1] == "database closed"

    @shows("start/stop")
    def test_around_its_own_start_and_stop(self, container, log):
        """What the application does when it starts and stops happens between."""
        if not self.has_lifespan:
            pytest.skip("the framework has no start and stop of its own")
        with self.serve(self.app(container, log)):
            pass

        assert list(log) == ["database opened", "app started", "app stopped", "database closed"]

    @shows("scope")
    def test_a_scope_per_request(self, url, log):
        """Each has a session of its own, the same one everywhere, closed behind it."""
        answers = [httpx.get(f"{url}/value").text for _ in range(2)]

        assert answers == ["1 True", "2 True"]
        assert log.until("session closed", 2).count("session opened") == 2

    @shows("scope")
    def test_a_synchronous_handler(self, url, log):
        """It is served by what is open, or can be opened at once."""
        assert httpx.get(f"{url}/sync").text == "True"

    @shows("request object")
    def test_the_request(self, url):
        """Asked for by its class, deep inside."""
        assert httpx.get(f"{url}/request", headers={"X-Name": "Ann"}).text == "Ann"

    @shows("errors")
    def test_an_error_that_is_answered_for(self, url, log):
        """The resources see it all the same."""
        assert httpx.get(f"{url}/answered").status_code == 409
        assert "session closed" not in log.until("session rolled back: Answered")

    @shows("errors")
    def test_an_error(self, url, log):
        """The resources see it."""
        assert httpx.get(f"{url}/error").status_code == 500
        assert "session closed" not in log.until("session rolled back: ZeroDivisionError")

    @shows("stream")
    def test_a_stream(self, url, log):
        """The session is open until the last byte."""
        assert httpx.get(f"{url}/stream").text == "True True True "

        log.until("session closed")

    @shows("stream")
    def test_a_client_that_goes_away(self, url, log):
        """What it had is closed."""
        with httpx.stream("GET", f"{url}/endless") as answer:
            assert next(answer.iter_text())
        ends = ("session closed", "session rolled back")
        with log._changed:
            assert log._changed.wait_for(lambda: any(e.startswith(ends) for e in log._entries), TIMEOUT_S)

    @shows("background")
    def test_a_task_behind_the_answer(self, url, log):
        """It still has the session."""
        assert httpx.get(f"{url}/background").text == "soon"
        entries = log.until("session closed")

        assert entries.index("background: True") < entries.index("session closed")

    @shows("websocket")
    def test_a_websocket(self, url, log):
        """A session from its beginning to its end."""
        from websockets.sync.client import connect

        with connect(f"{url.replace('http', 'ws')}/ws", open_timeout=TIMEOUT_S) as socket:
            for text in ("a", "b"):
                socket.send(text)
                assert socket.recv(TIMEOUT_S) == f"{text} 1 True"
            assert "session closed" not in log

        ends = ("session closed", "session rolled back: WebSocketDisconnect")
        with log._changed:
            assert log._changed.wait_for(lambda: any(e in ends for e in log._entries), TIMEOUT_S)
        assert list(log).count("session opened") == 1

    @shows("schema clean")
    def test_what_is_shown_of_a_handler(self, container, log):
        """Nothing of what is injected."""
        shown = self.schema(self.app(container, log))

        assert "number" in shown
        assert "session" not in shown.lower()
        assert "inject" not in shown.lower()

    def test_what_is_called_is_known_before_the_start(self, container, log):
        """`tenure check` sees what the routes ask for: nothing of it is unused, and nothing is opened for that."""
        app = self.app(container, log)
        unseen, is_sync = expect_applications(container)

        assert unseen == []
        assert [each for each in container.findings(sync=is_sync) if each.level != "warning"] == []
        assert list(log) == []
        assert app is not None

    @shows("start-up check")
    def test_a_handler_that_cannot_be_served(self, container, log):
        """The application does not start, says why, and opens nothing."""
        with pytest.raises(self.refusal, match=r"broken.*Unbound"):
            self.start(self.broken(container))

        assert list(log) == []
