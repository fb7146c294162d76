"""What in a module is wired, and what stands there after `unwire`."""

import sys

import pytest

from tenure import containers, providers
from tenure.wiring import Closing, Provide, Provider, UnresolvedMarkerError, inject, unwire, wire
from tests.wiring import support
from tests.wiring.support import Example

TEXT = """
    import functools
    from typing import Annotated

    attribute: Service = Provide[Example.service]
    by_name = Provide["service"]
    provider = Provider[Example.service]
    closing = Closing[Provide["made"]]
    annotated: Annotated[Service, Provide[Example.service]]
    annotated_with_value: Annotated[Service, Provide["service"]] = 5
    _private = Provide["service"]
    nothing = Provide["nothing"]

    def undecorated(service=Provide["service"]):
        return service

    def make():
        @inject
        def inner(service=Provide["service"]):
            return service
        return inner

    inner = [make()]

    class View:
        attribute: Service = Provide["service"]
        annotated: Annotated[Service, Provide["service"]]

        @inject
        def __init__(self, service=Provide["service"]):
            self.service = service

        @inject
        def method(self, service=Provide["service"]):
            return service

        def undecorated(self, service=Provide["service"]):
            return service

        @staticmethod
        @inject
        def static(service=Provide["service"]):
            return service

        @inject
        @staticmethod
        def static_inside(service=Provide["service"]):
            return service

        @staticmethod
        def undecorated_static(service=Provide["service"]):
            return service

        @classmethod
        @inject
        def class_method(cls, service=Provide["service"]):
            return cls.__name__, service

        @inject
        @classmethod
        def class_method_inside(cls, service=Provide["service"]):
            return cls.__name__, service

        @classmethod
        def undecorated_class_method(cls, service=Provide["service"]):
            return cls.__name__, service

        @property
        @inject
        def value(self, service=Provide["service"]):
            return service

        @inject
        async def coroutine(self, service=Provide["service"]):
            return service

        @inject
        def __call__(self, service=Provide["service"]):
            return service

        class Inside:
            attribute = Provide["service"]

            def method(self, service=Provide["service"]):
                return service

    class Derived(View):
        pass

    @inject
    class Injected:
        def __init__(self, service=Provide["service"]):
            self.service = service

    class Meta(type):
        @inject
        def of_class(cls, service=Provide["service"]):
            return service

    class WithMeta(metaclass=Meta):
        pass
"""


@pytest.fixture
def example(module):
    names = {"Closing": Closing, "Example": Example, "Provide": Provide, "Provider": Provider, "inject": inject}
    return module(TEXT, Service=support.Service, **names)


VALUES = [
    "m.attribute",
    "m.by_name",
    "m.annotated",
    "m.annotated_with_value",
    "m._private",
    "m.undecorated()",
    "m.inner[0]()",
    "m.View.attribute",
    "m.View.annotated",
    "m.View().service",
    "m.View().method()",
    "m.View.method(None)",
    "m.View().undecorated()",
    "m.View.static()",
    "m.View().static()",
    "m.View.static_inside()",
    "m.View().static_inside()",
    "m.View.undecorated_static()",
    "m.View().undecorated_static()",
    "m.View.class_method()[1]",
    "m.View().class_method_inside()[1]",
    "m.View.undecorated_class_method()[1]",
    "m.View().value",
    "m.View()()",
    "m.View.Inside.attribute",
    "m.View.Inside().method()",
    "m.Derived.attribute",
    "m.Derived().service",
    "m.Derived().method()",
    "m.Injected().service",
    "m.WithMeta.of_class()",
]


@pytest.mark.parametrize("expression", VALUES)
def test_value(container, example, expression):
    """Attributes, functions and methods of all kinds get the value."""
    container.wire(modules=[example])

    assert eval(expression, {"m": example}) is container.service()


def test_by_name(container, example):
    """A module may be given by its name."""
    container.wire(modules=["wired_module"])

    assert example.attribute is container.service()


def test_provider_attribute(container, example):
    """An attribute marked `Provider` gets the provider; one marked `Closing` the value."""
    container.wire(modules=[example])

    assert example.provider is container.service
    assert example.closing.number == 2


def test_class_methods_keep_their_class(container, example):
    """A class method of a derived class gets that class."""
    container.wire(modules=[example])

    assert example.Derived.class_method()[0] == "Derived"
    assert example.Derived.undecorated_class_method()[0] == "Derived"


def test_injected_class(example):
    """`inject` on a class gives the class."""
    assert isinstance(example.Injected, type)
    assert isinstance(example.Injected(1), example.Injected)


async def test_coroutine_method(container, example):
    """A coroutine method is awaited."""
    container.wire(modules=[example])

    assert await example.View().coroutine() is container.service()


def test_unresolved_attribute(container, example):
    """An attribute that the container has nothing for keeps its marker."""
    container.wire(modules=[example])

    assert repr(example.nothing) == "Provide['nothing']"


def test_unwire_puts_back(container, example):
    """After `unwire` everything stands there as before."""
    owners = (example, example.View, example.Derived, example.View.Inside, example.Injected)
    before = [dict(vars(owner)) for owner in owners]
    container.wire(modules=[example])
    container.unwire()

    for owner, members in zip(owners, before, strict=True):
        assert vars(owner).keys() == members.keys()
        assert all(vars(owner)[name] is value for name, value in members.items() if not name.startswith("__"))


@pytest.mark.parametrize("expression", ["m.View.static()", "m.inner[0]()", "m.View(1).method()", "m.View(1).value"])
def test_unwired_calls(container, example, expression):
    """After `unwire` injected functions refuse to be called."""
    container.wire(modules=[example])
    container.unwire()

    with pytest.raises(UnresolvedMarkerError):
        eval(expression, {"m": example})


def test_wired_function_taken_before_unwire(container, example):
    """A function that was not decorated and was taken from the module while it was wired refuses to be called too."""
    container.wire(modules=[example])
    taken = example.undecorated
    container.unwire()

    with pytest.raises(UnresolvedMarkerError):
        taken()


def test_wired_twice(container, example):
    """Wiring a module again changes nothing, and one `unwire` puts everything back."""
    original = example.undecorated
    container.wire(modules=[example])
    wrapper = example.undecorated
    container.wire(modules=[example])

    assert example.undecorated is wrapper
    container.unwire()
    assert example.undecorated is original
    assert repr(example.attribute) == "Provide[Example.service]"


def test_replaced_meanwhile(container, example):
    """What the program itself has put in the place since then stays at `unwire`."""
    container.wire(modules=[example])
    example.attribute = "mine"
    container.unwire()

    assert example.attribute == "mine"


def test_imported(container, module):
    """What was imported from another module is wired where it was imported to; the other module is left alone."""
    base = support.module_of(
        "wired_base",
        """
        glob = Provide["service"]

        class Base:
            attribute = Provide["service"]

            def method(self, service=Provide["service"]):
                return service

            @inject
            def injected(self, service=Provide["service"]):
                return service

        def function(service=Provide["service"]):
            return service

        class Derivable:
            attribute = Provide["service"]

            def method(self, service=Provide["service"]):
                return service
        """,
        Provide=Provide,
        inject=inject,
    )
    user = module(
        """
        import wired_base
        from wired_base import Base, function, glob

        class Derived(wired_base.Derivable):
            pass

        class DerivedToo(Base):
            pass
        """
    )
    service = container.service()
    container.wire(modules=[user])

    assert user.glob is user.function() is service
    assert user.Base().method() is user.Base().injected() is user.Base.attribute is service
    assert user.Derived().method() is user.Derived.attribute is service
    assert user.DerivedToo().method() is service
    assert "method" not in vars(user.DerivedToo)
    assert repr(base.glob) == "Provide['service']"
    assert base.function is not user.function
    assert repr(base.Derivable.attribute) == "Provide['service']"
    container.unwire()
    assert base.function is user.function
    assert not {"attribute", "method"} & vars(user.Derived).keys()


def test_nothing_is_touched(container, module):
    """Objects in a module are not asked for anything: proxies and modules that load on use stay as they are."""

    class Proxy:
        def __getattribute__(self, name):
            raise RuntimeError("working outside of a request")

    made = module("def __getattr__(name):\n    raise RuntimeError(name)", proxy=Proxy())

    container.wire(modules=[made])


def test_class_and_function(container, example):
    """A class and a function may be wired by themselves."""
    container.wire(modules=[example.View, example.undecorated])

    assert example.View().method() is container.service()
    assert repr(example.attribute) == "Provide['service']" or repr(example.attribute) == "Provide[Example.service]"


@pytest.mark.parametrize("wrong", [3, None, [], support.Service()])
def test_not_a_module(container, wrong):
    """What is no module, class or function cannot be wired."""
    with pytest.raises(TypeError, match="cannot be wired"):
        container.wire(modules=[wrong])


def test_unknown_module(container):
    """A name that leads to no module is an error of the import."""
    with pytest.raises(ModuleNotFoundError):
        container.wire(modules=["no_such_module"])


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package `wired_app` with modules `one`, `sub.two` and `__main__`."""
    root = tmp_path / "wired_app"
    (root / "sub").mkdir(parents=True)
    text = "from tenure.wiring import *\n@inject\ndef function(service=Provide['service']): return service\n"
    for name in ("__init__", "one", "sub/__init__", "sub/two"):
        (root / f"{name}.py").write_text(text)
    (root / "__main__.py").write_text("raise AssertionError('the program was run')")
    monkeypatch.syspath_prepend(tmp_path)
    yield "wired_app"
    for name in [name for name in sys.modules if name.startswith("wired_app")]:
        del sys.modules[name]


def test_package(container, package):
    """Every module of a package is imported and wired, save the program itself."""
    container.wire(packages=[package])

    found = [sys.modules[name].function() for name in ("wired_app", "wired_app.one", "wired_app.sub.two")]
    assert found == [container.service()] * 3
    assert "wired_app.__main__" not in sys.modules
    container.unwire()
    with pytest.raises(UnresolvedMarkerError):
        sys.modules["wired_app.sub.two"].function()


def test_relative_names(container, package):
    """Relative names start from `from_package`."""
    container.wire(modules=[".one"], packages=[".sub"], from_package=package)

    assert sys.modules["wired_app.one"].function() is container.service()
    assert sys.modules["wired_app.sub.two"].function() is container.service()
    with pytest.raises(UnresolvedMarkerError):
        sys.modules["wired_app"].function()


def test_configuration(package):
    """A container that names modules is wired to them when it is made."""

    class Wired(containers.DeclarativeContainer):
        wiring_config = containers.WiringConfiguration(modules=[".one"], from_package=package)
        service = providers.Object("service")

    container = Wired()

    assert sys.modules["wired_app.one"].function() == "service"
    container.unwire()


def test_functions_of_the_module(container, example):
    """`wire` and `unwire` work as functions too, with names or modules."""
    wired = wire(container, modules=["wired_module"])

    assert wired.modules == [example]
    assert example.View.static() is container.service()
    unwire(modules=["wired_module"])
    with pytest.raises(UnresolvedMarkerError):
        example.View.static()


def test_dataclass(container, module):
    """A marker that is a field's default is filled in where the object is made."""
    made = module(
        """
        from dataclasses import dataclass

        @dataclass
        class Record:
            number: int
            service: object = Provide["service"]
        """,
        Provide=Provide,
    )
    container.wire(modules=[made])

    assert made.Record(1).service is container.service()


def test_odd_members(container, module):
    """Classes that cannot be hashed, and annotations that are none, are wired like others."""
    made = module(
        """
        class Meta(type):
            def __eq__(cls, other):
                return False

        class Unhashable(metaclass=Meta):
            attribute = Provide["service"]

        class Odd:
            __annotations__ = 5
            attribute = Provide["service"]
        """,
        Provide=Provide,
    )
    container.wire(modules=[made])

    assert made.Unhashable.attribute is made.Odd.attribute is container.service()
    container.unwire()
    assert repr(made.Unhashable.attribute) == "Provide['service']"
