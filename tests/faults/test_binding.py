"""`bind` and its kin given what cannot be bound: said at the call, and nothing is bound."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Annotated, Any

import pytest
from fault_support import is_idle

from tenure import Container, resource, scoped
from tenure.errors import BindingError, BindingInUseError, ScopeError, TenureError


class Settings:
    def __init__(self) -> None: ...


class Database:
    def __init__(self, settings: Settings, url: str) -> None: ...


def no_annotation(): ...


def gives_none() -> None: ...


def gives_any() -> Any: ...


def gives_bare_iterator() -> Iterator: ...


def gives_bare_context() -> AbstractContextManager: ...


def gives_unresolved() -> "Nowhere": ...  # noqa: F821 - the name that does not exist is the point


def yields() -> Iterator[Settings]:
    yield Settings()


def refused(bind):
    with pytest.raises(BindingError) as caught:
        bind()
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, TenureError)
    return str(caught.value)


def test_function_that_does_not_say_what_it_makes():
    """A function alone needs a return annotation; the text gives both ways out."""
    text = refused(lambda: Container().bind(no_annotation))

    assert text == (
        "no_annotation does not say what it makes; annotate its return type, or give the key: bind(Key, no_annotation)"
    )


@pytest.mark.parametrize(
    ("function", "shown"),
    [
        (gives_none, "None"),
        (gives_any, "Any"),
        (gives_bare_iterator, "Iterator"),
        (gives_bare_context, "AbstractContextManager"),
        (gives_unresolved, "Nowhere"),
    ],
)
def test_function_whose_return_annotation_is_no_key(function, shown):
    """A return annotation that names no value is quoted, with the way out."""
    text = refused(lambda: Container().bind(function))

    name = function.__name__
    assert text == f"{name} returns {shown}, which is no key; give the key: bind(Key, {name})"


def test_plain_function_annotated_as_iterator_is_not_taken_for_a_generator():
    """A function that returns an iterator, without a yield, does not stand for what the iterator would give."""

    def numbers() -> Iterator[Settings]:
        return iter(())

    container = Container()

    text = refused(lambda: container.bind(numbers))

    assert "is annotated to give Iterator[Settings] but never yields; write a generator, or give the key" in text
    assert Settings not in container


def test_key_alone_that_makes_nothing():
    """A key that cannot make its own value needs a target."""
    text = refused(lambda: Container().bind("url"))

    assert text == "bind('url') does not say what to bind to it; give a target: bind('url', target)"


def test_instance_alone_is_answered_with_its_class():
    """An object given as the key is answered with the call that was probably meant."""
    text = refused(lambda: Container().bind(Settings()))

    assert "bind(Settings, " in text


@pytest.mark.parametrize("key", [(), (Settings,)], ids=["alone", "to a key"])
def test_a_resource_function_that_was_called(key):
    """A generator was meant to be made by the container, each time anew; as a value it is bound by `value=`."""
    container = Container()

    text = refused(lambda: container.bind(*key, yields()))

    assert text == "yields was called, which gave a generator; bind the function itself: yields, not yields()"
    container.bind("numbers", value=(numbers := yields()))
    assert container.get("numbers") is numbers


@pytest.mark.parametrize("key", [[], {}, set()])
def test_unhashable_key(key):
    """What cannot be hashed cannot be a key."""
    text = refused(lambda: Container().bind(key, 1))

    assert text == f"{key!r} cannot be a key: it is not hashable"


@pytest.mark.parametrize(
    "use",
    [
        lambda c: c.declare([]),
        lambda c: c.override([], 1),
        lambda c: c.__setitem__([], 1),
    ],
    ids=["declare", "override", "setitem"],
)
def test_unhashable_key_everywhere(use):
    """Every method that takes a key says the same of one that cannot be hashed."""
    assert refused(lambda: use(Container())) == "[] cannot be a key: it is not hashable"


def test_value_and_target():
    """A binding takes a target or a value."""
    container = Container()

    text = refused(lambda: container.bind(Settings, Settings, value=1))

    assert text == "bind(Settings) takes a target or value=, not both"
    assert Settings not in container


def test_unknown_argument():
    """A name in `arguments=` that is no parameter is named, with those that are."""
    text = refused(lambda: Container().bind(Database, arguments={"urll": "x"}))

    assert text.startswith("Database has no parameter 'urll'; its parameters: settings, url")


def test_unknown_argument_of_something_without_parameters():
    """A target without parameters says so."""
    text = refused(lambda: Container().bind(Settings, arguments={"url": "x"}))

    assert text.startswith("Settings has no parameter 'url'; its parameters: none")


def test_arguments_for_an_object_that_exists():
    """`arguments=` makes no sense for what is never called."""
    text = refused(lambda: Container().bind(Settings, value=Settings(), arguments={"url": "x"}))

    assert text == "arguments= is for what is called, and Settings is bound to an object that exists"


@pytest.mark.parametrize("key", [int, dict])
def test_target_without_signature(key):
    """A builtin whose signature cannot be read needs a function that makes it."""
    text = refused(lambda: Container().bind(key))

    assert text.startswith(f"{key.__name__} has no readable signature: ")
    assert text.endswith("; bind a function that makes it")


@pytest.mark.parametrize("target", [Settings, Settings()], ids=["class", "instance"])
def test_closing_method_that_does_not_exist(target):
    """`close=` names a method that has to be there, or nothing is bound."""
    container = Container()

    text = refused(lambda: container.bind(Settings, target, close="clos"))

    assert text.startswith("Settings has no method 'clos' to close it with")
    assert Settings not in container


def test_closing_method_that_the_product_of_a_function_lacks():
    """Where the return annotation tells the class, `close=` is checked for functions too."""

    def make() -> Settings:
        return Settings()

    text = refused(lambda: Container().bind(make, close="clos"))

    assert text.startswith("Settings has no method 'clos' to close it with")


def test_closing_method_that_the_object_lacks_is_found_before_anything_is_owed():
    """Where nothing tells the class before, a missing closing method fails the opening, not the closing."""
    container = Container()
    container.bind(Settings, lambda: Settings(), close="clos")

    with pytest.raises((BindingError, AttributeError), match="'clos'"):
        container.get(Settings)

    assert is_idle(container)


def test_close_that_is_neither_name_nor_function():
    """`close=` takes a name or a function."""
    text = refused(lambda: Container().bind(Settings, close=5))

    assert text == "close= takes the name of a method or a function, not 5"


def unknown_scope(use):
    with pytest.raises(ScopeError) as caught:
        use()
    return str(caught.value)


def test_unknown_lifetime_suggests_the_near_one():
    """A mistyped lifetime is answered with the names there are and the near one."""
    container = Container()

    text = unknown_scope(lambda: container.bind(Settings, scope="requst"))

    assert text.startswith("Settings is bound to the scope 'requst'")
    assert "'singleton', 'transient', 'request', 'call'" in text
    assert text.endswith("did you mean 'request'?")
    assert Settings not in container


def test_unknown_lifetime_without_a_near_one_says_where_scopes_are_named():
    """A lifetime that looks like none is answered with where the names of scopes are given."""
    text = unknown_scope(lambda: Container().bind(Settings, scope="job"))

    assert "Container(scopes=" in text


def test_lifetime_is_told_by_its_case():
    """`"Singleton"` is not `"singleton"`, and the text says what it should be."""
    text = unknown_scope(lambda: Container().bind(Settings, scope="Singleton"))

    assert text.endswith("did you mean 'singleton'?")


@pytest.mark.parametrize(
    "use",
    [
        lambda c: c.declare(Settings, scope="requst"),
        lambda c: c.override(Settings, Settings, scope="requst").__enter__(),
    ],
    ids=["declare", "override"],
)
def test_unknown_lifetime_everywhere(use):
    """Every method that takes a lifetime refuses an unknown one."""
    text = unknown_scope(lambda: use(Container()))

    assert text.endswith("did you mean 'request'?")


def test_unknown_lifetime_of_a_declaration_that_binds_itself():
    """A decorator's mistyped scope is found at the first `get`, and the advice is the right name."""

    @scoped("sesion")
    class Cart:
        pass

    text = unknown_scope(lambda: Container(scopes=("session", "request")).get(Cart))

    assert "did you mean 'session'?" in text
    assert "resource_scope('sesion')" not in text


def test_unknown_lifetime_of_a_resource_that_binds_itself():
    """The same holds for `@resource(scope=...)`."""

    @resource(scope="reqest")
    class Cart:
        pass

    assert "did you mean 'request'?" in unknown_scope(lambda: Container().get(Cart))


def test_include_of_a_container_with_other_scopes_binds_nothing():
    """Where one binding of the other container does not fit, none is taken over."""
    other = Container(scopes=("job",))
    other.bind("first", value=1)
    other.bind(Settings, scope="job")
    container = Container()

    text = unknown_scope(lambda: container.include(other))

    assert "'job'" in text
    assert "first" not in container


def test_include_of_something_else():
    """`include` takes a container."""
    assert "5" in refused(lambda: Container().include(5))


def test_binding_again_after_use():
    """A key that something was made from cannot be bound again; the text shows the way."""
    container = Container()
    first = container.get(Settings)

    with pytest.raises(BindingInUseError) as caught:
        container.bind(Settings, first)

    assert str(caught.value) == (
        "Settings is in use: something was already made from its binding; "
        "bind it before the first get, or replace it for a while with container.override(Settings, ...)"
    )
    assert caught.value.key is Settings
    assert container.get(Settings) is not first


def test_setting_an_item_after_use():
    """`container[key] = value` is refused alike, and the old value stays."""
    container = Container()
    container["url"] = "old"
    assert container["url"] == "old"

    with pytest.raises(BindingInUseError, match=r"^'url' is in use: "):
        container["url"] = "new"

    assert container["url"] == "old"


def test_binding_again_after_use_of_a_qualified_key_shows_code_that_runs():
    """What the text proposes for a qualified key is Python."""
    container = Container()
    container.bind(Settings, name="replica")
    container.get(Annotated[Settings, "replica"])

    with pytest.raises(BindingInUseError) as caught:
        container.bind(Settings, name="replica")

    assert str(caught.value).startswith("Settings['replica'] is in use: ")
    assert "override(Settings['replica']" not in str(caught.value)


def test_binding_again_before_use_replaces():
    """As long as nothing was made from it, a key may be bound again."""
    container = Container()
    container["url"] = "old"
    container["url"] = "new"

    assert container["url"] == "new"


def test_binding_after_a_check_is_seen():
    """What `check` looked at before does not hide a later binding."""

    class User:
        def __init__(self, settings: Settings | None) -> None:
            self.settings = settings

    container = Container()
    container.bind(User)
    container.check()
    container.bind(Settings)

    assert isinstance(container.get(User).settings, Settings)


def test_override_without_a_target():
    """`override` needs something to put in the place of the binding."""
    container = Container()
    container.bind(Settings)

    def replace():
        with container.override(Settings):
            pass

    assert "override(Settings" in refused(replace)


def test_override_with_target_and_value():
    """`override` takes a target or a value."""
    container = Container()

    assert refused(lambda: container.override(Settings, Settings, value=1)) == (
        "override(Settings) takes either a target or value=, the replacement"
    )


def test_override_is_entered_once():
    """An override that stands cannot be entered again, and leaving it restores the original."""
    container = Container()
    original = Settings()
    container.bind(Settings, original)
    override = container.override(Settings, Settings())

    with override, pytest.raises(ScopeError), override:
        pass

    assert container.get(Settings) is original


def test_value_given_for_a_key_that_is_made_says_what_to_do():
    """A scope cannot give what the container makes; the text does not pretend that it was used."""
    container = Container()
    container.bind(Settings)

    with pytest.raises(TenureError) as caught, container.resource_scope(values={Settings: Settings()}):
        pass

    assert "was already made" not in str(caught.value)
    assert "declare(Settings" in str(caught.value)
    assert is_idle(container)


def test_values_for_a_scope_of_an_unknown_name():
    """A mistyped name is told as such, whatever is given to the scope."""
    container = Container()

    text = unknown_scope(lambda: container.resource_scope("requst", values={Settings: 1}).__enter__())

    assert text.startswith("no scope is called 'requst'")
    assert Settings not in container


def test_values_that_are_no_mapping():
    """`values=` takes a mapping from keys to values."""
    assert "values" in refused(lambda: Container().resource_scope(values=[Settings()]).__enter__())
