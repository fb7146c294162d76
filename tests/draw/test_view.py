"""What is read from a container: names, needs, scopes and findings, and no value of anything."""

import functools
import json
from typing import Annotated

import pytest

from tenure import Container, Inject, containers, inject, providers
from tenure.draw import svg_of
from tenure.draw.view import BY

SECRET = "hunter2"


class Settings: ...


class Database: ...


class Orders:
    def __init__(self, database: Database) -> None: ...


class Request: ...


async def open_database(settings: Settings):
    try:
        yield Database()
    finally:
        pass


def seen(view):
    """Return the nodes of *view* by label."""
    return {node.label: node for node in view.nodes}


def links(view):
    """Return the links of *view* as pairs of labels, with the parameters."""
    label = {node.id: node.label for node in view.nodes}
    return {(label[link.source], label[link.target]): link.names for link in view.links}


def shop():
    container = Container()
    container.bind(Settings, Settings())
    container.bind(Database, open_database, scope="singleton")
    container.bind(Orders, scope="request")
    container.declare(Request, scope="request")
    return container


def test_nodes_say_what_is_bound():
    """Kind, scope, whether it has to be awaited, what makes it, how it is opened and closed."""
    nodes = seen(shop().__tenure_view__(title="shop"))
    database = nodes["Database"]

    assert list(nodes) == ["Settings", "Database", "Orders", "Request"]
    assert [node.kind for node in nodes.values()] == ["value", "resource", "value", "given"]
    assert [node.group for node in nodes.values()] == ["singleton", "singleton", "request", "request"]
    assert (database.is_async, database.made_by) == (True, "open_database")
    assert (database.opens, database.closes) == ("await anext(generator)", "the rest of the generator")
    assert database.place.startswith(__file__)


def test_links_name_parameters():
    """Who needs whom, and what for."""
    view = shop().__tenure_view__()

    assert links(view) == {("Database", "Settings"): ("settings",), ("Orders", "Database"): ("database",)}
    assert not any(link.is_wrong for link in view.links)


def test_injected_functions_are_nodes():
    """They stand before everything that they ask for."""
    container = shop()

    @inject(container=container)
    def handler(orders: Annotated[Orders, Inject()]): ...

    view = container.__tenure_view__()
    name = f"{handler.__qualname__}()"

    assert seen(view)[name].kind == "function"
    assert seen(view)[name].module == seen(view)["Orders"].module
    assert view.groups[0].name == "functions"
    assert links(view)[name, "Orders"] == ("orders",)


def test_what_is_missing_is_a_node():
    """The need of it is at fault, and who needs it has the finding."""
    container = Container()
    container.bind(Orders, scope="request")
    container.bind(Database, lambda path: Database(), scope="request")  # type: ignore[misc]
    view = container.__tenure_view__()

    assert seen(view)["path"].kind == "missing"
    assert seen(view)["Database"].level == "error"
    assert [link.is_wrong for link in view.links] == [False, True]


def test_a_captive_and_a_circle_are_marked():
    """A link to what does not live as long, and those of a circle."""

    class Holder:
        def __init__(self, orders: Orders) -> None: ...

    class A: ...

    class B: ...

    def make_a(b: B) -> A: ...

    def make_b(a: A, database: Database) -> B: ...

    container = shop()
    container.bind(Holder, scope="singleton")
    container.bind(make_a)
    container.bind(make_b)
    view = container.__tenure_view__()
    label = {node.id: node.label.rpartition(".")[2] for node in view.nodes}

    wrong = {(label[link.source], label[link.target]) for link in view.links if link.is_wrong}
    assert wrong == {("Holder", "Orders"), ("A", "B"), ("B", "A")}


def test_what_is_free_lives_with_its_users():
    """A transient value stands in the scope of its longest-lived user, one that nobody needs by itself."""

    class Codec: ...

    class Client:
        def __init__(self, codec: Codec) -> None: ...

    class Tool: ...

    container = Container()
    container.bind(Client, scope="singleton")
    container.bind(Codec)
    container.bind(Tool)
    groups = {label.rpartition(".")[2]: node.group for label, node in seen(container.__tenure_view__()).items()}

    assert groups == {"Client": "singleton", "Codec": "singleton", "Tool": "transient"}


def test_equal_names_are_told_apart():
    """By their modules, or by numbers."""
    one, other = type("Session", (), {"__module__": "app.web"}), type("Session", (), {"__module__": "app.db"})
    third = type("Session", (), {"__module__": "app.db"})
    container = Container()
    for cls in (one, other, third):
        container.bind(cls)

    assert list(seen(container.__tenure_view__())) == [
        "Session (app.web)",
        "Session (app.db) (1)",
        "Session (app.db) (2)",
    ]


@pytest.mark.parametrize("by", BY)
def test_every_node_has_a_group(by):
    """Whatever they are grouped by; groups are those that are used, each once."""
    view = shop().__tenure_view__(by=by)
    names = [group.name for group in view.groups]

    assert {node.group for node in view.nodes} == set(names)
    assert len(names) == len(set(names))


def test_groups_of_another_kind_are_refused():
    """The error names those there are."""
    with pytest.raises(ValueError, match="nothing can be grouped by 'colour'; there are scope, module, type"):
        shop().__tenure_view__(by="colour")


class Service:
    def __init__(self, database, password): ...


class Inner(containers.DeclarativeContainer):
    config = providers.Configuration()
    database = providers.Resource(open_database, config.url)


class Outer(containers.DeclarativeContainer):
    config = providers.Configuration(default={"url": SECRET, "name": SECRET})
    inner = providers.Container(Inner, config=config)
    service = providers.Singleton(Service, inner.database, SECRET)
    secret = providers.Object(SECRET)
    chosen = providers.Selector(config.name, a=service)


def test_a_declarative_container_is_drawn():
    """Providers are nodes, those of containers inside as well."""
    view = Outer().__tenure_view__()

    assert seen(view)["Outer.service"].made_by == "Service"
    assert [seen(view)[f"Outer.{name}"].made_by for name in ("secret", "chosen")] == ["Object", "Selector"]
    assert seen(view)["Inner.database"].kind == "resource"
    assert links(view)["Outer.service", "Inner.database"] == ("0",)
    assert links(view)["Outer.chosen", "Outer.service"] == ()


def test_what_was_included_is_drawn_once():
    """The names under which a container has the providers of another one are no nodes of their own."""

    class Uses:
        def __init__(self, service: Service) -> None: ...

    container = Container()
    container.include(Outer())
    container.bind(Uses, scope="singleton")
    view = container.__tenure_view__()

    assert {"Outer.service", "Outer.secret", "Inner.database"} <= set(seen(view))
    assert not [label for label in seen(view) if label.startswith("'")]
    assert links(view)[f"{Uses.__qualname__}", "Outer.service"] == ("service",)


def test_no_value_gets_into_a_view():
    """Neither what is bound, nor arguments, defaults or options."""

    def connect(password, port=SECRET):
        yield Database()

    container = Container()
    container.bind(Settings, value=SECRET)
    container.bind(Database, functools.partial(connect, password=SECRET), resource=True, scope="singleton")
    container.bind(Orders, functools.partial(Orders, SECRET), close=functools.partial(print, SECRET))
    for view in (container.__tenure_view__(), Outer().__tenure_view__()):
        assert SECRET not in svg_of(view)
        assert SECRET not in json.dumps(view.as_dict())


def test_a_view_is_data():
    """It goes through JSON, without keys."""
    saved = json.loads(json.dumps(shop().__tenure_view__(title="shop").as_dict()))

    assert saved["title"] == "shop"
    assert [node["label"] for node in saved["nodes"]] == ["Settings", "Database", "Orders", "Request"]
    assert "key" not in saved["nodes"][0]
    assert saved["links"][0] == {"source": "n1", "target": "n0", "names": ["settings"], "is_wrong": False}


def test_drawing_opens_nothing():
    """Nothing is made, and the container can be started afterwards."""
    container = Container()
    container.bind(Database, lambda: pytest.fail("it was made"), scope="singleton", resource=True)
    svg_of(container.__tenure_view__())

    assert container.snapshot().resources == ()
