"""Resources of a type of one's own, initialized and shut down by it."""

import pytest

from tenure import containers, providers

# The document's program; an initializer subclass stands there where a provider subclass is meant.


class ScopedResource(providers.Resource):
    pass


class Service: ...


def init_service(name) -> Service:
    print(f"Init {name}")
    yield Service()
    print(f"Shutdown {name}")


class Container(containers.DeclarativeContainer):
    scoped = ScopedResource(
        init_service,
        "scoped",
    )

    generic = providers.Resource(
        init_service,
        "generic",
    )


# What holds of it.


@pytest.fixture
def container():
    container = Container()
    yield container
    container.shutdown_resources()


def test_by_type(container, lines):
    """Only those of the type."""
    container.init_resources(ScopedResource)
    assert lines() == ["Init scoped"]
    assert not container.generic.initialized

    container.shutdown_resources(ScopedResource)
    assert lines() == ["Shutdown scoped"]


def test_all(container, lines):
    """Without a type everything, in order; what was opened last is closed first."""
    container.init_resources()
    assert lines() == ["Init scoped", "Init generic"]

    container.shutdown_resources()
    assert lines() == ["Shutdown generic", "Shutdown scoped"]


def test_one_type_after_all(container, lines):
    """The others stay open."""
    container.init_resources()
    container.shutdown_resources(ScopedResource)

    assert lines() == ["Init scoped", "Init generic", "Shutdown scoped"]
    assert container.generic.initialized


def test_the_base_is_a_type_too(container, lines):
    """`providers.Resource` means subclasses as well."""
    container.init_resources(providers.Resource)
    assert lines() == ["Init scoped", "Init generic"]


def test_it_works_by_traversing(container):
    """`traverse` finds the same, in containers inside too."""
    outer = containers.DynamicContainer()
    outer.inner = providers.Container(Container, container)

    assert list(container.traverse(types=[ScopedResource])) == [container.scoped]
    assert list(outer.traverse(types=[ScopedResource])) == [container.scoped]


def test_what_is_no_type_of_resource(container):
    """It is refused."""
    with pytest.raises(TypeError, match="resource_type takes a subclass of"):
        container.init_resources(Service)
