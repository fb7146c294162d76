"""Settled singletons: calls that run no code of ours give what calls that do would have given."""

import asyncio
import copy
import gc
import inspect
import threading
import weakref

import pytest

from tenure import Container, containers, providers
from tenure.errors import ContainerClosedError


class Service:
    """What is made once."""

    def __init__(self, *args: object) -> None:
        self.args = args


class Services(containers.DeclarativeContainer):
    """A singleton, one over it, and a factory over both."""

    below = providers.Singleton(Service)
    service = providers.Singleton(Service, below)
    made = providers.Factory(Service, service, below)


def settled(provider):
    """Return *provider*, called until its calls run no code of ours."""
    for _ in range(4):
        provider()
    assert hasattr(provider.__call__, "cache_info"), "a cache of C stands in the slot"
    return provider


def test_it_gives_the_same():
    """Nothing is made anew."""
    provider = providers.Singleton(Service)
    first = provider()

    assert settled(provider)() is first


def test_arguments_mean_nothing():
    """They would have meant something for the first call only; whatever is given, by name as well."""
    provider = settled(providers.Singleton(Service))
    first = provider()

    assert provider(1) is first
    assert provider([1], name={}) is first
    assert provider() is first


def test_arguments_that_cannot_be_hashed_are_refused_where_none_were_given_before():
    """The cache has to hash them; it is the one thing that calls of settled providers do not take."""
    provider = settled(providers.Singleton(Service))

    with pytest.raises(TypeError, match="unhashable"):
        provider([1])


def test_a_provider_that_was_ever_given_arguments_takes_all():
    """Also those that cannot be hashed."""
    provider = providers.Singleton(Service)
    first = provider([1])
    for _ in range(4):
        provider()

    assert provider([2]) is first
    assert first.args == ([1],)


def test_an_override_shows_at_once_and_goes_again():
    """Law L57."""
    provider = settled(providers.Singleton(Service))
    first = provider()

    with provider.override(providers.Object("other")):
        assert [provider(), provider(), provider(), provider()] == ["other"] * 4
    assert settled(provider)() is first


def test_an_override_of_what_it_was_made_of_shows_at_once():
    """What was made of it is set aside, settled or not."""
    container = Services()
    settled(container.below)
    first = settled(container.service)()

    with container.below.override(providers.Object("other")):
        assert settled(container.service)().args == ("other",)
    assert container.service() is first


def test_a_reset_shows_at_once():
    """The next call makes another."""
    provider = settled(providers.Singleton(Service))
    first = provider()
    provider.reset()

    assert settled(provider)() is not first


def test_resetting_the_singletons_of_a_container_shows_at_once():
    """All of them are made anew."""
    container = Services()
    first = settled(container.service)()
    container.reset_singletons()

    assert container.service() is not first


def test_an_end_of_the_container_shows_at_once():
    """Law L50: what is closed gives nothing."""
    owner, container = Container(), Services()
    owner.include(container)
    settled(container.service)
    owner.close()

    with pytest.raises(ContainerClosedError):
        container.service()


@pytest.mark.parametrize("say", ["enable_async_mode", "disable_async_mode", "reset_async_mode"])
def test_a_mode_that_is_said_shows_at_once(say):
    """Settled as it is, the next call looks."""
    provider = settled(providers.Singleton(Service))
    first = provider()
    getattr(provider, say)()
    given = provider()

    if say == "enable_async_mode":
        assert asyncio.run(given) is first
    else:
        assert given is first


def test_new_arguments_show_after_a_reset():
    """What it gave stays until then."""
    provider = settled(providers.Singleton(Service))
    first = provider()
    provider.set_args(1)

    assert provider() is first
    provider.reset()
    assert provider().args == (1,)


def test_what_opening_code_asks_for_counts_however_settled_it_is():
    """Law L20: an override of it concerns the resource that asked."""
    given = []

    def opened():
        given.append(Services.service())
        yield given[-1]

    resource = providers.Resource(opened)
    union = containers.DynamicContainer()
    union.service, union.resource = Services.service, resource
    settled(Services.service)
    resource()

    with Services.service.override(providers.Object("other")):
        assert resource() == "other"
    assert resource() is given[0]
    union.shutdown_resources()
    Services.service.reset()


def test_a_copy_is_not_settled():
    """A container's own provider gives the container's own object."""
    first = settled(Services.service)()

    assert Services().service() is not first
    assert copy.deepcopy(Services.service)() is not first


def test_a_shallow_copy_calls_itself():
    """It has what the original has, and an object of its own."""
    provider = settled(providers.Singleton(Service, 1))
    copied = copy.copy(provider)

    assert copied().args == (1,)
    assert copied() is not provider()
    value = settled(providers.Object(1))
    other = copy.copy(value)
    assert other.set_provides(2)() == 2
    assert value() == 1


def test_a_subclass_may_have_a_call_of_its_own():
    """It is called by it, and may call the usual one."""

    class Own(providers.Singleton):
        def __call__(self, *args, **kwargs):
            return "own", super().__call__(*args, **kwargs)

    provider = Own(Service)
    first = provider()

    assert [provider(), provider(), provider()] == [first] * 3


def test_its_signature_takes_anything():
    """Frameworks that look at what they call see what they saw before."""
    provider = providers.Singleton(Service)

    assert str(inspect.signature(provider)) == str(inspect.signature(settled(provider))) == "(*args, **kwargs)"
    assert "provides" in inspect.signature(providers.Singleton).parameters


def test_a_container_that_is_dropped_is_collected():
    """Being settled keeps nothing alive."""
    container = Services()
    gone = weakref.ref(settled(container.service)())
    del container
    gc.collect()

    assert gone() is None


def test_resets_among_calls_of_other_threads_leave_nothing_old():
    """However the calls of other threads fall, what is given after the last reset was made after it."""
    provider = settled(providers.Singleton(Service))
    stop = threading.Event()

    def call():
        while not stop.is_set():
            provider()

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    given = []
    for _ in range(300):
        before = provider()
        provider.reset()
        given.append((before, provider()))
    stop.set()
    for thread in threads:
        thread.join()

    assert all(before is not after for before, after in given)


# options of configurations


def configured(values):
    """Return a configuration with *values*."""
    config = providers.Configuration()
    config.from_dict(values)
    return config


def test_a_settled_option_gives_what_it_read():
    """Whatever it is given."""
    option = settled(configured({"a": {"b": 1}}).a.b)

    assert [option(), option(2), option(name=3), option([4])] == [1] * 4


@pytest.mark.parametrize(
    "change",
    [
        lambda config: config.a.b.from_value(2),
        lambda config: config.from_dict({"a": {"b": 2}}),
        lambda config: config.override({"a": {"b": 2}}),
        lambda config: config.a.override({"b": 2}),
        lambda config: config.set_default({"a": {"b": 2}}),
    ],
)
def test_a_change_shows_at_once(change):
    """And stays, also when it is settled again."""
    config = providers.Configuration(default={"a": {"b": 1}})
    settled(config.a.b)
    change(config)

    assert config.a.b() == 2
    assert settled(config.a.b)() == 2


def test_a_link_shows_at_once_and_goes_again():
    """Another configuration may be linked, and the link undone."""
    config, other = configured({"a": 1}), configured({"a": 2})
    settled(config.a)

    with config.override(other):
        assert settled(config.a)() == 2
        other.a.from_value(3)
        assert config.a() == 3
    assert config.a() == 1


def test_an_option_that_has_to_be_awaited_from_now_on_says_so():
    """However settled it is."""
    option = settled(configured({"a": 1}).a)
    option.enable_async_mode()

    assert asyncio.run(option()) == 1


def test_a_settled_option_keeps_nothing_alive():
    """A configuration that is dropped is gone, with what hangs on it."""
    config = configured({"a": 1})
    settled(config.a)
    gone = weakref.ref(config)
    del config
    gc.collect()

    assert gone() is None


def test_changes_among_reads_of_other_threads_leave_nothing_old():
    """However the reads of other threads fall, what is read after a change is what was set."""
    option = settled(configured({"a": 0}).a)
    stop = threading.Event()

    def read():
        while not stop.is_set():
            option()

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    read_back = []
    for number in range(300):
        option.from_value(number)
        read_back.append(option())
    stop.set()
    for thread in threads:
        thread.join()

    assert read_back == list(range(300))


def test_another_provider_that_has_an_option_calls_it():
    """An option reads directly, whoever asks."""
    config = configured({"which": "one"})
    choice = providers.Selector(config.which, one=config.value, two=config.which)
    config.value.from_value(7)
    holder = providers.Factory(Service, choice)

    assert holder().args == (7,)
    config.value.from_value(8)
    assert holder().args == (8,)


# objects


def test_a_settled_object_is_given_whatever_comes_with_the_call():
    """Arguments mean nothing."""
    provider = settled(providers.Object("value"))

    assert [provider(), provider(1), provider([2]), provider(name={})] == ["value"] * 4


def test_another_object_shows_at_once():
    """However settled the one before was."""
    provider = settled(providers.Object("value"))
    provider.set_provides("other")

    assert settled(provider)() == "other"


def test_an_override_of_an_object_shows_at_once_and_goes_again():
    """Law L57."""
    provider = settled(providers.Object("value"))

    with provider.override("other"):
        assert [provider(), provider(), provider()] == ["other"] * 3
    assert settled(provider)() == "value"


def test_an_object_that_has_to_be_awaited_from_now_on_says_so():
    """However settled it is."""
    provider = settled(providers.Object("value"))
    provider.enable_async_mode()

    assert asyncio.run(provider()) == "value"


def test_a_copy_of_a_settled_object_is_its_own():
    """Also one that is overridden."""
    provider = settled(providers.Object("value"))
    provider.override("other")
    copied = copy.deepcopy(provider)
    copied.reset_override()

    assert (provider(), copied()) == ("other", "value")


def test_overrides_among_calls_of_other_threads_leave_nothing_old():
    """However the calls of other threads fall, an override counts from then on, and no longer once it is undone."""
    provider = providers.Object("value")
    stop = threading.Event()

    def call():
        while not stop.is_set():
            provider()

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    given = []
    for _ in range(200):
        with provider.override("other"):
            given.append(provider())
        given.append(provider())
    stop.set()
    for thread in threads:
        thread.join()

    assert given == ["other", "value"] * 200
