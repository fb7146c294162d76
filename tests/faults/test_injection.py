"""`@inject` and `Inject` used wrongly: said when the function is decorated where it can be, else at the call."""

import copy
import pickle
from typing import Annotated

import pytest
from fault_support import at, is_idle, logged

from tenure import Container, Inject, inject
from tenure.errors import BindingError, MissingBindingError, ScopeError


class Settings:
    def __init__(self) -> None: ...


class Database:
    def __init__(self, url: str) -> None: ...


def refused(use, kind=BindingError):
    with pytest.raises(kind) as caught:
        use()
    return str(caught.value)


def test_inject_on_a_class():
    """A class needs no decorator: the container fills in its parameters by itself."""
    text = refused(lambda: inject(Settings))

    assert text == (
        "inject decorates a function, and Settings is a class: "
        "a container fills in the parameters of a class by itself; bind it, or get it"
    )


@pytest.mark.parametrize("given", [5, "handler"])
def test_inject_on_what_is_not_callable(given):
    """Only functions have parameters to fill in."""
    assert refused(lambda: inject(given)).startswith(f"inject decorates a function, not {given!r}")


def test_inject_given_its_container_by_position():
    """A container given by position was meant for `container=`."""
    assert "inject(container=" in refused(lambda: inject(Container()))


def test_inject_given_something_else_for_a_container():
    """`container=` takes a container, and says so when the function is decorated."""

    def handler(settings: Settings = Inject()): ...

    assert "5" in refused(lambda: inject(container=5)(handler))


def test_inject_without_anything_to_inject():
    """A function without a marked parameter was probably meant to have one; the text shows both ways to mark it."""

    def handler(settings: Settings): ...

    text = refused(lambda: inject(handler))

    assert "handler" in text
    assert "Annotated[T, Inject()]" in text
    assert "Inject[T]" in text


def test_inject_marker_without_a_type():
    """`Inject()` without an annotation does not say what is wanted."""

    def handler(settings=Inject()): ...

    text = refused(lambda: inject(handler))

    assert text == (
        "parameter 'settings' of test_inject_marker_without_a_type.<locals>.handler is Inject() without an annotation; "
        "write Inject[T], or annotate it"
    )


def test_inject_without_a_scope():
    """Without a container and outside every scope, nothing says where values come from."""
    called = []

    @inject
    def handler(settings: Annotated[Settings, Inject()]):
        called.append(settings)

    text = refused(handler, ScopeError)

    assert text == (
        "an injected function was called where no scope is current and no container was entered, so that nothing says "
        "which container serves it; say it with @inject(container=container), or call it inside `with container` or "
        "container.resource_scope()"
    )
    assert called == []


def test_inject_with_an_unknown_scope():
    """The scope of each call has to be one that the container knows; the body does not run."""
    called = []
    container = Container()

    def decorated():
        @inject(container=container, scope="requst")
        def handler(settings: Settings = Inject()):
            called.append(settings)

        handler()

    assert refused(decorated, ScopeError).startswith("no scope is called 'requst'; ")
    assert called == []
    assert is_idle(container)


def test_missing_parameter_of_an_injected_function(log):
    """A parameter that cannot be made keeps the body from running; its scope is closed."""
    container = Container()
    container.bind(Settings, logged(Settings, log, "settings"))

    @inject(container=container, scope="call")
    def handler(settings: Settings = Inject(), database: Database = Inject()):
        log.append("body")

    with pytest.raises(MissingBindingError) as caught:
        handler()

    assert f"Database   ({at(Database)})\n  └─ url: str" in str(caught.value)
    assert log in ([], ["open settings", "close settings"])
    assert is_idle(container)


def test_marker_that_was_never_filled_in():
    """A forgotten `@inject` is named where the marker is used."""

    def handler(database: Database = Inject[Database]):
        return database.url

    with pytest.raises(AttributeError) as caught:
        handler()

    assert "@inject" in str(caught.value)


def test_error_of_the_body_passes_through(log):
    """What the body raises leaves as itself, after the scope of the call is closed."""
    container = Container()
    container.bind(Settings, logged(Settings, log, "settings"))
    error = ValueError("body")

    @inject(container=container, scope="call")
    def handler(settings: Settings = Inject()):
        raise error

    with pytest.raises(ValueError, match=r"^body") as caught:
        handler()

    assert caught.value is error
    assert log == ["open settings", "close settings"]
    assert is_idle(container)


def test_caller_that_gives_too_many_arguments():
    """Python's own complaint about a wrong call names the function."""
    container = Container()

    @inject(container=container)
    def handler(settings: Settings = Inject()): ...

    with pytest.raises(TypeError, match="handler"):
        handler(1, 2, 3)


@pytest.mark.parametrize("same", [copy.copy, copy.deepcopy, lambda marker: pickle.loads(pickle.dumps(marker))])
def test_a_marker_can_be_copied_and_pickled(same):
    """A function that is sent to another process by value takes its markers along."""
    assert same(Inject) is Inject
    assert same(Inject[int]).key is int
    assert repr(same(Inject())) == "Inject()"
