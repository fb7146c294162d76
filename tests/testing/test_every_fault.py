"""A scenario with each of its steps going wrong in turn: what leaks is found, and said so that it can be repeated."""

import ast
import re

import pytest
from anyio import sleep
from anyio.lowlevel import checkpoint

from tenure import Container, containers, providers
from tenure.events import Abandoned, Closed, CloseFailed, Closing, Opened, OpenFailed, Opening
from tenure.lifecycle import closing, opening
from tenure.testing import Fault, InjectedFault, areplay, every_fault, replay
from tenure.testing.faults.judging import violations
from tenure.testing.faults.plans import plan_of, text_of


class Database: ...


class Session: ...


@pytest.fixture(params=["asyncio", "trio"])
def loop(request):
    return request.param


@pytest.fixture
def live():
    """What is open, as the resources themselves know it."""
    return []


@pytest.fixture
def make(live):
    """A database and a session, both of which clean up."""

    def open_database():
        live.append("database")
        try:
            yield Database()
        finally:
            live.remove("database")

    def open_session(database: Database):
        live.append("session")
        try:
            yield Session()
        finally:
            live.remove("session")

    def make():
        container = Container()
        container.bind(Database, open_database, scope="singleton")
        container.bind(Session, open_session, scope="request")
        return container

    return make


@pytest.fixture
def amake(live):
    """The same for a loop, with a wait in each opening and each closing."""

    async def open_database():
        live.append("database")
        try:
            await checkpoint()
            yield Database()
        finally:
            live.remove("database")
            await sleep(0)

    async def open_session(database: Database):
        live.append("session")
        try:
            yield Session()
        finally:
            live.remove("session")

    def make():
        container = Container()
        container.bind(Database, open_database, scope="singleton")
        container.bind(Session, open_session, scope="request")
        return container

    return make


def scenario(container):
    with container, container.resource_scope() as scope:
        scope.get(Session)


async def ascenario(container):
    async with container, container.resource_scope() as scope:
        await scope.aget(Session)


# What is run.


def test_every_step_fails_once(make, live):
    """Each opening and each closing, in order; what the scenario raised is there to be looked at."""
    runs = []
    for fault in every_fault(make, scenario):
        assert live == []
        runs.append((fault.replay, type(fault.error).__name__))

    assert runs == [
        ("fail Database open #1", "InjectedFault"),
        ("fail Session open #1", "InjectedFault"),
        ("fail Session close #1", "CloseError"),
        ("fail Database close #1", "CloseError"),
    ]


def test_a_container_is_used_again(make):
    """It is closed behind each run and begins anew."""
    container = make()

    assert len([*every_fault(container, scenario)]) == 4
    assert [fault.has_happened for fault in every_fault(container, lambda container: container.get(Database))] == [
        True,
        True,
    ]
    with container:
        assert isinstance(container.get(Database), Database)


def test_a_container_that_was_closed(make):
    """Begins anew as well."""
    container = make()
    container.close()

    assert len([*every_fault(container, scenario)]) == 4


def test_what_closes_behind_the_scenario(amake, live, loop):
    """Fails as well; nobody is there to be cancelled then."""

    async def ask(container):
        await container.aget(Database)

    found = []
    for fault in every_fault(amake, ask, loop=loop):
        assert fault.has_happened
        assert live == []
        found.append(fault.replay)

    assert "fail Database close #1" in found
    assert not [each for each in found if each.startswith("cancel Database close")]


def test_the_second_time_is_a_step_of_its_own(make):
    """As many steps as there are, also of one resource."""

    def twice(container):
        for _ in range(2):
            with container.resource_scope() as scope:
                scope.get(Session)

    found = [fault.replay for fault in every_fault(make, twice)]

    assert [each for each in found if "Session open" in each] == ["fail Session open #1", "fail Session open #2"]
    assert len(found) == 6


def test_each_wait_of_a_loop(amake, live, loop):
    """Fails, and is where who runs the scenario is cancelled."""
    found = []
    for fault in every_fault(amake, ascenario, loop=loop):
        assert live == []
        assert fault.has_happened
        found.append(fault.replay)

    for at in (
        "Database open #1",
        "Database open #1 wait 1",
        "Session open #1",
        "Session close #1",
        "Database close #1",
    ):
        assert f"fail {at}" in found
        assert f"cancel {at}" in found


def test_hanging_takes_no_time(amake, loop):
    """What has a limit hangs, in virtual time, and is abandoned."""
    (fault,) = every_fault(amake, ascenario, kinds=("hang",), loop=loop)

    assert fault.replay == "hang Database close #1"
    assert "Abandoned Database" in fault.story


def test_pairs(make, live):
    """Behind each fault whatever comes then fails as well: a rollback that goes wrong."""
    found = []
    for fault in every_fault(make, scenario, pairs=True):
        assert live == []
        found.append(fault.replay)

    assert "fail Session open #1; fail Database close #1" in found
    assert "fail Session close #1; fail Database close #1" in found
    assert len(found) == 6


@pytest.mark.anyio
async def test_on_the_loop_that_runs(amake, live):
    """`async for`, in an asynchronous test."""
    n_runs = 0
    async for fault in every_fault(amake, ascenario):
        assert live == []
        assert fault.has_happened
        n_runs += 1

    assert n_runs >= 10
    assert (await areplay("cancel Session open #1", amake, ascenario)).error is None


@pytest.mark.parametrize("error", [OSError("disk full"), OSError, KeyboardInterrupt])
def test_the_error_that_is_raised(make, error):
    """Any, also one that ends programs."""
    first = next(iter(every_fault(make, scenario, error=error)))

    assert isinstance(first.error, error if isinstance(error, type) else OSError)


def test_a_declarative_container(live):
    """By the names of its attributes."""

    def opened():
        live.append("it")
        yield "it"
        live.remove("it")

    class App(containers.DeclarativeContainer):
        database = providers.Resource(opened)
        engine = providers.Object("a name that the type-driven face has as well")
        service = providers.Singleton(str, database)

    app = App()
    found = []
    for fault in every_fault(app, lambda app: app.service()):
        assert live == []
        found.append(fault.replay)

    assert found == ["fail App.database open #1", "fail App.database close #1"]
    app.shutdown_resources()


# What is found.


def test_closing_code_that_is_skipped(make):
    """A yield that stands in no `try` is where an error ends the generator."""

    def open_session(database: Database):
        yield Session()
        print("commit")

    def make_worse():
        container = make()
        container.bind(Session, open_session, scope="request")
        container.bind("last", open_last, scope="request")
        return container

    def open_last(session: Session):
        yield "last"

    def scenario(container):
        with container.resource_scope() as scope:
            scope.get("last")

    with pytest.raises(AssertionError) as found:
        [*every_fault(make_worse, scenario)]

    text = str(found.value)
    assert "the closing code of Session did not run: its yield stands in no try" in text
    assert "Closed Session" in text
    again = re.search(r"replay\((.+), container, run\)", text)[1]
    with pytest.raises(AssertionError, match="the closing code of Session did not run"):
        replay(ast.literal_eval(again), make_worse, scenario)


def test_a_scope_that_is_not_left(make):
    """When a step of the scenario fails."""

    def careless(container):
        scope = container.resource_scope().__enter__()
        scope.get(Session)
        scope.__exit__(None, None, None)

    with pytest.raises(AssertionError, match="the scope 'request' was entered and never left"):
        [*every_fault(make, careless)]


def test_what_the_library_forgets(make, monkeypatch):
    """Were a resource not closed, or told of wrongly, it would be found: here the library is broken on purpose."""

    def forget(*_):
        return False
        yield

    monkeypatch.setattr(closing, "_close_and_tell", forget)
    with pytest.raises(AssertionError, match="Database was opened and never closed"):
        [*every_fault(make, scenario)]


def test_opening_code_that_leaks(live):
    """What it had when it failed is the user's own to look at."""

    async def connect():
        live.append("socket")
        await checkpoint()
        try:
            yield "connection"
        finally:
            live.remove("socket")

    def make():
        container = Container()
        container.bind("connection", connect, scope="singleton")
        return container

    async def use(container):
        await container.aget("connection")

    leaking = []
    for fault in every_fault(make, use, kinds=("fail",)):
        if live:
            leaking.append(fault.replay)
            live.clear()

    assert leaking == ["fail 'connection' open #1 wait 1"]


def test_a_scenario_that_fails_by_itself(make):
    """Nothing was made to go wrong: its error is raised."""

    def broken(container):
        raise LookupError("by itself")

    with pytest.raises(LookupError, match="by itself"):
        next(iter(every_fault(make, broken)))


def test_replaying(make):
    """The same faults, the same story."""
    runs = {fault.replay: fault for fault in every_fault(make, scenario, pairs=True)}

    for text, run in runs.items():
        again = replay(text, make, scenario)
        assert again.story == run.story
        assert again.replay == str(again) == text


def test_a_fault_that_does_not_happen(make):
    """Is told: the run did not come there."""
    run = replay("fail Session open #7", make, scenario)

    assert run.error is None
    assert not run.has_happened


# Judging.


def event(cls, number, label, *needs, **more):
    fixed = {"elapsed_s": 0.0, "lifetime_s": 0.0, "outcome": None, "error": OSError(), "limit_s": 1.0, "needs": needs}
    fields = [name for name in cls.__match_args__ if name in fixed]
    return cls(0.0, number, label, label, "root", 0, **{name: fixed[name] for name in fields})


OPEN = [event(Opening, 1, "a"), event(Opened, 1, "a"), event(Opening, 2, "b"), event(Opened, 2, "b", 1)]
CLOSE = [event(Closing, 2, "b"), event(Closed, 2, "b"), event(Closing, 1, "a"), event(Closed, 1, "a")]


@pytest.mark.parametrize(
    ("events", "wrong"),
    [
        (OPEN + CLOSE, []),
        ([*OPEN, CLOSE[0], event(CloseFailed, 2, "b"), CLOSE[2], event(Abandoned, 1, "a")], []),
        ([event(Opening, 1, "a"), event(OpenFailed, 1, "a")], []),
        (OPEN[:2], ["a was opened and never closed"]),
        (OPEN[:2] + CLOSE[2:3], ["the closing of a has not ended"]),
        (OPEN[:2] + CLOSE[2:] + CLOSE[2:], ["a was opened and closed 2 times"]),
        (OPEN + CLOSE[2:] + CLOSE[:2], ["a was closed before b, which was made from it"]),
        ([*OPEN, CLOSE[0], *CLOSE[2:], CLOSE[1]], ["a was closed before b, which was made from it"]),
        ([event(Opening, 1, "a"), event(OpenFailed, 1, "a"), *CLOSE[2:]], ["a failed to open, and was closed"]),
    ],
)
def test_what_is_judged(events, wrong):
    """Once, all of it, dependents first."""
    assert violations(events) == wrong


# Bad input, and what is left behind.


def test_plans_as_text():
    """There and back."""
    plan = (Fault("fail", "App.my thing", "open", 2), Fault("cancel", "Annotated[A, 'b']", "close", 1, 3))

    assert plan_of(text_of(plan)) == plan
    assert text_of(plan) == "fail App.my thing open #2; cancel Annotated[A, 'b'] close #1 wait 3"


@pytest.mark.parametrize("text", ["", "fail", "fail A open", "burn A open #1", "fail A open #1;"])
def test_texts_that_tell_no_fault(make, text):
    """Are refused, with one that does."""
    with pytest.raises(ValueError, match="one is 'fail Database open #1'"):
        replay(text, make, scenario)


def test_bad_arguments(make):
    """Before anything is run."""
    with pytest.raises(ValueError, match="kinds="):
        every_fault(make, ascenario, kinds=("burn",))
    with pytest.raises(ValueError, match="kinds="):
        every_fault(make, ascenario, kinds="fail")
    with pytest.raises(ValueError, match="neither be cancelled nor hang"):
        every_fault(make, scenario, kinds=("cancel",))
    with pytest.raises(TypeError, match="a container, or a function that makes one"):
        every_fault(7, scenario)
    with pytest.raises(TypeError, match="which is no container"):
        next(iter(every_fault(lambda: 7, scenario)))


@pytest.mark.anyio
async def test_plain_scenarios_are_run_by_for(make):
    """`async for` of one is a mistake."""
    with pytest.raises(TypeError, match="run by `for`"):
        async for _ in every_fault(make, scenario):
            pass  # pragma: no cover


def test_nothing_is_left_behind(make):
    """Also where the loop is left early."""
    before = opening._make_and_open, closing.close_handle
    for fault in every_fault(make, scenario):
        assert isinstance(fault.error, InjectedFault)
        break

    assert (opening._make_and_open, closing.close_handle) == before
