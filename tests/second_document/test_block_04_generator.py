"""A generator initializer: up to `yield` it opens, after it it closes."""

import pytest

from tenure import containers, providers


class SomeResource:
    def __init__(self, *arguments):
        self.arguments = arguments
        self.is_open = True


# The document's programs.


def init_resource(argument1=..., argument2=...):
    resource = SomeResource(argument1, argument2)  # initialization

    yield resource

    # shutdown
    resource.is_open = False


class Container(containers.DeclarativeContainer):
    resource = providers.Resource(
        init_resource,
        argument1=...,
        argument2=...,
    )


def init_nothing(argument1=..., argument2=...):
    # initialization
    print("initialized", argument1, argument2)

    yield

    # shutdown
    print("shut down")


class NothingContainer(containers.DeclarativeContainer):
    resource = providers.Resource(init_nothing, argument1=1, argument2=2)


# What holds of them.


def test_what_is_yielded_is_the_resource():
    """It is open until it is shut down."""
    container = Container()
    container.init_resources()
    resource = container.resource()
    assert resource.is_open
    assert resource.arguments == (..., ...)

    container.shutdown_resources()
    assert not resource.is_open
    assert not container.resource.initialized


def test_an_empty_yield(lines):
    """The value is None; both halves run."""
    container = NothingContainer()
    container.init_resources()
    assert container.resource() is None
    assert container.resource.initialized
    assert lines() == ["initialized 1 2"]

    container.shutdown_resources()
    assert lines() == ["shut down"]


def test_init_and_shutdown_of_the_provider():
    """As often as one likes; each time a new resource."""
    container = Container()
    first = container.resource.init()
    container.resource.shutdown()
    second = container.resource.init()

    assert (first.is_open, second.is_open) == (False, True)
    container.resource.shutdown()
    assert not second.is_open


def test_an_error_before_the_yield():
    """Nothing is owed, and the next one tries again."""
    outcomes = iter([OSError("not yet"), None])

    def may_fail():
        if (error := next(outcomes)) is not None:
            raise error
        yield "value"

    container = containers.DynamicContainer()
    container.resource = providers.Resource(may_fail)
    with pytest.raises(OSError, match="not yet"):
        container.resource()
    assert not container.resource.initialized

    assert container.resource() == "value"
    container.shutdown_resources()


def test_an_error_after_the_yield():
    """It is raised, and the resource is closed all the same."""

    def fails():
        yield "value"
        raise OSError("cannot flush")

    container = containers.DynamicContainer()
    container.resource = providers.Resource(fails)
    container.resource()
    with pytest.raises(OSError, match="cannot flush"):
        container.resource.shutdown()
    assert not container.resource.initialized
