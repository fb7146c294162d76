"""A subclass of `resources.Resource` as initializer."""

import pytest

from tenure import containers, providers, resources


class SomeResource:
    is_open = True


# The document's programs.


class MyResource(resources.Resource):
    def init(self, argument1=..., argument2=...) -> SomeResource:
        return SomeResource()

    def shutdown(self, resource: SomeResource) -> None:
        # shutdown
        resource.is_open = False


class Container(containers.DeclarativeContainer):
    resource = providers.Resource(
        MyResource,
        argument1=...,
        argument2=...,
    )


class NothingResource(resources.Resource):
    def init(self, argument1=..., argument2=...) -> None:
        # initialization
        print("init", argument1, argument2)

    def shutdown(self, _: None) -> None:
        # shutdown
        print("shutdown", _)


class NothingContainer(containers.DeclarativeContainer):
    resource = providers.Resource(NothingResource, argument1=1, argument2=2)


# What holds of them.


def test_what_init_returns_is_the_resource():
    """`shutdown` receives it."""
    container = Container()
    container.init_resources()
    resource = container.resource()
    assert type(resource) is SomeResource
    assert resource.is_open

    container.shutdown_resources()
    assert not resource.is_open


def test_nothing_returned(lines):
    """`shutdown` is called anyway, with None."""
    container = NothingContainer()
    container.init_resources()
    assert container.resource() is None

    container.shutdown_resources()
    assert lines() == ["init 1 2", "shutdown None"]


def test_both_methods_are_needed():
    """A class without one of them is refused when it is initialized."""

    class Half(resources.Resource):
        def shutdown(self, resource):
            raise AssertionError("it is never called")

    container = containers.DynamicContainer()
    with pytest.raises((TypeError, NotImplementedError)):
        container.resource = providers.Resource(Half)
        container.init_resources()


def test_each_container_has_an_object_of_its_own():
    """Two are open at a time, and closed apart."""
    one, two = Container(), Container()
    first, second = one.resource(), two.resource()
    one.shutdown_resources()

    assert (first.is_open, second.is_open) == (False, True)
    two.shutdown_resources()
