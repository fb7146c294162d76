"""`@resource`, `@managed_resource`, lifetimes, `Retry` and `Container(...)` given what they cannot use."""

import sqlite3

import pytest

from tenure import Container, Retry, managed_resource, resource, scoped, singleton, transient
from tenure.errors import BindingError, TenureError


class Settings:
    pass


def refused(declare):
    with pytest.raises(BindingError) as caught:
        declare()
    return str(caught.value)


def test_resource_on_an_object():
    """An object is no resource class; the text shows how to give one that exists to a container."""
    settings = Settings()

    assert refused(lambda: resource(settings)) == (
        f"resource decorates a class or a function, not {settings!r} of type Settings; "
        "to give a container an object that exists, bind it: container.bind(Settings, ...)"
    )


def test_resource_given_its_scope_by_position():
    """A name given by position was meant for `scope=`."""
    text = refused(lambda: resource("singleton"))

    assert text == "resource decorates a class or a function, not a string; did you mean scope='singleton'?"


class Connection:
    def connect(self): ...


@pytest.mark.parametrize(
    "target", [sqlite3.Connection, sqlite3.connect, Connection().connect], ids=["class", "function", "method"]
)
@pytest.mark.parametrize("declare", [resource, singleton, scoped])
def test_what_cannot_be_decorated(declare, target):
    """A class or function of C, or a bound method, takes no mark; the text says what does."""
    text = refused(lambda: declare(target))

    shown = target.__qualname__
    assert text == (
        f"{declare.__name__} leaves a mark on what it decorates, and {shown} takes none: decorate a function that "
        "makes what it makes"
    )


@pytest.mark.parametrize("name", ["open_timeout", "close_timeout"])
@pytest.mark.parametrize("seconds", [0, -1, -0.5, float("nan")])
def test_resource_limits_are_positive(name, seconds):
    """A limit is a number of seconds greater than 0, or None."""
    assert refused(lambda: resource(**{name: seconds})) == (
        f"{name} must be a number of seconds > 0 or None, not {seconds!r}"
    )


@pytest.mark.parametrize("name", ["open_timeout", "close_timeout"])
def test_resource_limits_are_numbers(name):
    """A limit given as text is refused in the same words."""
    assert refused(lambda: resource(**{name: "5"})) == f"{name} must be a number of seconds > 0 or None, not '5'"


@pytest.mark.parametrize(
    ("argument", "given"),
    [("retry", 3), ("scope", 5), ("tags", "database"), ("tags", ["database"]), ("close", 5)],
)
def test_resource_arguments_of_the_wrong_kind(argument, given):
    """An argument that cannot be used is named when the class is declared, not when it is opened."""

    def declare():
        resource(**{argument: given})(type("Cart", (), {}))

    text = refused(declare)

    assert text.startswith(argument)
    assert repr(given) in text


@pytest.mark.parametrize("name", ["open_timeout", "close_timeout"])
def test_managed_resource_limits_are_positive(name):
    """`managed_resource` checks its limits as `resource` does."""
    assert refused(lambda: managed_resource(initialize_func=print, **{name: -1})) == (
        f"{name} must be a number of seconds > 0 or None, not -1"
    )


@pytest.mark.parametrize("name", ["initialize_func", "dispose_func"])
@pytest.mark.parametrize("given", [5, "close"])
def test_managed_resource_takes_functions(name, given):
    """What opens and what closes have to be functions."""
    text = refused(lambda: managed_resource(**{name: given})(Settings))

    assert text.startswith(name)
    assert repr(given) in text


def test_managed_resource_without_parentheses():
    """Used like `@resource`, it says what it takes and what else there is."""
    text = refused(lambda: managed_resource(Settings))

    assert "initialize_func=" in text
    assert "@resource" in text


def test_managed_resource_on_a_function():
    """Only a class can be opened and closed by two functions."""

    def make(): ...

    text = refused(lambda: managed_resource(initialize_func=print)(make))

    assert text.startswith("managed_resource decorates a class, not ")
    assert "make" in text


@pytest.mark.parametrize("lifetime", [singleton, transient, scoped])
def test_lifetime_on_an_object(lifetime):
    """Only what makes values has a lifetime to declare."""
    text = refused(lambda: lifetime(5))

    assert text.startswith(f"{lifetime.__name__} decorates a class or a function, not 5 of type int")


def test_failed_declaration_leaves_the_class_alone():
    """A class whose declaration was refused is what it was."""
    before = dict(vars(Settings))

    refused(lambda: resource(close="missing")(Settings))

    assert dict(vars(Settings)) == before


@pytest.mark.parametrize(
    ("argument", "given"),
    [
        ("attempts", 0),
        ("backoff", -1),
        ("growth", 0.5),
        ("max_delay", -1),
        ("jitter", 1.5),
        ("total", 0),
        ("on", "OSError"),
    ],
)
def test_retry_names_the_argument_that_is_out_of_bounds(argument, given):
    """Each argument of `Retry` is checked by itself and named with what was given."""
    with pytest.raises((ValueError, BindingError)) as caught:
        Retry(**{argument: given})

    assert str(caught.value).startswith(argument)
    assert repr(given) in str(caught.value)


@pytest.mark.parametrize("seconds", [0, -1, "10"])
def test_container_limit_is_a_positive_number(seconds):
    """`close_timeout` is a number of seconds greater than 0, or None."""
    assert refused(lambda: Container(close_timeout=seconds)) == (
        f"close_timeout must be a number of seconds > 0 or None, not {seconds!r}"
    )


@pytest.mark.parametrize("count", [0, -1, 1.5, "2"])
@pytest.mark.parametrize(
    "use",
    [lambda count: Container(max_parallel=count), lambda count: Container().resource_scope(max_parallel=count)],
    ids=["container", "resource_scope"],
)
def test_max_parallel_is_a_positive_whole_number(use, count):
    """`max_parallel` is at least 1, or None; it is checked where it is given."""
    assert refused(lambda: use(count)) == f"max_parallel must be a whole number of at least 1 or None, not {count!r}"


@pytest.mark.anyio
async def test_max_parallel_of_a_start_is_checked_alike():
    """`start(max_parallel=0)` is refused in the same words, before anything opens."""
    with pytest.raises(BindingError, match=r"^max_parallel must be a whole number of at least 1 or None, not 0(?m:$)"):
        await Container().start(max_parallel=0)


def test_scopes_given_as_one_string():
    """One string is no sequence of names; the text shows the tuple."""
    assert refused(lambda: Container(scopes="request")) == (
        "scopes takes a sequence of names, not 'request'; did you mean ('request',)?"
    )


def test_scopes_that_are_none():
    """No ladder at all is an empty tuple, not None."""
    assert refused(lambda: Container(scopes=None)).startswith("scopes takes a sequence of names, not ")


@pytest.mark.parametrize("name", ["singleton", "transient", "ambient", "root", "anonymous", "call", "", 5, None])
def test_scopes_with_reserved_names(name):
    """Names that mean something else cannot name a scope."""
    assert refused(lambda: Container(scopes=("request", name))) == (
        f"{name!r} cannot be the name of a scope; reserved: ambient, anonymous, call, root, singleton, transient"
    )


def test_scopes_with_a_name_twice():
    """Each name stands once in the ladder."""
    assert refused(lambda: Container(scopes=("a", "b", "a"))) == "a name stands twice in scopes=('a', 'b', 'a')"


@pytest.mark.parametrize(
    "use",
    [
        lambda: Container(observers=[5]),
        lambda: Container(observers=print),
        lambda: Container().observe(5),
    ],
    ids=["in a list", "not in a list", "observe"],
)
def test_observers_are_callables(use):
    """What cannot be called cannot be shown events, and it is said at once."""
    assert "observer" in refused(use)


def test_errors_of_tenure_are_one_tree():
    """Whatever is refused when something is declared can be caught as `TenureError`."""
    assert issubclass(BindingError, TenureError)
