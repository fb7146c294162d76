"""Options: what they are called, how they are found, what they say of themselves."""

from typing import Any

import pytest

from tenure.errors import Error
from tenure.providers.callables import Callable
from tenure.providers.configuration import Configuration, ConfigurationOption, TypedConfigurationOption
from tenure.providers.objects import Object


def test_made_once() -> None:
    """An option is made once, whether it is asked for as an attribute or as an item."""
    config = Configuration()

    assert config.a.b is config.a.b
    assert config.a.b is config["a"]["b"]
    assert config["c"] is config.c


def test_items_are_single_names() -> None:
    """A dot in an item is part of a name."""
    config = Configuration(default={"a.b": {"c.d": 1}})

    assert config["a.b"]["c.d"]() == 1


def test_names() -> None:
    """The name of an option begins with that of its configuration; the segments do not."""
    option = Configuration("settings").a.b

    assert option.get_name() == "settings.a.b"
    assert option.get_name_segments() == ("a", "b")


def test_name_of_a_configuration() -> None:
    """A configuration has a name, "config" if nothing else was said; its options follow when it changes."""
    config = Configuration()
    option = config.a

    assert "config" == Configuration.DEFAULT_NAME == config.get_name()
    assert config is config.set_name("other")
    assert option.get_name() == "other.a"


def test_bad_name() -> None:
    """The name of a configuration is a string."""
    with pytest.raises(TypeError, match=r"^the name of a configuration is a string, not 5$"):
        Configuration(5)  # type: ignore[arg-type]


def test_repr() -> None:
    """They are shown with their names."""
    config = Configuration()
    config.set("kind", "x")

    assert "Configuration('config') at 0x" in str(config)
    assert "ConfigurationOption('config.a.b') at 0x" in repr(config.a.b)
    assert "ConfigurationOption('config.a.x') at 0x" in repr(config.a[config.kind])
    assert "TypedConfigurationOption(<class 'int'>) at 0x" in repr(config.a.as_int())


def test_repr_makes_nothing() -> None:
    """To show an option, providers in its name are not called."""
    calls: list[int] = []

    text = repr(Configuration().a[Callable(calls.append, 1)])

    assert calls == []
    assert "ConfigurationOption('config.a.<" in text


@pytest.mark.parametrize("name", ["__wrapped__", "__iter__", "__len__", "__fspath__"])
def test_protocols(name: str) -> None:
    """Names of protocols are no options."""
    config = Configuration()

    for each in (config, config.a):
        assert getattr(each, name, None) is None


def test_underscores() -> None:
    """A name may begin with underscores."""
    config = Configuration(default={"_a": 1, "__b": 2})

    assert config._a() == 1
    assert getattr(config, "__b")() == 2


@pytest.mark.parametrize("item", [1, None, 1.5, ("a",)], ids=repr)
def test_items_are_names(item: Any) -> None:
    """An item is a name or a provider of one."""
    config = Configuration()

    for each in (config, config.a):
        with pytest.raises(TypeError, match=r"^the name of an option is a string, or a provider of one, not "):
            each[item]


def test_not_iterable() -> None:
    """There is no end of options to go through."""
    for each in (Configuration(), Configuration().a):
        with pytest.raises(TypeError, match="not iterable"):
            iter(each)  # type: ignore[call-overload]
        with pytest.raises(TypeError):
            "a" in each  # type: ignore[operator]  # noqa: B015


def test_no_assignment() -> None:
    """Values are not assigned to options: that would hide them."""
    config = Configuration()

    for each in (config, config.a):
        with pytest.raises(AttributeError, match=r"did you mean `\.debug\.from_value\(value\)`\?"):
            each.debug = True


def test_attributes_of_ones_own() -> None:
    """A class of one's own may have attributes of its own; copies have them too."""

    class Settings(Configuration):
        def __init__(self) -> None:
            super().__init__("settings", {"a": 1})
            self.extra = ["x"]

    from copy import deepcopy

    copied = deepcopy(Settings())

    assert Settings is type(copied)
    assert copied.extra == ["x"]
    assert copied.a() == 1


def test_for_with() -> None:
    """Configurations and options may stand in a `with` statement, which changes nothing."""
    config = Configuration()

    with config as same, config.section as section:
        section.a.from_value(1)

    assert config is same
    assert config() == {"section": {"a": 1}}


def test_for_with_and_errors() -> None:
    """Errors pass through."""
    config = Configuration()

    with pytest.raises(KeyError, match="x"), config, config.a:
        raise KeyError("x")


def test_identity() -> None:
    """Options are equal to themselves only, and true."""
    config = Configuration()

    assert config.a != config.b
    assert len({config.a, config.b, config.a}) == 2
    assert config.a


def test_children() -> None:
    """A configuration knows the options it was asked for."""
    config = Configuration()
    option = config.a

    assert {"a": option} == config.get_children()


def test_set_children() -> None:
    """They can be replaced; asked for again, others are made."""
    config = Configuration(default={"a": 1, "b": 2})
    before = config.a
    stand_in = Object(5)

    assert config is config.set_children({"b": stand_in})  # type: ignore[dict-item]

    assert config.a is not before
    assert config.a() == 1
    assert config.b is stand_in


def test_related() -> None:
    """A configuration refers to its options and to what replaces it; an option to those below it."""
    config = Configuration()
    config.set("a", 1)
    option = config.a.b

    assert [config.a, config.last_overriding] == list(config.related)
    assert [option] == list(config.a.related)
    assert {config.a, option, config.last_overriding} == set(config.traverse())


def test_made_by_hand() -> None:
    """An option may be made from its names and its configuration."""
    config = Configuration("settings", {"a": {"b": 1}})

    option = ConfigurationOption(("a", "b"), config)

    assert option() == 1
    assert option.get_name() == "settings.a.b"
    with pytest.raises(Error):
        ConfigurationOption(("x",), config, required=True)()


# providers of names


def test_provider_of_a_name() -> None:
    """A provider may stand for a name: the value is that of the option which it names at the time."""
    config = Configuration(default={"kind": "a", "handlers": {"a": {"url": 1}, "b": {"url": 2}}})
    option = config.handlers[config.kind]

    assert option() == {"url": 1}
    assert option.url() == 1
    assert option.url.get_name() == "config.handlers.a.url"
    assert ("handlers", config.kind) == option.get_name_segments()

    config.set("kind", "b")
    assert option.url() == 2


def test_provider_of_a_name_made_once() -> None:
    """The option is the same for the same provider."""
    config = Configuration()

    assert config.a[config.kind] is config.a[config.kind]
    assert config.a[config.kind].b is config.a[config.kind].b


def test_any_provider_of_a_name() -> None:
    """Any provider will do, at any place; it is asked each time."""
    names = iter(["a", "b", "a"])
    config = Configuration(default={"a": 1, "b": 2})
    option = config[Callable(lambda: next(names))]

    assert [option(), option(), option()] == [1, 2, 1]


def test_provider_of_a_name_related() -> None:
    """An option refers to the providers of its name."""
    config = Configuration()
    option = config.a[config.kind]
    below = option.x

    assert [config.kind, below] == list(option.related)


def test_writing_by_provider_of_a_name() -> None:
    """What is written goes to the option which is named at the time."""
    config = Configuration(default={"kind": "a"})
    config.handlers[config.kind].from_value(1)

    assert config() == {"kind": "a", "handlers": {"a": 1}}


def test_names_that_are_no_text() -> None:
    """A provider may give any key of a dictionary."""
    config = Configuration(default={"number": 1, "by_number": {1: "one"}})

    assert config.by_number[config.number]() == "one"
    assert config.by_number[config.number].get_name() == "config.by_number.1"


@pytest.mark.parametrize(("value", "kind"), [(None, "NoneType"), ({}, "dict")])
def test_no_name(value: Any, kind: str) -> None:
    """What is no key is refused, with the provider that it came from."""
    config = Configuration(default={"kind": value, "a": {}})

    with pytest.raises(TypeError, match=rf"comes from <.*'config\.kind'.*>, which gives {kind} and no name"):
        config.a[config.kind]()


# typed options


def test_typed() -> None:
    """`as_int` and `as_float` convert the value."""
    config = Configuration(default={"i": "42", "f": "1.5"})

    assert config.i.as_int()() == 42
    assert config.f.as_float()() == 1.5


def test_typed_by_function() -> None:
    """`as_` converts by a function, with arguments that may be providers; those of a call follow them."""
    config = Configuration(default={"a": "v"})

    typed = config.a.as_(lambda *args, **kwargs: (args, kwargs), 1, Object(2), x=Object(3), y=4)

    assert typed() == (("v", 1, 2), {"x": 3, "y": 4})
    assert typed(5, y=6) == (("v", 1, 2, 5), {"x": 3, "y": 6})


def test_typed_follows() -> None:
    """A converted value follows the value."""
    config = Configuration(default={"a": "1"})
    typed = config.a.as_int()
    assert typed() == 1

    config.set("a", "2")

    assert typed() == 2


def test_typed_errors() -> None:
    """What a conversion raises is raised."""
    config = Configuration(default={"a": "x"})

    with pytest.raises(ValueError, match="invalid literal"):
        config.a.as_int()()
    with pytest.raises(TypeError):
        config.undefined.as_int()()
    with pytest.raises(Error, match=r'Undefined configuration option "config\.undefined"'):
        config.undefined.required().as_int()()


def test_typed_says() -> None:
    """A typed option knows its option and its function."""
    config = Configuration()
    typed = config.a.as_(int, 16)

    assert TypedConfigurationOption is type(typed)
    assert typed.option is config.a
    assert int is typed.provides
    assert (config.a, 16) == typed.args
    assert [config.a] == list(typed.related)


def test_typed_made_each_time() -> None:
    """Typed options are separate providers."""
    config = Configuration()

    assert config.a.as_int() is not config.a.as_int()


def test_typed_overridden() -> None:
    """A typed option can be overridden like any provider; the option is not touched."""
    config = Configuration(default={"a": "1"})
    typed = config.a.as_int()

    with typed.override(5):
        assert typed() == 5
        assert config.a() == "1"

    assert typed() == 1


def test_names_of_options_are_free() -> None:
    """Options may be called like anything that a configuration does not have in public."""
    names = ["name", "value", "root", "key", "scope", "lifetime", "engine", "items", "keys", "host", "id"]
    config = Configuration(default={"section": dict.fromkeys(names, 1)})

    assert [1] * len(names) == [getattr(config.section, name)() for name in names]
