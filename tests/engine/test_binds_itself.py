"""Objects that bind themselves: `bind` leaves the bindings to them, takes all of them or none."""

from typing import Annotated

import pytest

from tenure import Container
from tenure.errors import BindingError, BindingInUseError, ScopeError
from tenure.model.binding import NOTHING, SINGLETON, Binding, Lifecycle, Make, Need, Style


class Item: ...


class Source:
    """Lends items to scopes: itself a singleton resource, its items resources of a scope."""

    def __init__(self, **changes):
        self.log = []
        self.asked = []
        self.changes = changes

    def __tenure_bind__(self, asked):
        asked.refuse_kept("a Source")
        self.asked.append(asked)
        key = Item if asked.key is NOTHING else asked.key
        own = Annotated[Source, key]
        context = Lifecycle(Style.CONTEXT)
        return [
            Binding(own, Make.CALL, lambda: self, SINGLETON, lifecycle=context),
            Binding(
                key, Make.CALL, Source.lend, self.changes.get("scope") or asked.usual_scope(),
                (Need("source", own, by_position=True),), Lifecycle(Style.GENERATOR),
            ),
        ]  # fmt: skip

    def __enter__(self):
        self.log.append("open")
        return self

    def __exit__(self, *_):
        self.log.append("close")

    def lend(self):
        self.log.append("lend")
        yield Item()
        self.log.append("back")


def test_it_serves_its_key_and_lives_with_the_container():
    """What consumers ask for is lent to their scope by an object that the container opens and closes."""
    source, container = Source(), Container()
    container.bind(Item, source)

    with container:
        opened = list(source.log)
        with container.resource_scope() as scope:
            assert scope.get(Item) is scope.get(Item)

    assert opened == ["open"]
    assert source.log == ["open", "lend", "back", "close"]


def test_what_it_is_told():
    """It learns the key with its qualifier, the scope that is wanted, the arguments and the ladder."""
    source, container = Source(), Container(scopes=("session", "request"))

    container.bind(Item, source, name="replica", scope="session", arguments={"port": 1})

    asked = source.asked[0]
    found = asked.key, asked.name, asked.scope, asked.arguments, asked.ladder
    assert found == (Annotated[Item, "replica"], None, "session", {"port": 1}, ("session", "request", "call"))


def test_bound_alone_it_knows_the_key():
    """`bind(source)` leaves the key to it as well."""
    container = Container()
    container.bind(Source(), name="replica")
    container.bind(Source())

    assert Item in container
    with container, container.resource_scope() as scope:
        assert type(scope.get(Item)) is Item


@pytest.mark.parametrize(("ladder", "expected"), [(("request",), "request"), (("job",), "job"), ((), "call")])
def test_the_usual_scope(ladder, expected):
    """Items belong to a request; in a container without requests to its innermost scope; else to a call."""
    source = Source()
    Container(scopes=ladder).bind(Item, source)

    assert source.asked[0].usual_scope() == expected


@pytest.mark.parametrize("scope", ["singleton", "transient"])
def test_a_lifetime_that_gives_nothing_back_is_refused(scope):
    """Nothing that is lent is kept for good, or by nobody."""
    container = Container()

    with pytest.raises(BindingError, match="belongs to a scope that gives it back"):
        container.bind(Item, Source(), scope=scope)

    assert Item not in container


@pytest.mark.parametrize("said", [{"close": "stop"}, {"resource": True}])
def test_it_knows_itself_how_it_is_closed(said):
    """`close=` and `resource=True` are refused."""
    with pytest.raises(BindingError, match="a Source knows itself how it is closed"):
        Container().bind(Item, Source(), **said)


def test_all_of_its_bindings_are_taken_or_none():
    """Where one of them names an unknown scope, the other is not bound either."""
    container = Container()

    with pytest.raises(ScopeError):
        container.bind(Item, Source(scope="sesion"))

    assert Item not in container
    assert Annotated[Source, Item] not in container


def test_binding_the_key_again_forgets_what_served_it():
    """What nobody needs any more is not opened at the start of the container."""
    first, second, container = Source(), Source(), Container()
    container.bind(Item, first)
    container.bind(Item, second)
    with container:
        pass
    third, other = Source(), Container()
    other.bind(Item, third)
    other.bind(Item, value=Item())
    with other:
        pass

    assert (first.log, second.log, third.log) == ([], ["open", "close"], [])
    assert Annotated[Source, Item] not in other


def test_what_is_in_use_is_not_bound_again():
    """As for any other binding; nothing changes."""
    source, container = Source(), Container()
    container.bind(Item, source)
    with container:
        with container.resource_scope() as scope:
            scope.get(Item)
        with pytest.raises(BindingInUseError):
            container.bind(Item, Source())
        with container.resource_scope() as scope:
            scope.get(Item)

    assert source.log == ["open", "lend", "back", "lend", "back", "close"]


def test_as_a_value_it_is_one():
    """`value=` binds the object and asks it nothing."""
    source, container = Source(), Container()
    container.bind(Source, value=source)

    assert container.get(Source) is source
    assert source.asked == []


def test_it_is_no_override():
    """An override replaces one binding."""
    container = Container()
    container.bind(Item, value=Item())

    with pytest.raises(BindingError, match="a Source binds more than one"):
        container.override(Item, Source())
