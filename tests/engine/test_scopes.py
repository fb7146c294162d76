"""Scopes: who owns what, holders of shared objects, the current scope, and the ladder (L46-L50, sections 4 and 9)."""

import contextvars
import gc
import weakref

import pytest

from tenure import Container, resource, scoped, singleton, transient
from tenure.errors import BindingError, ContainerClosedError, GraphError, ScopeError, ScopeNotOpenError
from tests.engine.support import ASYNC_KINDS, SYNC_KINDS, Fault, checkpoint

ASYNC = pytest.mark.worlds("asyncio", "trio")
ALL = SYNC_KINDS + ASYNC_KINDS


def methods_kind(world):
    return "async methods class" if world.is_async else "methods class"


def generator_kind(world):
    return "async generator" if world.is_async else "generator"


def work_class(log, name="db", is_async=True):
    """Return a resource class with a method that does some work."""
    if is_async:

        @resource
        class Database:
            async def initialize(self):
                await checkpoint()
                log.append(f"open {name}")

            async def dispose(self):
                log.append(f"close {name}")
                await checkpoint()
                log.append(f"closed {name}")

            async def work(self):
                log.append(f"work {name}")
                return 42

            def plain(self):
                return 43

    else:

        @resource
        class Database:
            def initialize(self):
                log.append(f"open {name}")

            def dispose(self):
                log.append(f"close {name}")
                log.append(f"closed {name}")

            def work(self):
                log.append(f"work {name}")
                return 42

    return Database


async def call(value):
    result = value()
    return await result if hasattr(result, "__await__") else result


# lifetimes


@pytest.mark.parametrize("kind", ALL)
async def test_ambient_belongs_to_the_innermost_scope(world, story, kind):
    """Lifetimes: an ambient resource belongs to the innermost open scope, unless an outer one already holds it."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", kind=kind)
    b = story.add(container, "B", kind=kind)

    async with world.inside(container.resource_scope()):
        outer = await world.get(container, a)
        async with world.inside(container.resource_scope()):
            inner = await world.get(container, a)
            first_b = await world.get(container, b)
        after_inner = list(story.log)
        second_b = await world.get(container, b)

    assert outer is inner
    assert first_b is not second_b
    assert after_inner == ["open A", "open B", "close B"]
    assert story.log == [*after_inner, "open B", "close B", "close A"]


@pytest.mark.parametrize("kind", ALL)
async def test_ambient_without_a_scope_belongs_to_the_root(world, story, kind):
    """Lifetimes: with no scope open an ambient resource belongs to the root."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", kind=kind)

    first = await world.get(container, a)
    async with world.inside(container.resource_scope()):
        second = await world.get(container, a)
    after_scope = list(story.log)
    await world.close(container)

    assert first is second
    assert after_scope == ["open A"]
    assert story.log == ["open A", "close A"]


async def test_what_a_longer_lived_value_needs_lives_as_long(world, story):
    """Lifetimes: what a singleton depends on is owned by the root, also when a request asks first or holds its own."""
    container = Container()
    a = story.add(container, "A", kind=generator_kind(world))
    s = story.add(container, "S", a, kind=generator_kind(world), scope="singleton")
    story.needs["S"] = []  # there are two of A

    async with world.inside(container.resource_scope()):
        own = await world.get(container, a)
        shared = (await world.get(container, s)).needs[0]
    after_scope = list(story.log)
    await world.close(container)

    assert own is not shared
    assert after_scope == ["open A", "open A", "open S", "close A"]
    assert story.closes == ["A", "S", "A"]


async def test_siblings_never_share(world, story):
    """L47: two request scopes have instances of their own; a child sees its parent's; singletons are one."""
    container = Container(scopes=("session", "request"))
    per_request = story.add(container, "R", scope="request")
    per_session = story.add(container, "S", scope="session")
    one = story.add(container, "O", scope="singleton")
    seen = []

    async with world.inside(container.resource_scope("session")):
        for _ in range(2):
            async with world.inside(container.resource_scope("request")):
                row = [await world.get(container, key) for key in (per_request, per_session, one)]
                async with world.inside(container.resource_scope("call")):
                    again = [await world.get(container, key) for key in (per_request, per_session, one)]
                assert row == again
                seen.append(row)
    await world.close(container)

    assert seen[0][0] is not seen[1][0]
    assert seen[0][1:] == seen[1][1:]
    assert story.closes == ["R", "R", "S", "O"]


@ASYNC
async def test_concurrent_requests_do_not_share(world, story):
    """L47: scopes of concurrent tasks are siblings."""
    container = Container()
    key = story.add(container, "R", kind="async generator", scope="request")

    async def request():
        async with container.resource_scope():
            first = await container.aget(key)
            await world.settle()
            assert await container.aget(key) is first
            return first

    async with world.tasks() as tasks:
        jobs = [tasks.start(request) for _ in range(20)]

    assert [job.error for job in jobs] == [None] * 20
    assert len({id(job.value) for job in jobs}) == 20
    assert story.live == []


async def test_a_named_lifetime_needs_its_scope(world, story):
    """Section 9: a value with a named lifetime lives in the nearest open scope of that name, and nowhere else."""
    container = Container(scopes=("session", "request"))
    key = story.add(container, "R", scope="session")

    with pytest.raises(ScopeNotOpenError, match="session"):
        await world.get(container, key)
    async with world.inside(container.resource_scope("request")):
        with pytest.raises(ScopeNotOpenError):
            await world.get(container, key)
    async with world.inside(container.resource_scope("session")):
        outer = await world.get(container, key)
        async with world.inside(container.resource_scope()), world.inside(container.resource_scope()):
            assert await world.get(container, key) is outer

    assert story.log == ["open R", "close R"]


async def test_a_captive_dependency_is_found(world, story):
    """L48: a longer-lived binding that needs a shorter-lived one is an error of check, through transients too."""
    container = Container()
    a = story.add(container, "A", scope="request")

    class Middle:
        def __init__(self, inner: a):
            self.inner = inner

    b = story.add(container, "B", Middle, scope="singleton")

    with pytest.raises(GraphError, match="captive") as caught:
        container.check()
    async with world.inside(container.resource_scope()):
        with pytest.raises((ScopeNotOpenError, GraphError)):
            await world.get(container, b)

    assert "A" in str(caught.value)
    assert "B" in str(caught.value)
    assert story.log == []


async def test_decorators_of_lifetimes(world):
    """Sections 4 and 9: @singleton, @transient and @scoped say how long a class lives."""

    @singleton
    class One:
        pass

    @transient
    class Each:
        pass

    @scoped
    class Request:
        pass

    @scoped("session")
    class Session:
        pass

    container = Container(scopes=("session", "request"))
    async with world.inside(container.resource_scope("session")):
        async with world.inside(container.resource_scope("request")):
            same = {key: (await world.get(container, key)) is (await world.get(container, key))
                    for key in (One, Each, Request, Session)}  # fmt: skip

    assert same == {One: True, Each: False, Request: True, Session: True}


# the ladder


async def test_the_ladder(world):
    """Section 9: unknown names, and wider names inside narrower ones, are errors that help."""
    container = Container(scopes=("session", "request"))

    with pytest.raises(ScopeError, match="did you mean 'session'"):
        async with world.inside(container.resource_scope("sesion")):
            raise AssertionError
    async with world.inside(container.resource_scope("request")):
        with pytest.raises(ScopeError, match="wider"):
            async with world.inside(container.resource_scope("session")):
                raise AssertionError
    async with world.inside(container.resource_scope("call")):
        with pytest.raises(ScopeError, match="wider"):
            async with world.inside(container.resource_scope("request")):
                raise AssertionError

    assert container.snapshot().scopes[0].name == "root"
    assert len(container.snapshot().scopes) == 1


async def test_names_of_unnamed_scopes(world):
    """Section 9: `resource_scope()` opens the last name of the ladder once, then anonymous scopes."""
    container = Container(scopes=("session", "request"))
    names = []

    async with world.inside(container.resource_scope()) as one:
        async with world.inside(container.resource_scope()) as two:
            names += [one.name, two.name]
    async with world.inside(container.resource_scope("session")) as one:
        async with world.inside(container.resource_scope()) as two:
            async with world.inside(container.resource_scope()) as three:
                names += [one.name, two.name, three.name]

    assert names == ["request", "anonymous", "session", "request", "anonymous"]


async def test_an_empty_ladder(world, story):
    """Section 9: with an empty ladder `resource_scope()` opens anonymous scopes, which own what is ambient."""
    container = Container(scopes=())
    a = story.add(container, "A")

    async with world.inside(container.resource_scope()) as scope:
        await world.get(container, a)
        name = scope.name

    assert name == "anonymous"
    assert story.log == ["open A", "close A"]


async def test_the_same_name_inside_itself(world, story):
    """Section 9: a scope of the same name inside itself has instances of its own."""
    container = Container()
    a = story.add(container, "A", scope="request")

    async with world.inside(container.resource_scope("request")):
        outer = await world.get(container, a)
        async with world.inside(container.resource_scope("request")):
            inner = await world.get(container, a)

    assert outer is not inner
    assert story.closes == ["A", "A"]


# nesting


async def test_closing_a_parent_closes_its_children(world, story):
    """L46: closing the container closes open scopes inside it first, and their bodies learn of it when they end."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", a, scope="request")
    c = story.add(container, "C", b)

    with pytest.raises(ContainerClosedError):
        async with world.inside(container.resource_scope()):
            await world.get(container, b)
            async with world.inside(container.resource_scope()):
                await world.get(container, c)
                await world.close(container)
                at_close = list(story.closes)

    assert at_close == story.closes == ["C", "B", "A"]


async def test_a_scope_that_is_cut_off_sees_an_error(world, story):
    """L13, L46: what a close of the container cuts off is shown an error, so that it undoes its work."""
    container = Container()
    a = story.add(container, "A")

    with pytest.raises(ContainerClosedError):
        async with world.inside(container.resource_scope()):
            await world.get(container, a)
            await world.close(container)

    assert isinstance(story.told["A"], ContainerClosedError)


async def test_scopes_of_two_containers(world, story):
    """Section 9: each container answers from its own innermost scope, whichever was entered last."""
    one, two = Container(), Container()
    a = story.add(one, "A")
    b = story.add(two, "B")

    async with world.inside(one.resource_scope()):
        async with world.inside(two.resource_scope()):
            first = await world.get(one, a)
            await world.get(two, b)
        assert await world.get(one, a) is first
        inside = list(story.log)
    left = list(story.log)
    await world.close(one)
    await world.close(two)

    assert inside == ["open A", "open B", "close B"]
    assert left == story.log == [*inside, "close A"]


async def test_a_scope_serves_itself_whatever_is_current(world, story):
    """Section 9: `scope.get` asks that scope, also where another one is current."""
    container = Container()
    a = story.add(container, "A", scope="request")

    async with world.inside(container.resource_scope("request")) as outer:
        async with world.inside(container.resource_scope("request")) as inner:
            in_outer = await world.get(outer, a)
            in_inner = await world.get(inner, a)
            current = await world.get(container, a)

    assert in_outer is not in_inner
    assert current is in_inner


async def test_leaving_out_of_order(world, story):
    """L11, L46: leaving an outer scope first closes the inner one too, and afterwards the container can be used."""
    container = Container()
    a = story.add(container, "A")
    b = story.add(container, "B")
    outer, inner = world.inside(container.resource_scope()), world.inside(container.resource_scope())
    await outer.__aenter__()
    await world.get(container, a)
    await inner.__aenter__()
    await world.get(container, b)

    await outer.__aexit__(None, None, None)
    with pytest.raises(ContainerClosedError):
        await inner.__aexit__(None, None, None)
    async with world.inside(container.resource_scope()):
        await world.get(container, a)

    assert story.log == ["open A", "open B", "close B", "close A", "open A", "close A"]


@ASYNC
async def test_a_scope_left_in_another_task(world, story):
    """Section 9: leaving a scope in another task than it was entered closes everything, then says so."""
    container = Container()
    a = story.add(container, "A", kind="async generator")
    handle = container.resource_scope()

    async def enter():
        scope = await handle.__aenter__()
        await scope.aget(a)

    async def leave():
        await handle.__aexit__(None, None, None)

    async with world.tasks() as tasks:
        entering = tasks.start(enter)
        await entering.wait()
        leaving = tasks.start(leave)

    # on trio the body is a cancel scope (L56), whose own complaint comes where it was entered
    assert isinstance(entering.error, RuntimeError) if world.name == "trio" else entering.error is None
    assert isinstance(leaving.error, ScopeError)
    assert story.log == ["open A", "close A"]


@ASYNC
async def test_tasks_started_in_a_scope_are_in_it(world, story):
    """Section 9: a scope is current in tasks started from its task."""
    container = Container()
    a = story.add(container, "A", kind="async generator")

    async with container.resource_scope():
        mine = await container.aget(a)
        async with world.tasks() as tasks:
            job = tasks.start(container.aget, a)

    assert job.value is mine


@ASYNC
async def test_a_task_that_outlives_its_scope_is_refused(world, story):
    """L50: a task started in a scope that has been left is refused, and opens nothing elsewhere."""
    container = Container()
    a = story.add(container, "A", kind="async generator")
    gate = world.event()

    async def late():
        await gate.wait()
        await container.aget(a)

    async with world.tasks() as tasks:
        async with container.resource_scope():
            job = tasks.start(late)
            await world.settle()
        gate.set()

    assert isinstance(job.error, ContainerClosedError)
    assert story.log == []


# values


async def test_values_given_to_a_scope(world):
    """Section 9: a value given to a scope is seen inside it and in inner ones, and by what depends on it."""

    class Request:
        pass

    @scoped
    class Handler:
        def __init__(self, request: Request):
            self.request = request

    container = Container()
    container.declare(Request)
    container.bind(Handler)
    container.check()
    request = Request()

    with pytest.raises(LookupError):
        await world.get(container, Request)
    async with world.inside(container.resource_scope(values={Request: request, "trace": 7})):
        async with world.inside(container.resource_scope()):
            assert await world.get(container, Request) is request
            assert await world.get(container, "trace") == 7
            assert (await world.get(container, Handler)).request is request
    async with world.inside(container.resource_scope()):
        with pytest.raises(LookupError):
            await world.get(container, Request)


async def test_values_for_a_bound_key(world):
    """Section 9: a value for a key that is bound is refused, and no scope is entered."""
    container = Container()
    container.bind("name", value=1)

    with pytest.raises(BindingError):
        async with world.inside(container.resource_scope(values={"name": 2})):
            raise AssertionError("entered")

    assert len(container.snapshot().scopes) == 1


async def test_values_die_with_the_scope(world):
    """L16: a value given to a scope is let go when the scope is left."""

    class Request:
        pass

    container = Container()
    refs = []

    async def serve():
        request = Request()
        refs.append(weakref.ref(request))
        async with world.inside(container.resource_scope(values={Request: request})):
            await world.get(container, Request)

    await serve()
    if world.is_async:
        await world.checkpoint()

    assert refs[0]() is None


# holders


async def test_an_instance_is_opened_by_its_first_holder(world):
    """Lifetimes: a bound instance is opened on first use in a scope and closed when that scope is left."""
    log = []
    Database = work_class(log, is_async=world.is_async)
    db = Database()
    container = Container()
    container.bind(Database, db)

    async with world.inside(container.resource_scope()):
        assert await world.get(container, Database) is db
        assert await call(db.work) == 42
    async with world.inside(container.resource_scope()):
        await call((await world.get(container, Database)).work)
    await world.close(container)

    assert log == ["open db", "work db", "close db", "closed db"] * 2


@ASYNC
async def test_overlapping_scopes_on_one_instance(world):
    """Lifetimes: overlapping scopes never close a shared instance under each other's feet."""
    log = []
    Database = work_class(log)
    db = Database()
    container = Container()
    container.bind(Database, db)
    first_may_leave, second_is_in, second_may_leave = world.event(), world.event(), world.event()

    async def first():
        async with container.resource_scope():
            await container.get(Database).work()
            await first_may_leave.wait()

    async def second():
        async with container.resource_scope():
            await container.get(Database).work()
            second_is_in.set()
            await second_may_leave.wait()
            await container.get(Database).work()

    async with world.tasks() as tasks:
        one = tasks.start(first)
        await world.settle()
        two = tasks.start(second)
        await second_is_in.wait()
        first_may_leave.set()
        await one.wait()
        assert "close db" not in log
        second_may_leave.set()

    assert (one.error, two.error) == (None, None)
    assert log == ["open db", "work db", "work db", "work db", "close db", "closed db"]


@ASYNC
@pytest.mark.parametrize("count", [2, 5])
async def test_many_overlapping_scopes(world, count):
    """Lifetimes: however many scopes overlap, opening and closing alternate, and nobody works on a closed instance."""
    log = []
    Database = work_class(log)
    db = Database()
    container = Container()
    container.bind(Database, db)

    async def request(steps):
        for _ in range(steps):
            await world.checkpoint()
        async with container.resource_scope():
            db = container.get(Database)
            for _ in range(steps):
                await db.work()
                await world.checkpoint()

    async with world.tasks() as tasks:
        jobs = [tasks.start(request, number % 4 + 1) for number in range(count * 4)]
    await container.aclose()

    assert [job.error for job in jobs] == [None] * len(jobs)
    is_open = False
    for entry in log:
        if entry == "open db":
            assert not is_open
            is_open = True
        elif entry == "closed db":
            is_open = False
        else:
            assert is_open
    assert not is_open


async def test_got_before_the_scope(world):
    """Lifetimes: an object got before the scope was opened is opened by the scope that uses it, and closed with it."""
    log = []
    Database = work_class(log, is_async=True) if world.is_async else work_class(log, is_async=False)
    db = Database()
    container = Container()
    container.bind(Database, db)
    if world.is_async:
        got = container.get(Database)
        assert log == []
        async with container.resource_scope():
            await got.work()
        after = list(log)
        await container.aclose()
        assert after == log == ["open db", "work db", "close db", "closed db"]
    else:
        with container.resource_scope():
            db.work()
        container.close()
        assert log == ["open db", "work db", "close db", "closed db"]


@ASYNC
@pytest.mark.parametrize("bound", ["instance", "class"])
async def test_got_in_the_outer_scope_and_first_used_in_the_inner(world, bound):
    """Section 9: an object got in an outer scope is held by that scope, also when it is first used in an inner one."""
    log = []
    Database = work_class(log)
    container = Container()
    container.bind(Database, Database() if bound == "instance" else Database)

    async with container.resource_scope():
        db = container.get(Database)
        async with container.resource_scope():
            await db.work()
        inside = list(log)
        await db.work()

    assert inside == ["open db", "work db"]
    assert log == ["open db", "work db", "work db", "close db", "closed db"]


@ASYNC
@pytest.mark.parametrize("lazily", [False, True])
async def test_an_instance_that_a_singleton_needs(world, lazily, story):
    """Section 9: an instance that a longer-lived value depends on is held by that value's owner."""
    log = story.log
    Database = work_class(log)
    container = Container()
    container.bind(Database, Database())

    class Repository:
        def __init__(self, db: Database):
            self.db = db

    container.bind(Repository, scope="singleton")

    async with container.resource_scope():
        repository = container.get(Repository) if lazily else await container.aget(Repository)
        await repository.db.work()
    after_scope = list(log)
    async with container.resource_scope():
        await repository.db.work()
    await container.aclose()

    assert "close db" not in after_scope
    assert log == ["open db", "work db", "work db", "close db", "closed db"]


@ASYNC
async def test_an_instance_pinned_while_a_request_opens_it(world):
    """Section 9, L11: a singleton that comes to need an instance while a request is opening it keeps it open."""
    log = []
    gate = world.event()

    @resource
    class Database:
        async def initialize(self):
            await gate.wait()
            log.append("open")

        async def dispose(self):
            log.append("close")

        async def work(self):
            log.append("work")

    container = Container()
    container.bind(Database, Database())
    may_leave = world.event()

    @singleton
    class Repository:
        def __init__(self, db: Database):
            self.db = db

    async def request():
        async with container.resource_scope():
            await container.get(Database).work()
            await may_leave.wait()

    async with world.tasks() as tasks:
        one = tasks.start(request)
        await world.settle()
        two = tasks.start(container.aget, Repository)
        await world.settle()
        gate.set()
        await two.wait()
        may_leave.set()
        await one.wait()
        await two.value.db.work()
    await container.aclose()

    assert log == ["open", "work", "work", "close"]


@ASYNC
async def test_one_instance_under_two_keys(world):
    """L2: an instance bound under two keys is one object: opened once, closed once."""
    log = []
    Database = work_class(log)
    db = Database()
    container = Container()
    container.bind(Database, db)
    container.bind("db", db)

    async with container.resource_scope():
        await (await container.aget(Database)).work()
        await (await container.aget("db")).work()

    assert log == ["open db", "work db", "work db", "close db", "closed db"]


@ASYNC
async def test_a_dependent_in_another_scope_keeps_it_open(world, story):
    """L18: a shared instance stays open as long as any scope has something that was made from it."""
    log = story.log
    Database = work_class(log)
    container = Container()
    container.bind(Database, Database())
    b = story.add(container, "B", Database, kind="async generator", scope="request")
    may_leave = [world.event(), world.event()]

    async def request(number):
        async with container.resource_scope():
            await container.aget(b)
            await may_leave[number].wait()

    async with world.tasks() as tasks:
        one = tasks.start(request, 0)
        await world.settle()
        two = tasks.start(request, 1)
        await world.settle()
        may_leave[0].set()
        await one.wait()
        assert "close db" not in log
        may_leave[1].set()

    assert (one.error, two.error) == (None, None)
    assert log == ["open db", "open B", "open B", "close B", "close B", "close db", "closed db"]


@ASYNC
async def test_closing_while_another_scope_comes(world):
    """Lifetimes: who comes while a shared instance is being closed waits, and opens it anew."""
    log = []
    closing, gate = world.event(), world.event()

    @resource
    class Database:
        async def initialize(self):
            log.append("open")

        async def dispose(self):
            closing.set()
            await gate.wait()
            log.append("close")

        async def work(self):
            log.append("work")

    container = Container()
    container.bind(Database, Database())

    async def request():
        async with container.resource_scope():
            await container.get(Database).work()

    async with world.tasks() as tasks:
        one = tasks.start(request)
        await closing.wait()
        two = tasks.start(request)
        await world.settle()
        gate.set()

    assert (one.error, two.error) == (None, None)
    assert log == ["open", "work", "close", "open", "work", "close"]


# the current scope


async def test_the_current_scope_ends_with_the_body(world):
    """Section 9: after leaving, the scope around is current again, also after errors."""
    container = Container()
    context = contextvars.copy_context()

    for fault in (None, Fault("body")):
        try:
            async with world.inside(container.resource_scope()):
                if fault:
                    raise fault
        except Fault:
            pass
        with pytest.raises(ScopeNotOpenError):
            container.get(_request_key(container))
    assert context


def _request_key(container):
    key = type("Key", (), {})
    container.bind(key, lambda: object(), scope="request")
    return key


async def test_no_growth_of_children(world):
    """L46: a scope that is left is unknown to its parent."""
    container = Container()

    for _ in range(50):
        async with world.inside(container.resource_scope()):
            async with world.inside(container.resource_scope()):
                pass
    gc.collect()

    assert container.engine.root.children == {}
    assert len(container.snapshot().scopes) == 1


@ASYNC
async def test_an_instance_that_two_singletons_need(world):
    """L9, L10: an instance that a request opened and that two singletons came to need is closed with the container."""
    log = []
    Database = work_class(log)
    container = Container()
    container.bind(Database, Database())

    @singleton
    class One:
        def __init__(self, db: Database):
            self.db = db

    @singleton
    class Two:
        def __init__(self, db: Database):
            self.db = db

    async with container.resource_scope():
        await container.get(Database).work()
        await container.aget(One)
        await container.aget(Two)
    await container.aclose()

    assert log == ["open db", "work db", "close db", "closed db"]


@ASYNC
@pytest.mark.parametrize("length", [1, 2, 3])
async def test_a_request_that_is_opening_while_the_container_closes(world, story, length):
    """L18: closing the container waits with what a request needs that is just opening, however far below."""
    container = Container()
    gate, begun = world.event(), world.event()
    a = story.add(container, "A", kind="async generator", scope="singleton")
    wanted, target = story.target("B", a, kind="async generator")

    @resource(scope="request")
    async def slow(need: a):
        begun.set()
        await gate.wait()
        story.log.append("open slow")
        story.live.append("B")
        try:
            yield need
        finally:
            story.live.remove("B")
            assert "A" in story.live
            story.log.append("close slow")

    container.bind(wanted, slow)
    for number in range(length - 1):
        wanted = story.add(container, f"C{number}", wanted, kind="async generator", scope="request")
    assert target

    async def request():
        async with container.resource_scope():
            await container.aget(wanted)

    await container.aget(a)
    async with world.tasks() as tasks:
        job = tasks.start(request)
        await begun.wait()
        closing = tasks.start(container.aclose)
        await world.settle()
        inside = list(story.log)
        gate.set()

    assert inside == ["open A"]
    assert closing.error is None
    assert job.error is None or isinstance(job.error, ContainerClosedError)
    assert story.log.index("close slow") < story.log.index("close A")
    assert story.live == []


@ASYNC
@pytest.mark.parametrize("how", ["get", "aget", "method"])
async def test_who_comes_just_as_it_closes(world, how):
    """L11: who comes between the decision to close a shared instance and its closing code gets it opened anew."""
    for attempt in range(10):  # on trio the order of two tasks that are ready is random
        log = []
        Database = work_class(log)
        container = Container()
        container.bind(Database, Database())
        leaving = world.event()

        async def first(container=container, Database=Database, leaving=leaving):
            async with container.resource_scope():
                await container.get(Database).work()
                leaving.set()

        async def second(container=container, Database=Database, leaving=leaving):
            async with container.resource_scope():
                db = container.get(Database) if how == "method" else None
                await leaving.wait()
                db = db or (container.get(Database) if how == "get" else await container.aget(Database))
                await world.settle()
                await db.work()

        async with world.tasks() as tasks:
            two = tasks.start(second)
            await world.checkpoint()
            one = tasks.start(first)

        assert (one.error, two.error) == (None, None), attempt
        assert log.count("open db") == log.count("close db") == log.count("closed db")
        is_open = False
        for entry in log:
            assert is_open or entry != "work db"
            is_open = entry == "open db" or (is_open and entry != "close db")


@ASYNC
async def test_pinned_while_it_opens_and_the_container_closes(world):
    """L37, L43: a container that closes while an instance is opened that a singleton came to need leaves no waiter."""
    gate, log = world.event(), []

    @resource
    class Database:
        async def initialize(self):
            await gate.wait()
            log.append("open")

        async def dispose(self):
            log.append("close")

    @singleton
    class Repository:
        def __init__(self, db: Database):
            self.db = db

    container = Container()
    container.bind(Database, Database())

    async def request():
        async with container.resource_scope():
            await container.aget(Database)

    async with world.tasks() as tasks:
        one = tasks.start(request)
        await world.settle()
        two = tasks.start(container.aget, Repository)
        await world.settle()
        three = tasks.start(container.aclose)
        await world.settle()
        gate.set()

    assert all(job.error is None or isinstance(job.error, ContainerClosedError) for job in (one, two, three))
    assert log == ["open", "close"]


@pytest.mark.parametrize("kind", ALL)
async def test_a_scope_used_from_its_closing_code(world, story, kind):
    """L50: closing code of a scope's resource gets nothing from that scope any more, open or not."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A")
    b = story.add(container, "B", a, kind=kind)
    met = []

    def closing(name):
        story.log.append(f"close {name}")
        if name == "B":
            try:
                met.append(scope.get(a))
            except ContainerClosedError as error:
                met.append(type(error).__name__)

    story.closing = closing
    async with world.inside(container.resource_scope()) as scope:
        await world.get(scope, b)

    assert met == ["ContainerClosedError"]
    assert story.closes == ["B", "A"]


@ASYNC
async def test_a_server_ends_what_it_has_accepted(world, story):
    """Closing the container drains it: what requests need stays open until a server that waits for them has closed."""
    container = Container()
    database = story.add(container, "database", kind="async generator", scope="singleton")
    may_end, accepted, idle = world.event(), world.event(), world.event()

    @resource(scope="singleton")
    async def server():
        try:
            yield "server"
        finally:
            story.log.append("closing server")
            await idle.wait()
            story.log.append("close server")

    container.bind("server", server)

    async def request():
        async with container.resource_scope():
            await container.aget(database)
            accepted.set()
            await may_end.wait()
            await container.aget(database)
            story.log.append("request done")
        idle.set()

    await container.aget(database)
    await container.aget("server")
    async with world.tasks() as tasks:
        job = tasks.start(request)
        await accepted.wait()
        closing = tasks.start(container.aclose)
        await world.settle()
        may_end.set()

    assert (job.error, closing.error) == (None, None)
    assert story.log == ["open database", "closing server", "request done", "close server", "close database"]
