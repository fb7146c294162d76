"""Configurations that stand in for others, providers that stand in for configurations, and copies of them all."""

import asyncio
import copy
from typing import Any

import pytest

from tenure.errors import Error
from tenure.providers.callables import Callable, Coroutine
from tenure.providers.configuration import Configuration, UndefinedOptionError
from tenure.providers.copying import deepcopy
from tenure.providers.factories import Factory
from tenure.providers.objects import Object
from tenure.providers.resource import Resource

# links


@pytest.fixture
def parent() -> Configuration:
    return Configuration("parent", {"child": {"a": 1}})


@pytest.fixture
def child(parent: Configuration) -> Configuration:
    config = Configuration("child", {"b": 0})
    config.override(parent.child)
    return config


def test_link(child: Configuration) -> None:
    """An option of another configuration may stand in for a whole configuration; nothing is merged."""
    assert child() == {"a": 1}
    assert child.a() == 1
    assert child.b() is None


def test_link_follows(parent: Configuration, child: Configuration) -> None:
    """A linked configuration has what the other one has at the time."""
    assert child.a() == 1

    parent.set("child.a", 2)
    assert child.a() == 2
    with parent.override({"child": {"a": 3}}):
        assert child.a() == 3
    assert child.a() == 2


def test_link_to_whole(parent: Configuration) -> None:
    """A whole configuration may stand in for another."""
    config = Configuration()
    config.override(parent)

    parent.set("child.a", 2)

    assert config.child.a() == 2
    assert parent is config.last_overriding
    assert (config,) == parent.overrides


def test_link_names(child: Configuration) -> None:
    """Options keep their names."""
    assert child.a.get_name() == "child.a"


def test_write_on_link(parent: Configuration, child: Configuration) -> None:
    """What is written to a linked configuration stays there, and cuts the link until it is undone."""
    with child.set("b", 2):
        assert child() == {"a": 1, "b": 2}
        assert parent() == {"child": {"a": 1}}
        parent.set("child.a", 5)
        assert child.a() == 1

    assert child.a() == 5


def test_unlink(parent: Configuration, child: Configuration) -> None:
    """A link is undone as any override is."""
    child.reset_last_overriding()

    assert child() == {"b": 0}
    assert parent.child.overrides == ()


def test_link_of_links() -> None:
    """Links lead on."""
    top, middle, bottom = (Configuration(name) for name in ("top", "middle", "bottom"))
    bottom.override(middle.bottom)
    middle.override(top.middle)
    assert bottom.a() is None

    top.set("middle.bottom.a", 1)
    assert bottom.a() == 1
    top.set("middle.bottom.a", 2)
    assert bottom.a() == 2

    middle.reset_override()
    assert bottom.a() is None


def test_link_and_strictness() -> None:
    """Each configuration is strict for itself."""
    lax, strict = Configuration("lax"), Configuration("strict", strict=True)
    strict.override(lax.section)

    assert strict() is None
    with pytest.raises(Error, match=r'^Undefined configuration option "strict\.a"(?m:$)'):
        strict.a()

    other = Configuration("other")
    other.override(lax.section.required())
    with pytest.raises(Error, match=r'^Undefined configuration option "lax\.section"(?m:$)'):
        other.a()


def test_typed_stands_in(parent: Configuration) -> None:
    """A typed option may stand in as well."""
    config = Configuration()
    config.override(parent.child.as_(lambda section: {"doubled": section["a"] * 2}))

    assert config.doubled() == 2
    parent.set("child.a", 5)
    assert config.doubled() == 10


@pytest.mark.parametrize("part", [lambda config: config, lambda config: config.a, lambda config: config.a.b.required()])
def test_circle(part: Any) -> None:
    """A configuration cannot stand in for itself, nor can a part of it."""
    config = Configuration(default={"a": 1})

    with pytest.raises(Error, match="could not be overridden with"):
        config.override(part(config))

    assert config.a() == 1


def test_longer_circle() -> None:
    """Nor can what comes from it over links."""
    first, second, third = (Configuration(name) for name in ("first", "second", "third"))
    second.override(first.x)
    third.override(second)

    with pytest.raises(Error, match="whose value comes from it"):
        first.override(third.y)


# other providers


def test_provider_stands_in() -> None:
    """Any provider may stand in; it is asked each time."""
    values = iter(range(10))
    config = Configuration(default={"a": "own"})
    option = config.a
    assert option() == "own"

    with config.override(Callable(lambda: {"a": next(values)})):
        assert [option(), option()] == [0, 1]
        assert config() == {"a": 2}

    assert option() == "own"


def test_provider_stands_in_for_dependants() -> None:
    """What was made with the configuration sees another provider come and go."""
    config = Configuration(default={"a": "own"})
    factory = Factory(dict, a=config.a, whole=config, number=config.a.as_(len))
    before = {"a": "own", "whole": {"a": "own"}, "number": 3}
    assert before == factory()

    with config.override(Callable(dict, a="other")):
        assert factory() == {"a": "other", "whole": {"a": "other"}, "number": 5}

    assert before == factory()


def test_provider_behind_links() -> None:
    """It may stand in at the far end of links."""
    far, near = Configuration("far"), Configuration("near")
    near.override(far.section)
    factory = Factory(dict, a=near.a)
    assert factory() == {"a": None}

    with far.override(Factory(dict, section=Object({"a": 1}))):
        assert factory() == {"a": 1}
        assert near.a() == 1

    assert factory() == {"a": None}


def test_object_stands_in() -> None:
    """An object's provider is as good as its object."""
    config = Configuration(default={"a": 1})

    config.override(Object({"a": 2}))

    assert config.a() == 2


def test_provider_that_is_overridden() -> None:
    """If what stands in is overridden itself, that counts."""
    stand_in = Object({"a": 2})
    config = Configuration()
    config.override(stand_in)

    with stand_in.override({"a": 3}):
        config.reset_cache()
        assert config.a() == 3


# dependants


def test_dependency() -> None:
    """Options are dependencies: each time, of the value at the time."""
    config = Configuration(default={"a": "1"})
    factory = Factory(dict, a=config.a, number=config.a.as_int(), whole=config)
    assert factory() == {"a": "1", "number": 1, "whole": {"a": "1"}}

    config.from_dict({"a": "2"})

    assert factory() == {"a": "2", "number": 2, "whole": {"a": "2"}}


def test_dependency_by_provider_of_a_name() -> None:
    """So are options that are named by providers."""
    config = Configuration(default={"kind": "x", "by": {"x": {"a": 1}, "y": {"a": 2}}})
    names = iter(["x", "y"])
    factory = Factory(dict, a=config.by[config.kind].a, b=config.by[Callable(lambda: next(names))].a)
    assert factory() == {"a": 1, "b": 1}

    config.set("kind", "y")

    assert factory() == {"a": 2, "b": 2}


def test_dependency_undefined() -> None:
    """The error of an option that is undefined says whose dependency it is."""
    config = Configuration(strict=True)
    factory = Factory(dict, number=config.section.number.as_int())

    with pytest.raises(UndefinedOptionError, match=r'option "config\.section\.number"') as caught:
        factory()

    assert "number" in "\n".join(caught.value.__notes__)


def test_argument_for_an_option() -> None:
    """A value that a caller gives comes before that of an option."""
    config = Configuration(default={"a": 1})

    assert Factory(dict, a=config.a)(a=2) == {"a": 2}


# copies


def test_copy() -> None:
    """A copy has what the original has, and is another from then on."""
    original = Configuration("c", {"x": {"y": 1}}, strict=True, ini_files=["a"])
    original.set("k", 1)
    original.a.b  # noqa: B018 - makes the options

    copied = copy.deepcopy(original)

    assert (
        copied.get_name(),
        copied.get_strict(),
        copied.get_ini_files(),
        copied.get_default(),
    ) == ("c", True, ["a"], {"x": {"y": 1}})
    assert copied() == {"x": {"y": 1}, "k": 1}
    assert list(original.get_children()) == list(copied.get_children())
    assert copied.a is not original.a
    copied.set("k", 2)
    assert (original.k(), copied.k()) == (1, 2)


def test_copy_has_its_own_options() -> None:
    """Options that are copied with their configuration are options of the copy."""
    original = Configuration(default={"k": "1"})
    parts = [original, original.a.b, original.k.as_int(), original.k.required(), original.h[original.k]]

    config, option, typed, required, named = deepcopy(parts)

    assert option is config.a.b
    assert typed.option is config.k
    assert named is config.h[config.k]
    assert required.is_required()
    config.set("k", "5")
    assert (typed(), required(), original.k()) == (5, "5", "1")


def test_copy_of_an_option() -> None:
    """An option that is copied has a copy of its configuration."""
    original = Configuration(default={"a": {"b": 1}})

    copied = copy.deepcopy(original.a.b)
    original.set("a.b", 2)

    assert copied.get_name() == "config.a.b"
    assert copied() == 1


def test_copy_of_a_link() -> None:
    """Linked configurations that are copied together are linked."""
    parent, child = Configuration("parent"), Configuration("child")
    child.override(parent.child)

    parent_copy, child_copy = deepcopy([parent, child])
    parent_copy.set("child.a", 1)

    assert (child_copy.a(), child.a()) == (1, None)


def test_copy_of_values() -> None:
    """Values are not copied: they may be anything."""

    class Uncopied:
        def __deepcopy__(self, _: Any) -> Any:
            raise RuntimeError

    value = Uncopied()
    original = Configuration(default={"a": value})

    copied = copy.deepcopy(original)

    assert copied.a() is value


# asynchronous use


async def give(value: Any) -> Any:
    return value


def test_awaited() -> None:
    """`async_` is awaited, and gives the value."""
    config = Configuration(default={"a": "1"})

    async def main() -> list[Any]:
        return [await config.async_(), await config.a.async_(), await config.a.as_int().async_()]

    assert asyncio.run(main()) == [{"a": "1"}, "1", 1]


def test_async_mode() -> None:
    """In async mode every call gives an awaitable, and so does what is made with it."""
    config = Configuration(default={"a": 1})
    config.a()
    config()
    config.enable_async_mode()
    config.a.enable_async_mode()
    factory = Factory(dict, a=config.a)

    async def main() -> list[Any]:
        return [await config(), await config.a(), await factory(), await config.a()]

    assert asyncio.run(main()) == [{"a": 1}, 1, {"a": 1}, 1]


def test_asynchronous_provider_stands_in() -> None:
    """What stands in may have to be awaited: then so have options and what is made with them."""
    config = Configuration(default={"a": "0"})
    factory = Factory(dict, a=config.a, number=config.a.as_int())
    assert factory() == {"a": "0", "number": 0}

    async def main() -> list[Any]:
        with config.override(Coroutine(give, {"a": "1"})):
            return [await config(), await config.a(), await config.a.as_int()(), await factory()]

    assert asyncio.run(main()) == [{"a": "1"}, "1", 1, {"a": "1", "number": 1}]
    assert asyncio.run(factory()) == {"a": "0", "number": 0}, "what had to be awaited once is awaitable for good"
    assert config.a() == "0"


def test_asynchronous_provider_of_a_name() -> None:
    """So may the provider of a name."""
    config = Configuration(default={"a": {"b": 1}})

    async def main() -> Any:
        return await config.a[Coroutine(give, "b")]()

    assert asyncio.run(main()) == 1


def test_asynchronous_conversion() -> None:
    """So may a conversion."""
    config = Configuration(default={"a": "1"})

    async def main() -> list[Any]:
        return [await config.a.as_(give)(), await config.a.as_(lambda *both: both, Coroutine(give, 2))()]

    assert asyncio.run(main()) == ["1", ("1", 2)]


def test_resource_stands_in() -> None:
    """A resource may stand in: it is opened once, at first need."""
    opened: list[str] = []

    def settings() -> Any:
        opened.append("settings")
        yield {"a": 1}

    config = Configuration()
    resource = Resource(settings)
    config.override(resource)
    factory = Factory(dict, a=config.a)

    assert [config.a(), factory(), config.a()] == [1, {"a": 1}, 1]
    resource.shutdown()

    assert opened == ["settings"]
