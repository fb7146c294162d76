"""What users asked for, about injected calls; the numbers are threads of ets-labs/python-dependency-injector."""

import asyncio
import types
from typing import Annotated

from tests.weaknesses.support import Holds, contrast, live, opening, opening_async, outcome

REFUSED = Holds(lambda seen: seen not in {"marker", "nothing"}, "an error instead of the body")


def kind(value):
    return "marker" if type(value).__name__ in {"Provide", "Provider", "Closing", "ClassGetItemMeta"} else "value"


def error_of(function):
    """What the call gives, or the error's class and text."""
    try:
        return function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@contrast(theirs="marker", ours=REFUSED)
def test_a_marker_never_reaches_a_body(library):
    """#521: a function that nobody wired is refused when it is called; it never sees a marker."""
    library.container(db=library.providers.Object("db"))

    @library.wiring.inject
    def function(db=library.wiring.Provide["db"]):
        return kind(db)

    return error_of(function)


@contrast(theirs=False, ours=True)
def test_the_error_says_what_was_not_wired(library):
    """#521: the error names function and parameter."""

    @library.wiring.inject
    def handler(repository=library.wiring.Provide["repository"]):
        return kind(repository)

    text = error_of(handler)
    return "handler" in text and "repository" in text


def wired_to_unknown(library, container):
    """A wired function that asks for a name the container does not have."""
    module = types.ModuleType("unknown_names")

    @library.wiring.inject
    def function(db=library.wiring.Provide["databse"]):
        return kind(db)

    module.function = function
    container.wire(modules=[module])
    return module.function


@contrast(theirs="marker", ours=REFUSED)
def test_an_unknown_name_never_reaches_a_body(library):
    """#587: a marker of a name that the container lacks is an error of the call."""
    container = library.container(database=library.providers.Object("db"))

    seen = error_of(wired_to_unknown(library, container))
    container.unwire()
    return seen


@contrast(theirs=False, ours=True)
def test_an_unknown_name_is_shown_with_the_nearest(library):
    """#587: the error of a misspelt name shows the nearest name there is."""
    container = library.container(database=library.providers.Object("db"))

    text = error_of(wired_to_unknown(library, container))
    container.unwire()
    return "database" in text.replace("databse", "")


@contrast(theirs="marker", ours="value")
def test_annotations_written_as_text_work(library):
    """Section 6: `Annotated[..., Provide[...]]` works under `from __future__ import annotations`."""
    module = types.ModuleType("postponed")
    module.__dict__.update(Annotated=Annotated, Provide=library.wiring.Provide, inject=library.wiring.inject, kind=kind)
    source = (
        "@inject\ndef function(db: Annotated[str, Provide['db']] = None):\n    return kind(db) if db else 'marker'\n"
    )
    exec("from __future__ import annotations\n" + source, module.__dict__)
    container = library.container(db=library.providers.Object("db"))

    container.wire(modules=[module])
    seen = error_of(module.function)
    container.unwire()
    return seen


@contrast(theirs="value", ours="value")
def test_annotated_markers_work(library):
    """#693: `Annotated[..., Provide[...]]` is a marker as a default is, in both libraries."""
    module = types.ModuleType("annotated")

    @library.wiring.inject
    def function(db: Annotated[str, library.wiring.Provide["db"]]):
        return kind(db)

    module.function = function
    container = library.container(db=library.providers.Object("db"))
    container.wire(modules=[module])
    seen = error_of(module.function)
    container.unwire()
    return seen


class Repository:
    def __init__(self, session):
        self.session = session


def repositories(library, log, opens):
    session = library.resource(opens(log, "session"))
    users = library.providers.Factory(Repository, session)
    orders = library.providers.Factory(Repository, session)
    return library.container(session=session, users=users, orders=orders)


@contrast(theirs=True, ours=True)
def test_a_request_shares_one_session(library):
    """#728, L2: two repositories of one request have the same session."""
    container = repositories(library, [], opening)
    marks = {"users": library.closing("users"), "orders": library.closing("orders")}
    request = library.injected(container, lambda users, orders: users.session is orders.session, **marks)

    shared = request()
    container.unwire()
    return shared


@contrast(theirs=1, ours=2)
async def test_concurrent_requests_have_their_own_sessions(library):
    """#728, L47: requests that run at the same time are isolated from each other, through factories too."""
    inside = asyncio.Barrier(2)

    async def handler(users):
        await inside.wait()
        sessions.append(users.session)

    sessions = []
    container = repositories(library, [], opening_async)
    request = library.injected(container, handler, users=library.closing("users"))
    await outcome(asyncio.gather(request(), request(), return_exceptions=True))
    container.unwire()
    return len({id(session) for session in sessions})


@contrast(theirs=[], ours=[])
def test_a_session_is_closed_when_the_request_fails(library):
    """#681, L10: a request that raises leaves nothing open."""
    log = []
    container = repositories(library, log, opening)
    request = library.injected(container, lambda users: 1 / 0, users=library.closing("users"))

    error_of(request)
    container.unwire()
    return live(log)


@contrast(theirs=["+engine", "+session", "-session", "-engine"], ours=["+engine", "+session", "-session"])
def test_what_the_application_opened_outlives_the_request(library):
    """#665, L11: a request closes its session; the engine that the start opened stays for the next request."""
    log = []
    engine = library.resource(opening(log, "engine"))
    session = library.resource(opening(log, "session"), engine)
    container = library.container(engine=engine, session=session)
    container.engine.init()
    request = library.injected(container, lambda session: None, session=library.closing("session"))

    request()
    seen = list(log)
    container.unwire()
    container.shutdown_resources()
    return seen


@contrast(theirs=["+job", "-job"] * 3, ours=["+job", "-job"] * 3)
def test_each_call_opens_and_closes_its_own(library):
    """#455: a short-lived resource, opened and closed N times by N calls."""
    log = []
    container = library.container(job=library.resource(opening(log, "job")))
    call = library.injected(container, lambda job: None, job=library.closing("job"))

    for _ in range(3):
        call()
    container.unwire()
    return log


@contrast(theirs="given", ours="given")
def test_an_argument_of_the_caller_wins(library):
    """A value that the caller gives is not injected, in both libraries."""
    container = library.container(db=library.providers.Object("injected"))
    call = library.injected(container, lambda db: db, db=library.wiring.Provide["db"])

    seen = call(db="given")
    container.unwire()
    return seen
