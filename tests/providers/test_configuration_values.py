"""Configurations: what options give, and how their values are replaced, merged and put back."""

from collections import OrderedDict, UserDict
from types import MappingProxyType
from typing import Any

import pytest

from tenure.errors import Error
from tenure.providers.configuration import Configuration, OptionPathError, UndefinedOptionError
from tenure.providers.objects import Object


@pytest.fixture
def config() -> Configuration:
    return Configuration(default={"db": {"host": "h", "port": "5432"}, "debug": False})


def test_whole(config: Configuration) -> None:
    """A configuration gives its whole value."""
    assert config() == {"db": {"host": "h", "port": "5432"}, "debug": False}


def test_option(config: Configuration) -> None:
    """An option gives its value, a section of options a dictionary."""
    assert config.db.host() == "h"
    assert config.db() == {"host": "h", "port": "5432"}


def test_arguments_of_a_call(config: Configuration) -> None:
    """Arguments of a call change nothing."""
    assert config.db.host(1, x=2) == "h"
    assert config() == config(1, x=2)


def test_empty() -> None:
    """A configuration without anything is an empty dictionary."""
    assert Configuration()() == {}


def test_undefined(config: Configuration) -> None:
    """An option without a value gives None, at any depth."""
    assert config.nothing() is None
    assert config.nothing.at.all() is None
    assert config.db.nothing() is None


def test_default_is_not_written_to() -> None:
    """What is written to a configuration does not reach the dictionary that it began with."""
    default = {"a": {"b": 1}}
    config = Configuration(default=default)

    config.from_dict({"a": {"c": 2}})
    config.a.d.from_value(3)

    assert default == {"a": {"b": 1}}
    assert config() == {"a": {"b": 1, "c": 2, "d": 3}}


def test_given_dictionaries_are_not_written_to() -> None:
    """What is written later does not reach dictionaries that were merged in before."""
    first = {"a": {"b": 1}}
    config = Configuration()
    config.from_dict(first)

    config.from_dict({"a": {"c": 2}})

    assert first == {"a": {"b": 1}}


@pytest.mark.parametrize("write", ["override", "update", "from_value"])
@pytest.mark.parametrize("value", [None, 5, "text", [1], (), {}, {"db": {"x": 1}}], ids=repr)
def test_replace(config: Configuration, write: str, value: Any) -> None:
    """`override`, `update` and `from_value` replace the whole value; nothing is merged."""
    getattr(config, write)(value)

    assert value == config()


@pytest.mark.parametrize("write", ["override", "update", "from_value"])
@pytest.mark.parametrize("value", [None, 5, "text", [1], (), {}, {"x": 1}], ids=repr)
def test_replace_option(config: Configuration, write: str, value: Any) -> None:
    """On an option they replace its value, and leave all else."""
    getattr(config.db, write)(value)

    assert {"db": value, "debug": False} == config()


def test_new_sections() -> None:
    """Writing to an option makes the sections that lead to it."""
    config = Configuration()

    config.a.b.c.from_value(1)

    assert config() == {"a": {"b": {"c": 1}}}


def test_empty_section() -> None:
    """None is a section without options, as an empty one in a file is."""
    config = Configuration(default={"section": None})

    assert config.section.option() is None
    config.section.option.from_value(1)
    assert config() == {"section": {"option": 1}}


@pytest.mark.parametrize(
    ("before", "merged_in", "after"),
    [
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"d": 2}}}, {"a": {"b": {"c": 1, "d": 2}}}),
        ({"a": 1}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": {"b": 1}}, {"a": 1}, {"a": 1}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        ({"a": [1]}, {"a": [2]}, {"a": [2]}),
        ({"a": {1: 1}}, {"a": {"1": 2}}, {"a": {1: 1, "1": 2}}),
        ({"a": {"b": 1}}, OrderedDict(a=OrderedDict(c=2)), {"a": {"b": 1, "c": 2}}),
        ({"a": {"b": 1}}, {"a": UserDict(c=2)}, {"a": {"c": 2}}),
        ({"a": 1}, MappingProxyType({"b": 2}), {"a": 1, "b": 2}),
        ({"a": 1}, [("b", 2)], {"a": 1, "b": 2}),
        ({"a": 1}, {}, {"a": 1}),
    ],
)
def test_merge(before: Any, merged_in: Any, after: Any) -> None:
    """`from_dict` merges dictionaries into dictionaries, and puts all else in the place of what was there."""
    config = Configuration(default=before)

    config.from_dict(merged_in)

    assert after == config()


@pytest.mark.parametrize("empty", [None, 0, "", False, []], ids=repr)
def test_merge_into_nothing(empty: Any) -> None:
    """What is empty is no obstacle for options."""
    config = Configuration(default={"a": empty})

    config.a.from_dict({"b": 1})

    assert config() == {"a": {"b": 1}}


def test_merge_into_option(config: Configuration) -> None:
    """`from_dict` on an option merges into its section."""
    config.db.from_dict({"port": 1})

    assert config() == {"db": {"host": "h", "port": 1}, "debug": False}


@pytest.mark.parametrize(("given", "kind"), [(None, TypeError), (5, TypeError), ([1], TypeError), ("text", ValueError)])
def test_merge_what_is_no_dictionary(config: Configuration, given: Any, kind: type[Exception]) -> None:
    """What is no dictionary cannot be merged, and changes nothing."""
    before = config()

    with pytest.raises(kind, match=r'"config.db" takes options from a dictionary, not from'):
        config.db.from_dict(given)

    assert before == config()


@pytest.mark.parametrize(
    "reach",
    [
        lambda config: config.debug.level(),
        lambda config: config.get("debug.level"),
        lambda config: config.set("debug.level", 1),
        lambda config: config.debug.level.override(1),
        lambda config: config.debug.level.from_dict({"x": 1}),
        lambda config: config.debug.from_dict({"level": 1}),
    ],
    ids=["read", "get", "set", "override", "merge", "merge into it"],
)
@pytest.mark.parametrize("kind", [Error, AttributeError, TypeError])
def test_below_a_value(reach: Any, kind: type[Exception]) -> None:
    """Below a value there are no options; the error names both, and keeps the value to itself."""
    config = Configuration(default={"debug": "secret"})

    said = r'^configuration option "config\.debug\.level.*" cannot be reached: "config\.debug" is a str'

    with pytest.raises(kind, match=said) as caught:
        reach(config)

    assert "secret" not in str(caught.value)
    assert isinstance(caught.value, OptionPathError)


def test_lists_have_no_options() -> None:
    """Lists are values: their items are no options."""
    with pytest.raises(OptionPathError):
        Configuration(default={"a": [1]}).a["0"]()


def test_anything_with_get_has_options() -> None:
    """Any object with a method `get` is read as a dictionary is."""
    assert Configuration(default={"a": UserDict(b=1)}).a.b() == 1


def test_get(config: Configuration) -> None:
    """`get` takes a name with dots; what is undefined gives None, or raises where it is required."""
    assert config.get("db.host") == "h"
    assert config.get("db.nothing") is None
    with pytest.raises(Error, match=r'^Undefined configuration option "config\.db\.nothing"(?m:$)'):
        config.get("db.nothing", required=True)


def test_set(config: Configuration) -> None:
    """`set` takes a name with dots and makes the sections that lead to it."""
    config.set("db.host", "other")
    config.set("new.section", 1)

    assert config() == {"db": {"host": "other", "port": "5432"}, "debug": False, "new": {"section": 1}}


def test_set_for_a_while(config: Configuration) -> None:
    """`set` is undone when its context is left."""
    with config.set("db.host", "other"):
        assert config.db.host() == "other"

    assert config.db.host() == "h"


def test_override_for_a_while(config: Configuration) -> None:
    """`override` is undone when its context is left; it gives the provider that stands in."""
    with config.override({"db": 1}) as standing_in:
        assert {"db": 1} == standing_in() == config()

    assert config.db.host() == "h"


def test_override_option_for_a_while(config: Configuration) -> None:
    """Overriding an option is undone when its context is left."""
    with config.db.override({"host": "other"}):
        assert config.db.host() == "other"
        assert config.db.port() is None

    assert config.db.host() == "h"


def test_undone_after_an_error(config: Configuration) -> None:
    """It is undone as well where an error leaves the context."""
    with pytest.raises(KeyError), config.db.host.override("other"):
        raise KeyError

    assert config.db.host() == "h"


def test_reset_last(config: Configuration) -> None:
    """Changes are undone one by one, the last one first, whichever way they were made."""
    config.from_dict({"a": 1})
    config.a.from_value(2)
    config.set("a", 3)

    seen = [config.a()]
    for _ in range(3):
        config.reset_last_overriding()
        seen.append(config.a())

    assert seen == [3, 2, 1, None]


def test_reset_all(config: Configuration) -> None:
    """`reset_override` brings the default back."""
    config.from_dict({"a": 1})
    config.set("db.host", "other")

    config.reset_override()

    assert config.db.host() == "h"
    assert config.a() is None
    assert config.overridden == ()


def test_reset_nothing(config: Configuration) -> None:
    """Undoing what was never done is an error."""
    with pytest.raises(Error, match="is not overridden"):
        config.reset_last_overriding()


def test_overridden(config: Configuration) -> None:
    """Every change is one more override by an object."""
    config.from_dict({"a": 1})
    config.a.from_value(2)

    assert [Object, Object] == [type(each) for each in config.overridden]
    assert config.last_overriding is config.overridden[-1]
    assert config.last_overriding is not None
    assert config.last_overriding() is config()


@pytest.mark.parametrize("reset", ["reset_override", "reset_last_overriding"])
def test_options_are_not_reset(config: Configuration, reset: str) -> None:
    """It is the configuration that is reset, not an option."""
    with pytest.raises(Error, match=r"^Configuration option does not support this method"):
        getattr(config.db, reset)()


def test_option_by_provider(config: Configuration) -> None:
    """An option takes values only."""
    with pytest.raises(Error, match=r"^Configuration option can only be overridden by a value(?m:$)"):
        config.db.override(Object({}))


def test_providers_as_values() -> None:
    """A provider inside a value is a value: it is given as it is."""
    provider = Object(4)
    config = Configuration(default={"a": {"b": provider}})

    assert config.a.b() is provider


def test_default_again(config: Configuration) -> None:
    """`set_default` and `set_provides` replace the default, at once."""
    assert False is config.debug()

    assert config is config.set_default({"debug": 1})
    assert config.debug() == 1
    assert {"debug": 1} == config.get_default() == config.provides

    config.set_provides({"debug": 2})
    assert config.debug() == 2


def test_default_none(config: Configuration) -> None:
    """A default of None says nothing."""
    config.set_default(None)

    assert config.db.host() == "h"


def test_bad_default() -> None:
    """The default is a dictionary."""
    with pytest.raises(TypeError, match=r'^the default of the configuration "settings" is a dictionary, not 5$'):
        Configuration("settings", 5)  # type: ignore[arg-type]


def test_reset_cache(config: Configuration) -> None:
    """After a value was changed behind the configuration's back, `reset_cache` has options read again."""
    assert config.db.host() == "h"
    config()["db"]["host"] = "other"

    config.reset_cache()

    assert config.db.host() == "other"


def test_reset_cache_of_option(config: Configuration) -> None:
    """`reset_cache` is there on options as well."""
    config.db.host()
    config()["db"]["host"] = "other"

    config.db.reset_cache()

    assert config.db.host() == "other"


# strict


def test_strict() -> None:
    """A strict configuration has no undefined options."""
    config = Configuration(strict=True)

    for read in (config.a, config.a.b, lambda: config.get("a"), lambda: config.get("a", required=False)):
        with pytest.raises(Error, match=r'^Undefined configuration option "config\.a'):
            read()


def test_strict_whole() -> None:
    """The whole of a strict configuration may be empty."""
    assert Configuration(strict=True)() == {}


def test_strict_none() -> None:
    """None is a value; below it nothing is defined."""
    config = Configuration(default={"a": None}, strict=True)

    assert config.a() is None
    with pytest.raises(UndefinedOptionError):
        config.a.b()


def test_strict_writing() -> None:
    """Options of a strict configuration that are undefined yet can be written to."""
    config = Configuration(strict=True)

    config.a.from_value(1)
    config.b.c.from_dict({"d": 2})
    config.set("e.f", 3)

    assert config() == {"a": 1, "b": {"c": {"d": 2}}, "e": {"f": 3}}


def test_strict_set_later() -> None:
    """Strictness can be changed, and is seen at once."""
    config = Configuration()
    assert config.a() is None

    assert config is config.set_strict(True)

    assert True is config.get_strict()
    with pytest.raises(UndefinedOptionError) as caught:
        config.a()
    assert caught.value.name == "config.a"


# required


def test_required() -> None:
    """A required option has to have a value."""
    config = Configuration()

    with pytest.raises(Error, match=r'^Undefined configuration option "config\.a\.b"(?m:$)'):
        config.a.b.required()()

    config.set("a.b", None)
    assert config.a.b.required()() is None


def test_required_is_another_option() -> None:
    """The option itself stays as it is, and options below a required one are not required."""
    config = Configuration()

    assert config.a.required().is_required()
    assert not config.a.is_required()
    assert config.a() is None
    assert config.a.required().b() is None
    assert config.a.required().get_name() == "config.a"
