"""What lives in one process is not pickled, says what it is and how the pickler came to it; copies stay sensible."""

import copy
import functools
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import cloudpickle
import pytest

from tenure import Container, Keyed, Pool, Refreshing, Stop, containers, live, providers, resource
from tenure.away import find_live
from tenure.errors import LiveObjectError
from tenure.live.paths import paths
from tenure.observe import ResourceMonitor
from tenure.observe.timeline_recorder import TimelineRecorder
from tenure.workers import Worker


class Item:
    pass


class Holder:
    """What holds something."""

    def __init__(self, *args, **kwargs):
        self.args = args
        vars(self).update(kwargs)


class Slotted:
    __slots__ = ("held",)


class Careful:
    """What leaves out what cannot travel."""

    def __init__(self, container):
        self.container = container

    def __getstate__(self):
        return {}


@resource
class Database:
    def initialize(self): ...

    def dispose(self): ...


@resource
class Entered:
    def __enter__(self):
        return self

    def __exit__(self, *_): ...


@resource
class Reconnecting:
    def initialize(self): ...

    def dispose(self): ...

    def __getstate__(self):
        return {"url": "db"}


class Declared(containers.DeclarativeContainer):
    item = providers.Factory(Item)
    holder = providers.Factory(Holder, item)


def keyed():
    return Keyed(lambda key: Item(), max_size=2)


LIVE = {
    "Container": Container,
    "Engine": lambda: Container().engine,
    "ResourceScope": lambda: Container().resource_scope(),
    "Scope": lambda: Container().engine.root,
    "Pool": lambda: Pool(Item, max_size=2),
    "Loan": lambda: Pool(Item, max_size=2).acquire(),
    "Keyed": keyed,
    "Lease": lambda: keyed().lease("a"),
    "Refreshing": lambda: Refreshing(Item, lifetime_s=60.0),
    "Stop": Stop,
    "Worker": lambda: Worker("w"),
    "ResourceMonitor": lambda: ResourceMonitor(Container()),
    "TimelineRecorder": lambda: TimelineRecorder(Container()),
}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", LIVE)
def test_what_lives_is_not_pickled(name, protocol):
    """Whatever the protocol, and whether it is alone or inside of something."""
    live = LIVE[name]()
    held = Holder(live)
    with pytest.raises(LiveObjectError, match=f"^live -> {name}: it lives in this process") as alone:
        pickle.dumps(live, protocol)
    with pytest.raises(LiveObjectError) as inside:
        pickle.dumps(held, protocol)

    assert (alone.value.label, alone.value.path) == (name, "live")
    assert (inside.value.label, inside.value.path) == (name, "held.args[0]")


@pytest.mark.parametrize("name", LIVE)
@pytest.mark.parametrize("same", [copy.copy, copy.deepcopy])
def test_a_copy_has_the_same_one(same, name):
    """What is copied with something that lives refers to the same."""
    live = LIVE[name]()

    assert same(live) is live
    assert same(Holder(live)).args[0] is live


def test_a_declarative_container():
    """An instance stays; its class goes by name; copies are made as ever."""
    container = Declared()
    with pytest.raises(LiveObjectError, match=r"^container -> Declared"):
        pickle.dumps(container)

    assert pickle.loads(pickle.dumps(Declared)) is Declared
    assert isinstance(copy.deepcopy(container), Declared)
    assert copy.deepcopy(container).item is not container.item
    assert copy.copy(container).item is container.item
    assert copy.deepcopy(container.holder)().args[0].__class__ is Item


def test_a_provider_that_is_in_use():
    """It refers to the container that serves it."""
    container = Declared()
    provider = container.holder
    pickle.loads(pickle.dumps(Declared.holder))
    provider()
    with pytest.raises(LiveObjectError, match=r"^provider.* -> Engine"):
        pickle.dumps(provider)


UNUSED = {
    "Singleton": lambda: providers.Singleton(Item),
    "Singleton below another": lambda: providers.Singleton(Holder, providers.Singleton(Item)),
    "ThreadSafeSingleton": lambda: providers.ThreadSafeSingleton(Item),
    "Object": lambda: providers.Object(7),
    "Delegate": lambda: providers.Delegate(providers.Singleton(Item)),
    "List": lambda: providers.List(providers.Object(1), providers.Singleton(Item)),
    "overridden": lambda: _overridden(providers.Singleton(Item), providers.Object(3)),
    "Configuration": lambda: _filled(providers.Configuration()),
    "an option": lambda: _filled(providers.Configuration()).a,
}


def _overridden(provider, other):
    provider.override(other)
    return provider


def _filled(config):
    config.from_dict({"a": 7})
    assert config.a() == 7
    return config


@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
@pytest.mark.parametrize("name", UNUSED)
def test_a_provider_that_is_not_in_use(name, protocol):
    """It arrives as one that gives the same; as with dependency-injector."""
    provider = UNUSED[name]()
    arrived = pickle.loads(pickle.dumps(provider, protocol))

    assert arrived is not provider
    assert _seen(arrived()) == _seen(provider())
    assert (arrived() is arrived()) == (provider() is provider())
    assert _seen(copy.copy(UNUSED[name]())()) == _seen(provider())


def _seen(value):
    if isinstance(value, list):
        return [_seen(each) for each in value]
    return value if isinstance(value, int | dict) else type(value)


@pytest.mark.parametrize("is_on", [True, False])
def test_a_provider_whose_mode_was_said(is_on):
    """It was said of the one that arrives as well."""
    provider = providers.Singleton(Item)
    provider.enable_async_mode() if is_on else provider.disable_async_mode()
    arrived = pickle.loads(pickle.dumps(provider))

    assert (arrived.is_async_mode_enabled(), arrived.is_async_mode_disabled()) == (is_on, not is_on)
    assert arrived._async_mode is provider._async_mode


def test_a_provider_is_copied_with_what_lives():
    """Today's arguments of providers may be containers and pools: they stay the same ones."""
    pool = Pool(Item, max_size=2)

    assert copy.deepcopy(providers.Factory(Holder, pool))().args == (pool,)


@pytest.mark.parametrize("cls", [Database, Entered])
def test_an_object_of_a_resource_class(cls):
    """It travels, and is copied, unless it is open; then it is copied only."""
    assert isinstance(pickle.loads(pickle.dumps(cls())), cls)
    container = Container()
    container.bind(cls)
    with container.resource_scope() as scope:
        found = scope.get(cls)
        with pytest.raises(LiveObjectError, match=f"^found -> {cls.__name__}, which is open"):
            pickle.dumps(found)
        assert isinstance(copy.copy(found), cls)
        assert isinstance(copy.deepcopy([found])[0], cls)

    assert isinstance(pickle.loads(pickle.dumps(found)), cls)


def test_a_class_that_says_itself_how_it_travels():
    """It is left to it."""
    container = Container()
    container.bind(Reconnecting)
    with container.resource_scope() as scope:
        assert vars(pickle.loads(pickle.dumps(scope.get(Reconnecting)))) == {"url": "db"}


# the way to it


def _ways():
    slotted = Slotted()
    slotted.held = Container()
    closed_over = Container()
    return {
        "task.args[0].repo.database": Holder(Holder(repo=Holder(database=Container()))),
        "task['a'][1][0]": {"a": [1, (Container(),)]},
        "task.held": slotted,
        "task.item(0)": {Container()},
        "task.key(0)": {Container(): 1},
        "task.func.__self__.args[0]": functools.partial(_Method(Container()).go),
        "task.args[0]": functools.partial(len, Container()),
        "task.keywords['a']": functools.partial(len, a=Container()),
        "task.closure(closed_over)": lambda: closed_over,
    }


class _Method:
    def __init__(self, *args):
        self.args = args

    def go(self): ...


@pytest.mark.parametrize("way", _ways())
def test_the_way(way):
    """It is told as one would write it."""
    task = _ways()[way]
    with pytest.raises(LiveObjectError) as caught:
        cloudpickle.dumps(task)

    assert caught.value.path == way
    assert [error.path for error in find_live(task, "task")][:1] == [way]


def test_what_is_left_out():
    """What an object does not take with it is no obstacle."""
    task = Holder(Careful(Container()))

    assert find_live(task) == []
    assert pickle.dumps(task)


def test_a_circle():
    """It is gone round once."""
    task = Holder()
    task.args = [task, task]

    assert find_live(task) == []


def test_the_search_ends():
    """After so many objects."""
    task = [[] for _ in range(50)]

    assert list(paths([*task, Item], "task", lambda each: each is Item, limit=10)) == []


def test_all_of_it_is_found():
    """What is open is found as well, whether it refuses or not."""

    def open_item():
        yield Item()

    container = Container()
    container.bind(Item, open_item, scope="singleton")
    with container:
        item = container.get(Item)
        assert pickle.dumps(item)
        found = [(error.path, error.label) for error in find_live(Holder(container, [item]), "task")]

    assert found == [("task.args[0]", "Container"), ("task.args[1][0]", "Item, which is open")]


def test_a_way_that_nobody_sees():
    """The error says what it is all the same."""
    with pytest.raises(LiveObjectError) as caught:
        pickle.dumps(Container())

    assert (caught.value.label, caught.value.path) == ("Container", None)
    assert str(LiveObjectError("Container")).startswith("Container: it lives in this process")


def test_others_on_the_way_are_not_asked(monkeypatch):
    """What lives here as well is passed by: asked what it is made of, each would begin the same search."""
    refused, refusal_of = [], live.refusal_of
    monkeypatch.setattr(live, "refusal_of", lambda each, label: refused.append(label) or refusal_of(each, label))
    others = [Container() for _ in range(6)]

    with pytest.raises(LiveObjectError):
        pickle.dumps([Container(), *others])

    assert refused == ["Container"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_task_for_another_process():
    """Executors and pools tell the one who sent it."""
    task = Holder(repo=Holder(Container()))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as executor, pytest.raises(LiveObjectError, match=r"repo\.args\[0\] -> Cont"):
        executor.submit(id, task).result()
    with context.Pool(1) as pool, pytest.raises(LiveObjectError, match=r"repo\.args\[0\] -> Container"):
        pool.map(id, [task])
