"""
What every integration of calls and messages has to do, told by a real server of the framework over the loopback.

A test module per framework derives from `CallsConformance`. Each test `shows` a column of docs/integrations/table.md.
"""

import contextlib
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import wait
from importlib.metadata import version

import anyio
import anyio.from_thread
import pytest
from conformance import TIMEOUT_S, Database, Log, Repository, Session, container_of, shows

from tenure import Container
from tenure.errors import GraphError

ENDS = ("session closed", "session rolled back")


class Census:
    """What was opened and closed, each session by its number; the sessions that were closed too late."""

    def __init__(self):
        self.opened = Counter()
        self.closed = Counter()
        self.late = []
        self._is_open = False
        self._numbers = itertools.count(1)

    def container(self, is_async):
        def database():
            self._is_open = True
            yield Database()
            self._is_open = False

        async def session(database: Database) -> AsyncIterator[Session]:
            await anyio.sleep(0)  # an opening that is cancelled here has opened nothing
            given = self._session()
            try:
                yield given
            finally:
                try:
                    await anyio.sleep(0)
                finally:  # a cancellation that comes while it closes interrupts what waits (design.md, rule 8)
                    self._close(given)

        def session_at_once(database: Database) -> Iterator[Session]:
            given = self._session()
            try:
                yield given
            finally:
                self._close(given)

        container = Container()
        container.bind(Database, database, scope="singleton")
        container.bind(session if is_async else session_at_once, scope="request")
        container.bind(Repository, scope="request")
        return container

    def _session(self):
        given = Session(next(self._numbers))
        self.opened[given.number] += 1
        return given

    def _close(self, session):
        session.is_open = False
        self.closed[session.number] += 1
        if not self._is_open:
            self.late.append(session.number)


@pytest.mark.slow
class CallsConformance:
    """
    The tests.

    A derived class says what `framework` and `packages` it is about, and what the framework `lacks`, by column. It has

    * `running(container, log)`, an async context manager: a server, with a client, runs in its body. It gives an async
      function `call(name, text="")` that returns what the server answers as text. The server has the methods of the
      tests below;
    * `stopped_early(container, log)`, the same, save that the server stops as soon as it can when the body ends;
    * `broken(container)`, which starts a server with a method `broken` that wants `Unbound`;
    * `schema(container, log)`, an async function: what clients see of the server's methods, as text.
    """

    kind = "calls"
    framework: str
    packages: tuple[str, ...]
    is_async = True
    answers_errors = True
    lacks: dict[str, str] = {}
    refusal: type[Exception] = GraphError
    cancelled_as = "session rolled back: CancelledError"
    answered_as = "session rolled back: Answered"

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
    def portal(self):
        with anyio.from_thread.start_blocking_portal("asyncio") as portal:
            yield portal

    @contextlib.contextmanager
    def serve(self, portal, running):
        """Give what sends a call; it returns a future, whose cancellation cancels the call."""
        with portal.wrap_async_context_manager(running) as call:
            yield lambda name, text="": portal.start_task_soon(call, name, text)

    @pytest.fixture
    def send(self, portal, container, log):
        with self.serve(portal, self.running(container, log)) as send:
            yield send

    def test_versions(self):
        """What was tested."""
        print(self.framework, *(f"{name} {version(name)}" for name in self.packages))

    @shows("start/stop")
    def test_it_starts_and_stops(self, portal, container, log):
        """The container is opened for the server, and closed behind it."""
        with self.serve(portal, self.running(container, log)) as send:
            assert list(log) == ["database opened"]
            assert send("value").result(TIMEOUT_S) == "1 True"
            log.until("session closed")

        assert list(log) == ["database opened", "session opened", "session closed", "database closed"]

    @shows("scope")
    def test_a_scope_per_call(self, send, log):
        """Each has a session of its own, the same one everywhere, closed behind it."""
        assert [send("value").result(TIMEOUT_S) for _ in range(2)] == ["1 True", "2 True"]
        assert log.until("session closed", 2).count("session opened") == 2

    @shows("scope")
    def test_calls_at_the_same_time(self, send, log):
        """None sees the session of another."""
        answers = {answer.result(TIMEOUT_S) for answer in [send("value") for _ in range(20)]}

        assert answers == {f"{number} True" for number in range(1, 21)}
        log.until("session closed", 20)

    @shows("scope")
    def test_a_synchronous_method(self, send):
        """It is served by what is open, or can be opened at once."""
        assert send("sync").result(TIMEOUT_S) == "True"

    @shows("message object")
    def test_the_message(self, send):
        """Asked for by its class, deep inside."""
        assert send("message", "Ann").result(TIMEOUT_S) == "Ann"

    @shows("stream")
    def test_a_stream(self, send, log):
        """The session is open until its end."""
        assert send("stream").result(TIMEOUT_S) == "True True True "
        log.until("session closed")

    @shows("errors")
    def test_an_error_that_is_answered_for(self, send, log):
        """The resources see it all the same."""
        call = send("answered")
        assert "session closed" not in log.until(self.answered_as)
        wait([call], TIMEOUT_S)

    @shows("errors")
    def test_an_error(self, send, log):
        """The resources see it."""
        call = send("error")
        assert "session closed" not in log.until("session rolled back: ZeroDivisionError")
        if not self.answers_errors:
            call.cancel()
        wait([call], TIMEOUT_S)

    @shows("cancelled")
    def test_a_call_that_is_cancelled(self, send, log):
        """What it had is closed, and sees it."""
        call = send("waits")
        log.until("waiting")
        call.cancel()

        assert "session closed" not in log.until(self.cancelled_as)

    @shows("in flight at stop")
    def test_calls_that_are_under_way(self, portal, container, log):
        """They end, or are ended, before what they stand on is closed."""
        with self.serve(portal, self.stopped_early(container, log)) as send:
            calls = [send("waits") for _ in range(3)]
            log.until("waiting", 3)
        for call in calls:
            call.cancel()

        entries = list(log)
        assert entries.count("session opened") == 3
        assert sum(each.startswith(ENDS) for each in entries) == 3
        assert entries[-1] == "database closed"
        assert entries.count("database closed") == 1

    @shows("in flight at stop")
    def test_a_crowd(self, portal, log):
        """Hundreds at a time, some cancelled, some under way at the end: each session is opened and closed once."""
        census = Census()
        names = ["value", "answered", "error", *([] if "stream" in self.lacks else ["stream"])]
        with self.serve(portal, self.stopped_early(census.container(self.is_async), log)) as send:
            calls = {name: [send(name) for _ in range(200 // len(names))] for name in names}
            waiting = [send("waits") for _ in range(25)]
            for call in waiting[5:]:
                call.cancel()
            assert len({call.result(TIMEOUT_S) for call in calls["value"]}) == len(calls["value"])
        for call in (*waiting, *calls["answered"], *calls["error"]):
            call.cancel()

        assert len(census.opened) >= len(calls["value"])
        assert census.closed == census.opened == Counter(census.opened.keys())
        assert census.late == []

    @shows("schema clean")
    def test_what_is_shown_of_a_method(self, portal, container, log):
        """Nothing of what is injected."""
        shown = portal.call(self.schema, container, log)

        assert "number" in shown.lower()
        assert "session" not in shown.lower()
        assert "inject" not in shown.lower()

    @shows("start-up check")
    def test_a_method_that_cannot_be_served(self, portal, container, log):
        """The server does not start, says why, and opens nothing."""
        with pytest.raises(self.refusal, match=r"broken.*Unbound"):
            portal.call(self.broken, container)

        assert list(log) == []
