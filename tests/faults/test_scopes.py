"""Scopes used against their rules: wrong names, not open, entered twice, left elsewhere."""

import asyncio
import contextvars
import threading

import pytest
from fault_support import at, is_all_closed, is_idle, logged, notes_of

from tenure import Container
from tenure.errors import ContainerClosedError, MissingBindingError, ScopeError, ScopeNotOpenError, TenureError


class Settings:
    def __init__(self) -> None: ...


class Cart:
    def __init__(self, settings: Settings) -> None: ...


class Checkout:
    def __init__(self, cart: Cart) -> None: ...


class Database:
    pass


def refused(use, kind=ScopeError):
    with pytest.raises(kind) as caught:
        use()
    assert isinstance(caught.value, TenureError)
    return str(caught.value)


def entered(container, *arguments, **options):
    with container.resource_scope(*arguments, **options) as scope:
        return scope.name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "requst",
            "no scope is called 'requst'; known are 'session', 'request', 'call': did you mean 'request'?",
        ),
        (
            "job",
            "no scope is called 'job'; known are 'session', 'request', 'call': name it in Container(scopes=(...))",
        ),
    ],
)
def test_unknown_scope(name, text):
    """A scope that the container does not know is answered with those it knows and the near one."""
    container = Container(scopes=("session", "request"))

    assert refused(lambda: entered(container, name)) == text
    assert is_idle(container)


def test_wider_scope_inside_a_narrower_one():
    """A wider scope cannot be opened inside a narrower one; both are named, and what to do."""
    container = Container(scopes=("session", "request"))

    with container.resource_scope("request"):
        text = refused(lambda: entered(container, "session"))

    assert text.startswith("a 'session' scope cannot be opened inside a 'request' scope: 'session' is the wider one")
    assert "; " in text.removeprefix("a 'session' scope")
    assert is_idle(container)


def test_scope_not_open():
    """A value that lives in a named scope is refused outside of it, with the call that is missing."""
    container = Container()
    container.bind(Settings, scope="request")

    with pytest.raises(ScopeNotOpenError) as caught:
        container.get(Settings)

    error = caught.value
    assert str(error).startswith(
        "Settings lives in the scope 'request', and none is open here; "
        "did you forget `with container.resource_scope('request')`?"
    )
    assert (error.key, error.scope) == (Settings, "request")
    assert isinstance(error, LookupError)


def test_scope_not_open_shows_who_needs_it():
    """Where something further up was asked for, the text shows the whole path with its places."""
    container = Container()
    container.bind(Settings, scope="request")

    text = refused(lambda: container.get(Checkout), ScopeNotOpenError)

    assert (
        f"\n  Checkout   ({at(Checkout)})\n  └─ cart: Cart   ({at(Cart)})\n"
        f"     └─ settings: Settings   ({at(Settings)})"
    ) in text


def test_scope_not_open_opens_nothing(log):
    """What could be opened beside it is closed again when its scope is left."""
    container = Container(scopes=("session", "request"))
    container.bind(Database, logged(Database, log, "database"))
    container.bind(Settings, scope="request")

    with container.resource_scope("session"):
        refused(lambda: container.get(Settings), ScopeNotOpenError)

    assert log == []
    assert is_idle(container)


def test_declared_value_that_was_not_given():
    """A scope that was entered without what it should be given says so, not that it is not open."""
    container = Container()
    container.declare(Settings)

    with container.resource_scope():
        text = refused(lambda: container.get(Settings), MissingBindingError)

    assert text == (
        "nothing is bound to Settings: the scope 'request' was entered without it; "
        "give it: resource_scope('request', values={Settings: ...})"
    )


def test_declared_value_outside_its_scope():
    """Outside the scope, a declared value is refused like any other that lives there."""
    container = Container()
    container.declare(Settings)

    text = refused(lambda: container.get(Settings), ScopeNotOpenError)

    assert text.startswith("Settings lives in the scope 'request', and none is open here")


def test_singleton_that_needs_a_request_value():
    """Asked for inside a request, a singleton that needs the request's value is told to outlive it."""
    container = Container()
    container.bind(Settings, scope="request")
    container.bind(Cart, scope="singleton")

    with container.resource_scope():
        text = refused(lambda: container.get(Cart), TenureError)

    assert "none is open here; did you forget" not in text
    assert "outlives" in text
    assert "Cart" in text
    assert "Settings" in text
    assert is_idle(container)


@pytest.mark.parametrize("is_left", [False, True])
def test_entering_twice(is_left, log):
    """A scope is entered once, whether it was left or not."""
    container = Container()
    container.bind(Database, logged(Database, log, "database"))
    handle = container.resource_scope()
    with handle as scope:
        scope.get(Database)
        text = None if is_left else refused(handle.__enter__)
    text = text or refused(handle.__enter__)

    assert text == (
        "the scope 'request' was entered before; a scope is entered once: "
        "call container.resource_scope() again for another one"
    )
    assert log == ["open database", "close database"]
    assert is_idle(container)


@pytest.mark.anyio
async def test_entering_twice_with_await():
    """The same holds for `async with`."""
    handle = Container().resource_scope()
    async with handle:
        with pytest.raises(ScopeError, match="was entered before"):
            await handle.__aenter__()


def test_leaving_what_was_never_entered():
    """Leaving needs an entering."""
    handle = Container().resource_scope()

    assert refused(lambda: handle.__exit__(None, None, None)) == (
        "the scope was never entered; use it as `with container.resource_scope():`"
    )


@pytest.mark.anyio
async def test_leaving_what_was_never_entered_with_await():
    """The same holds for `async with`."""
    with pytest.raises(ScopeError, match=r"^the scope was never entered; "):
        await Container().resource_scope().__aexit__(None, None, None)


def test_leaving_twice_is_harmless(log):
    """Closing is idempotent: a scope that was left may be left again."""
    container = Container()
    container.bind(Database, logged(Database, log, "database"))
    handle = container.resource_scope()
    with handle as scope:
        scope.get(Database)

    handle.__exit__(None, None, None)

    assert log == ["open database", "close database"]


LEFT_ELSEWHERE = (
    "the scope 'request' was entered in one task or thread and left in another; everything it owned is closed, but it "
    "stays current where it was entered: enter and leave a scope in the same task"
)


def in_thread(function):
    """Run *function* in a thread of its own; return what it raised."""
    raised = []

    def run():
        try:
            function()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised[0] if raised else None


def test_leaving_in_another_thread(log):
    """A scope that is left in another thread closes everything, then says what is wrong."""
    container = Container()
    container.bind(Database, logged(Database, log, "database"))

    def enter_here_leave_there():
        handle = container.resource_scope()
        handle.__enter__().get(Database)
        return in_thread(lambda: handle.__exit__(None, None, None))

    error = contextvars.copy_context().run(enter_here_leave_there)

    assert type(error) is ScopeError
    assert str(error) == LEFT_ELSEWHERE
    assert log == ["open database", "close database"]
    assert is_idle(container)


def test_leaving_in_another_thread_with_an_error():
    """The error of the body leaves as itself and carries the mistake as a note."""
    container = Container()
    body = ValueError("body")

    def enter_here_leave_there():
        handle = container.resource_scope()
        handle.__enter__()
        return in_thread(lambda: handle.__exit__(ValueError, body, None))

    error = contextvars.copy_context().run(enter_here_leave_there)

    assert error is None  # __exit__ gives False, and `with` raises the body's error again
    assert notes_of(body) == LEFT_ELSEWHERE


def test_leaving_in_another_task(log):
    """A scope that is left in another task closes everything, then says what is wrong."""
    container = Container()
    container.bind(Database, logged(Database, log, "database"))
    handle = container.resource_scope()

    async def enter():
        scope = await handle.__aenter__()
        await scope.aget(Database)

    async def main():
        await asyncio.create_task(enter())
        await handle.__aexit__(None, None, None)

    with pytest.raises(ScopeError) as caught:
        asyncio.run(main())

    assert str(caught.value) == LEFT_ELSEWHERE
    assert log == ["open database", "close database"]
    assert is_idle(container)


def test_entering_the_container_twice(log):
    """A container is entered once at a time."""
    container = Container()
    container.bind(Database, logged(Database, log, "database"), scope="singleton")

    with container:
        text = refused(container.__enter__)
        assert log == ["open database"]

    assert text == "the container is already entered; enter it once, around everything that uses it"
    assert log == ["open database", "close database"]
    assert is_all_closed(container)


@pytest.mark.anyio
async def test_entering_the_container_twice_with_await():
    """The same holds for `async with`."""
    container = Container()
    async with container:
        with pytest.raises(ScopeError, match=r"^the container is already entered; "):
            await container.__aenter__()


def test_scope_inside_a_scope_that_was_left():
    """A scope whose surrounding scope is closed cannot be entered."""
    container = Container(scopes=("session", "request"))
    with container.resource_scope("session"):
        inside = contextvars.copy_context()

    text = inside.run(refused, lambda: entered(container, "request"), ContainerClosedError)

    assert text.startswith("the scope 'session' is closed")
    assert is_idle(container)


def test_names_of_the_ladder_in_order_are_fine():
    """Scopes opened from wide to narrow nest, the same name inside itself included."""
    container = Container(scopes=("session", "request"))

    with container.resource_scope("session"), container.resource_scope("request"):
        assert entered(container, "request") == "request"
        assert entered(container, "call") == "call"
        assert entered(container) == "anonymous"
