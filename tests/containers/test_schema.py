"""Containers from data: what a schema can say, and what is refused."""

import sys
import types

import pytest

from tenure import containers, providers
from tenure.errors import TenureError
from tenure.schema import SchemaError, SchemaProcessorV1


class Box:
    limit = 3

    class Inner:
        pass

    def __init__(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs

    @classmethod
    def make(cls, *args):
        return cls, args


class Mine(providers.Factory):
    pass


def opened(log):
    log.append("open")
    yield "value"
    log.append("closed")


value = 42
LOG = []


@pytest.fixture(autouse=True)
def things(monkeypatch):
    """What the schemas below import, as the module `things`."""
    module = types.ModuleType("things")
    vars(module).update(Box=Box, Mine=Mine, opened=opened, value=value, LOG=LOG, make=Box.make)
    monkeypatch.setitem(sys.modules, "things", module)


def load(**described):
    app = containers.DynamicContainer()
    app.from_schema({"version": "1", "container": described})
    return app


def factory(*args, provides="things.Box", **kwargs):
    return {"provider": "Factory", "provides": provides, "args": list(args), "kwargs": kwargs}


FORTY_TWO = {"provider": "Object", "provides": "things.value"}


def test_a_factory_with_arguments():
    """They arrive as they are written."""
    box = load(box=factory(1, "two", three=3)).box()

    assert (box.args, box.kwargs) == ((1, "two"), {"three": 3})


@pytest.mark.parametrize("version", [{}, {"version": "1"}, {"version": 1}, {"version": None}])
def test_the_version_may_be_left_out(version):
    """There is one."""
    app = containers.DynamicContainer()
    app.from_schema({**version, "container": {"value": FORTY_TWO}})

    assert app.value() == 42


@pytest.mark.parametrize("name", ["things.Mine", f"{Mine.__module__}.Mine"])
def test_a_class_of_ones_own(name, monkeypatch):
    """It is named by its import path."""
    monkeypatch.setitem(sys.modules, Mine.__module__, sys.modules["things"])

    assert type(load(box={"provider": name, "provides": "things.Box"}).box) is Mine


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("things.Box", Box),
        ("things.Box.Inner", Box.Inner),
        ("list", list),
        ("collections.OrderedDict", __import__("collections").OrderedDict),
    ],
)
def test_what_a_path_names(path, made):
    """A class, one inside a class, a builtin."""
    assert type(load(it=factory(provides=path)).it()) is made


def test_a_method_of_a_class():
    """It is called as it would be."""
    app = load(it={"provider": "Callable", "provides": "things.Box.make", "args": [1]})

    assert app.it() == (Box, (1,))


def test_references_look_ahead_and_inside():
    """What they point to may stand further down, or in a container inside."""
    app = load(
        box=factory("container.value", "container.core.value", deep="container.core.deeper.value"),
        core={"value": FORTY_TWO, "deeper": {"value": FORTY_TWO}},
        value=FORTY_TWO,
    )

    assert app.box().args == (42, 42)
    assert app.box().kwargs == {"deep": 42}
    assert app.core.deeper.value() == 42


def test_a_reference_is_to_the_provider():
    """An override of it shows."""
    app = load(box=factory("container.core.value"), core={"value": FORTY_TWO})
    app.core.value.override(7)

    assert app.box().args == (7,)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("container.box.provided.limit", 3),
        ("container.box.provided.make.call()", (Box, ())),
        ("container.box.provided.args[0]", "first"),
        ("container.box.provided.kwargs['name']", "named"),
        ("container.config.port", "7"),
        ("container.config.port.as_int()", 7),
    ],
)
def test_what_is_made_of_a_provider(reference, expected):
    """Attributes, items and calls, as the same words in Python."""
    app = load(box=factory("first", name="named"), it=factory(reference), config={"provider": "Configuration"})
    app.config.from_dict({"port": "7"})

    assert app.it().args == (expected,)


def test_a_provider_of_a_reference():
    """`.provider` gives the provider itself."""
    app = load(box=factory(), it=factory("container.box.provider"))

    assert app.it().args == (app.box,)


def test_a_reference_to_a_container_inside():
    """It gives the container."""
    app = load(it=factory("container.core"), core={"value": FORTY_TWO})

    assert app.it().args[0].value() == 42


def test_a_provider_calls_another():
    """`provides` may be a reference."""
    app = load(box=factory(1), it={"provider": "Callable", "provides": "container.box"})

    assert app.it().args == (1,)


def test_providers_described_in_place():
    """As arguments, inside one another, with constants and references."""
    app = load(
        box=factory({"provider": "List", "args": [1, "container.value", factory(2)]}, more=factory()), value=FORTY_TWO
    )
    [one, two, inner] = app.box().args[0]

    assert (one, two, inner.args) == (1, 42, (2,))
    assert isinstance(app.box().kwargs["more"], Box)


@pytest.mark.parametrize("plain", ["text", "things.value", "container", {"x": 1}, ["container.value"], None])
def test_other_arguments_stand_for_themselves(plain):
    """Paths are read in `provides` only, and nobody looks into lists."""
    assert load(box=factory(plain), value=FORTY_TWO).box().args == (plain,)


def test_a_resource_is_opened_and_closed():
    """By the container that was described."""
    LOG.clear()
    app = load(
        log={"provider": "Object", "provides": "things.LOG"},
        it={"provider": "Resource", "provides": "things.opened", "args": ["container.log"]},
    )
    app.init_resources()
    app.shutdown_resources()

    assert LOG == ["open", "closed"]


def test_a_selector():
    """`provides` is what selects, the keyword arguments are what is selected from."""
    app = load(
        config={"provider": "Configuration"},
        one=factory(1),
        it={"provider": "Selector", "provides": "container.config.which", "kwargs": {"one": "container.one"}},
    )
    app.config.which.from_value("one")

    assert app.it().args == (1,)


def test_an_aggregate():
    """The keyword arguments are what it offers."""
    app = load(one=factory(1), it={"provider": "FactoryAggregate", "kwargs": {"one": "container.one"}})

    assert app.it("one").args == (1,)


def test_options_of_a_configuration():
    """By the names of its own arguments."""
    config = load(config={"provider": "Configuration", "kwargs": {"name": "settings", "default": {"x": 1}}}).config

    assert (config.get_name(), config.x()) == ("settings", 1)


def test_the_container_itself():
    """A provider `Self` is one of the container."""
    app = load(me={"provider": "Self"}, it=factory("container.me"))

    assert app.it().args == (app,)


def test_what_a_container_had_stays():
    """A schema adds."""
    app = containers.DynamicContainer()
    app.mine = providers.Object(1)
    app.from_schema({"container": {"value": FORTY_TWO}})

    assert (app.mine(), app.value()) == (1, 42)


def test_a_provider_called_provider():
    """A mapping under that name is a provider of it."""
    assert load(core={"provider": FORTY_TWO}).core.providers["provider"]() == 42


def test_a_circle_is_described_all_the_same():
    """Whether it can be called is another matter."""
    app = load(one=factory("container.two"), two=factory("container.one"))

    assert app.one.args == (app.two,)


REFUSED = {
    "no mapping": ([], r"^schema: a mapping with the key 'container' is expected(?m:$)"),
    "no container": ({"version": "1"}, r"^schema: a mapping with the key 'container' is expected(?m:$)"),
    "container is none": ({"container": None}, r"^container: a mapping is expected, not None(?m:$)"),
    "entry is a text": ({"container": {"a": "x"}}, r"^container\.a: a mapping is expected, not 'x'(?m:$)"),
    "name is a number": ({"container": {1: FORTY_TWO}}, r"^container: the name of a provider is expected, not 1(?m:$)"),
    "no provider": ({"container": {"a": {"provides": "int"}}}, r"^container\.a: 'provider' is missing"),
    "unknown key": ({"container": {"a": {"provider": "List", "arg": []}}}, r"no 'arg'; did you mean 'args'"),
    "args is a text": ({"container": {"a": {"provider": "List", "args": "x"}}}, r"^container\.a\.args: a list"),
    "kwargs is a list": ({"container": {"a": {"provider": "List", "kwargs": [1]}}}, r"kwargs: a mapping is expected"),
}
REFUSED |= {
    f"provider {name}": ({"container": {"core": {"a": {"provider": name}}}}, rf"^container\.core\.a\.provider: {text}")
    for name, text in {
        "Factorie": "there is no provider called 'Factorie'; did you mean 'Factory'",
        "nowhere.Factory": "'nowhere.Factory' cannot be imported: there is no module 'nowhere'(?m:$)",
        "things.Nothing": "things has no 'Nothing'(?m:$)",
        "things.Box": "'things.Box' is <class .*>, which is no class of providers(?m:$)",
        "things.make": "'things.make' is <bound method",
        "is_provider": "'is_provider' is <function",
        "things.": "'things.' is no path to import from(?m:$)",
        "Container": "Container cannot be described by a schema",
        7: "the name of a class of providers is expected, not 7(?m:$)",
    }.items()
}
REFUSED |= {
    f"provides {path}": ({"container": {"a": factory(provides=path)}}, rf"^container\.a\.?.*: {text}")
    for path, text in {
        "lists": "builtins has no 'lists'; did you mean 'list'",
        "nowhere.it": "'nowhere.it' cannot be imported",
        "things.Bix": "things has no 'Bix'; did you mean 'Box'",
        "things.value": "Factory provides what it calls, and 42 is not callable(?m:$)",
    }.items()
}
REFUSED |= {
    f"reference {text}": (
        {"container": {"users": factory(text), "core": {"value": FORTY_TWO}}},
        rf"args\[0\]: {problem}",
    )
    for text, problem in {
        "container.user": "'container.user' refers to no provider of the schema; did you mean 'users'",
        "container.core.val": "'container.core.val' refers to no provider of the schema; did you mean 'value'",
        "container.users.limit": r".* leads nowhere: .* has no 'limit'; .* stand below '\.provided'(?m:$)",
        "container.users.override": ".* is no provider but <bound method",
        "container.users.provided.x-y": ".* cannot be read: 'x-y' is neither",
    }.items()
}
REFUSED["a reference in an inline provider"] = (
    {"container": {"a": factory(factory("container.nothing"))}},
    r"^container\.a\.args\[0\]\.args\[0\]: 'container.nothing' refers to no provider of the schema(?m:$)",
)
REFUSED["provides of a configuration's args"] = (
    {"container": {"a": {"provider": "Configuration", "args": ["x"]}}},
    r"^container\.a\.args: providers of the class Configuration take no 'args'(?m:$)",
)


@pytest.mark.parametrize(("schema", "text"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(schema, text):
    """The error tells where, what, and what may have been meant; the container is left alone."""
    app = containers.DynamicContainer()
    with pytest.raises(SchemaError, match=text):
        app.from_schema(schema)

    assert app.providers == {}


def test_an_error_has_its_facts():
    """As attributes; and it is one of ours."""
    with pytest.raises(TenureError) as caught:
        load(a={"provider": "Factorie"})

    assert caught.value.place == "container.a.provider"
    assert caught.value.near[0] == "'Factory'"


def test_an_import_that_fails_inside_is_passed_on(tmp_path, monkeypatch):
    """The module is there; what it needs is not."""
    (tmp_path / "half.py").write_text("import nothing_like_this\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ModuleNotFoundError, match="nothing_like_this"):
        load(a=factory(provides="half.Box"))


def test_the_processor_by_hand():
    """Made, then processed, then asked."""
    processor = SchemaProcessorV1({"container": {"value": FORTY_TWO}})
    assert processor.get_providers() == {}
    processor.process()

    assert [name for name, _ in processor.get_providers().items()] == ["value"]
