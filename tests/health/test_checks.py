"""How an object is checked: what its declaration says, else by the methods of its class; and what answers mean."""

import functools

import pytest
from health_support import answers, bound, of, raises, singleton

from tenure import Container, managed_resource, resource
from tenure.errors import BindingError
from tenure.health import Health
from tenure.health.checks import ask_of

pytestmark = pytest.mark.anyio


async def look(health=None, **body):
    """Return the health of an object whose class has *body*, declared with *health*."""

    def initialize(self):
        pass

    cls = resource(scope="singleton", health=health)(type("Object", (), {"initialize": initialize, **body}))
    async with bound(cls) as container:
        return (await container.health())[cls]


# Which check.


@pytest.mark.parametrize(
    "check",
    [
        raises,
        lambda obj: raises(obj),
        functools.partial(raises),
        "ask",
        Health(raises),
        Health("ask"),
        Health(functools.partial(raises)),
        type("Check", (), {"__call__": lambda self, obj: raises(obj)})(),
    ],
)
async def test_what_is_declared(check):
    """A function, asynchronous or not; a callable object; the name of a method; a Health of any of these."""
    assert (await look(check, ask=raises, health_check=answers)).error == "no route"


async def test_a_method_by_nature():
    """`health_check` before `ping`; nothing else is called unasked."""
    assert (await look(health_check=raises, ping=answers)).status == "unhealthy"
    assert (await look(ping=raises)).status == "unhealthy"
    assert (await look(execute=raises, get=raises)).status == "unknown"


@pytest.mark.parametrize("health", [True, Health()])
async def test_a_check_without_saying_which(health):
    """Then work will do as well, in the order of the document's checker."""

    def execute(self, query):
        assert query == "SELECT 1"
        raise OSError("executed")

    def get(self, key):
        raise OSError(f"got {key}")

    assert (await look(health, execute=execute, get=get)).error == "executed"
    assert (await look(health, get=get)).error == "got health_check_key"
    assert (await look(health)).status == "unknown"


async def test_no_check():
    """`False` says that its methods are no checks."""
    assert (await look(False, ping=raises)).status == "unknown"


async def test_what_a_client_answers_to_is_no_method():
    """Methods are looked up on the class, never on the instance or the metaclass."""

    def __getattr__(self, name):
        raise AssertionError(name)

    assert (await look(__getattr__=__getattr__)).status == "unknown"
    assert (await look(ping=property(lambda self: 1 / 0))).status == "unknown"


async def test_a_method_that_is_not_there():
    """The declaration was wrong, and the report says so."""
    found = await look("pign")

    assert (found.status, found.error_type) == ("unhealthy", "AttributeError")


async def test_static_and_class_methods():
    """However they are bound."""
    assert (await look(ping=classmethod(raises))).status == "unhealthy"
    assert (await look(ping=staticmethod(lambda: False))).status == "unhealthy"


async def test_bind_outranks_the_declaration():
    """`bind(health=)` is said last."""
    Db = singleton("Db", health=raises)
    container = Container()
    container.bind(Db, health=answers)
    async with container:
        assert of(await container.health()) == {"Db": "healthy"}


async def test_bind_of_a_bound_check_keeps_the_rest():
    """The other options are those of the declaration."""
    Db = singleton("Db", tags={"a": "b"})
    container = Container()
    container.bind(Db, health=answers)

    assert dict(container.engine.graph.bindings[Db].options.tags) == {"a": "b"}


async def test_a_managed_resource():
    """It takes `health=` as well."""

    @managed_resource(initialize_func=lambda obj: None, health=raises, scope="singleton")
    class Db:
        pass

    async with bound(Db) as container:
        assert (await container.health()).resources[0].error == "no route"


# What is refused.


@pytest.mark.parametrize(
    ("health", "text"),
    [
        (3, "health takes a function of the object, the name of a method, or a Health, not 3"),
        ("SELECT 1", "the name of a method, or a Health, not 'SELECT 1'"),
        (Health, r"not the class Health: Health\(\)"),
        (dict, "not the class dict"),
    ],
)
async def test_what_is_no_check(health, text):
    """It is refused at once, by declarations and by `bind`, and nothing is bound."""
    with pytest.raises(BindingError, match=text):
        resource(health=health)
    container = Container()
    with pytest.raises(BindingError, match=text):
        container.bind(str, value="x", health=health)
    assert str not in container


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ({"timeout_s": 0}, "timeout_s must be a finite number of seconds > 0, not 0"),
        ({"timeout_s": None}, "timeout_s must be"),
        ({"timeout_s": float("inf")}, "timeout_s must be"),
        ({"timeout_s": float("nan")}, "timeout_s must be"),
        ({"timeout_s": True}, "timeout_s must be"),
        ({"ttl_s": -1}, "ttl_s must be a finite number of seconds >= 0, not -1"),
        ({"check": 3}, "check must be a function"),
        ({"critical": "no"}, "critical must be True or False, not 'no'"),
        ({"liveness": 1}, "liveness must be True or False, not 1"),
    ],
)
async def test_terms_out_of_their_bounds(terms, text):
    """A limit is always needed: no report waits for ever."""
    with pytest.raises(BindingError, match=text):
        Health(**terms)


# What answers mean.


class Strange:
    def __eq__(self, other):
        raise AssertionError

    __hash__ = None


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        (None, "healthy", None),
        (True, "healthy", None),
        (False, "unhealthy", "the check answered False"),
        (0, "healthy", None),
        ("PONG", "healthy", None),
        ("OK", "healthy", None),
        ("yellow", "degraded", "the check answered 'yellow'"),
        ("down", "unhealthy", "the check answered 'down'"),
        ({}, "healthy", None),
        ({"status": "pass"}, "healthy", None),
        ({"status": False, "error": "no route"}, "unhealthy", "no route"),
        ({"status": "degraded", "error": OSError("slow")}, "degraded", "slow"),
        ({"status": "odd"}, "unknown", "the check answered the status 'odd'"),
        (Strange(), "healthy", None),
    ],
)
@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_what_an_answer_means(answer, status, error, kind):
    """Whichever words a client uses."""

    async def ask(self):
        return answer

    found = await look(ping=ask if kind == "async" else lambda self: answer)
    assert (found.status, found.error) == (status, error)


async def test_details():
    """What else it says is told, as plain data."""
    said = {"status": "ok", "n": 1, "f": float("inf"), "deep": {1: [(2, Strange())]}}
    found = await look(ping=lambda self: said)

    assert dict(found.details) == {"n": 1, "f": "inf", "deep": {"1": [[2, "<Strange>"]]}}
    assert said["status"] == "ok"  # it is theirs
    assert dict((await look(ping=lambda self: "PONG")).details) == {"answer": "PONG"}
    assert dict((await look(ping=lambda self: Strange())).details) == {"answer": "<Strange>"}


async def test_work_that_answered_is_enough():
    """What a query gives says nothing of health."""
    assert (await look(True, execute=lambda self, query: False)).status == "healthy"


async def test_a_method_that_wants_arguments_is_no_check():
    """`ping(host)` pings something else; one with defaults will do."""
    assert (await look(ping=lambda self, host: 1 / 0)).status == "unknown"
    assert (await look(ping=staticmethod(lambda host: 1 / 0))).status == "unknown"
    assert (await look(health_check=lambda self, host: 1 / 0, ping=lambda self, host="": True)).status == "healthy"
    assert (await look("ping", ping=lambda self, host: True)).error_type == "TypeError"  # said is said


async def test_a_coroutine_method_needs_no_thread():
    """What `@resource` makes of it is seen for what it is."""

    @resource
    class Client:
        async def initialize(self):
            pass

        async def ping(self):
            pass

    assert ask_of(None, Client()).is_async
    assert ask_of(Health("ping"), Client()).is_async
