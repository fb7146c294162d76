"""Providers: what a call of each kind gives, and what can be done with a provider."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Coroutine
from typing import Any, Protocol, assert_type

from tenure import providers
from tenure.providers import (
    Aggregate,
    Delegate,
    DelegatedFactory,
    Dependency,
    Factory,
    FactoryAggregate,
    Object,
    Provider,
    Selector,
    Singleton,
)


class Database: ...


class Service:
    name: str = ""

    def __init__(self, database: Database) -> None: ...


class Child(Service): ...


class Other: ...


class Clock(ABC):
    @abstractmethod
    def now(self) -> float: ...


class Sun(Clock):
    def now(self) -> float:
        return 0.0


class Greeter(Protocol):
    def greet(self) -> str: ...


class Polite:
    def greet(self) -> str:
        return "good morning"


class Rude:
    def greet(self) -> str:
        return "what"


def make(number: int) -> str:
    return "x" * number


async def make_later(number: int) -> str:
    return "x" * number


def factories() -> None:
    assert_type(Factory(Service), Factory[Service])
    assert_type(Factory(Service)(), Service)
    assert_type(Factory(Service, database=Factory(Database))("more", name="x"), Service)
    assert_type(Factory(make)(), str)
    assert_type(DelegatedFactory(Service)(), Service)
    assert_type(Factory("package.module.Service")(), Any)
    assert_type(DelegatedFactory("package.module.Service")(), Any)
    assert_type(Factory[Service]("package.module.Service")(), Service)
    assert_type(Factory(Service).add_kwargs(database=Database()).add_attributes(name="x"), Factory[Service])
    assert_type(providers.AbstractFactory(Clock)(), Clock)


def singletons() -> None:
    assert_type(Singleton(Service)(), Service)
    assert_type(Singleton("package.module.Service")(), Any)
    assert_type(providers.DelegatedSingleton(Service)(), Service)
    assert_type(providers.ThreadSafeSingleton(Service)(), Service)
    assert_type(providers.DelegatedThreadSafeSingleton(Service)(), Service)
    assert_type(providers.ThreadLocalSingleton(Service)(), Service)
    assert_type(providers.DelegatedThreadLocalSingleton(Service)(), Service)
    assert_type(providers.ContextLocalSingleton(Service)(), Service)
    assert_type(providers.AbstractSingleton(Clock)(), Clock)


def singletons_are_reset(singleton: Singleton[Service]) -> None:
    singleton.reset()
    with singleton.reset() as same:
        assert_type(same, Singleton[Service])
    with singleton.full_reset() as same:
        assert_type(same, Singleton[Service])


async def callables() -> None:
    assert_type(providers.Callable(make, 5)(), str)
    assert_type(providers.DelegatedCallable(make)(), str)
    assert_type(providers.AbstractCallable(make)(), str)
    assert_type(providers.Callable("package.module.make")(), Any)
    assert_type(providers.Callable(int, "5")(), int)


async def coroutines() -> None:
    coroutine = providers.Coroutine(make_later, 5)
    assert_type(coroutine, providers.Coroutine[str])
    assert_type(await coroutine(), str)
    assert_type(await coroutine.async_(), str)
    waiting: Coroutine[Any, Any, str] = coroutine()
    assert_type(await waiting, str)
    assert_type(await providers.DelegatedCoroutine(make_later)(), str)
    assert_type(await providers.AbstractCoroutine(make_later)(), str)


async def coroutine_functions_elsewhere() -> None:
    """A call gives what has to be awaited; `async_` awaits that as well."""
    assert_type(await providers.Callable(make_later)(), str)
    assert_type(await Factory(make_later)(), str)
    assert_type(await Singleton(make_later)(), str)
    assert_type(await Factory(make_later).async_(), str)
    assert_type(await Singleton(make_later).async_(), str)


def objects() -> None:
    assert_type(Object(Service(Database()))(), Service)
    assert_type(Object("text")(), str)
    assert_type(Object(Service)(), type[Service])
    assert_type(Object(Service(Database())).provides, Service | None)


def dependencies() -> None:
    assert_type(Dependency(instance_of=Service)(), Service)
    assert_type(Dependency(Service, default=Child(Database())), Dependency[Service])
    assert_type(Dependency(instance_of=Clock)(), Clock)
    assert_type(Dependency(instance_of=Clock, default=Sun())().now(), float)
    assert_type(Dependency(instance_of=Greeter)(), Greeter)
    assert_type(Dependency()(), Any)
    assert_type(providers.ExternalDependency(instance_of=Service)(), Service)
    assert_type(providers.DependenciesContainer(service=Factory(Service)).service(), Any)


def collections(config: providers.Configuration) -> None:
    """What is in them is not told: a provider stands for its value, a delegated one for itself."""
    assert_type(providers.List(Factory(Service), 5)(), list[Any])
    assert_type(providers.Dict({"a": Factory(Service)}, b=5)(), dict[Any, Any])
    assert_type(providers.Dict(a=config.a).add_kwargs({Service: 5}), providers.Dict)


def selectors(config: providers.Configuration) -> None:
    assert_type(Selector(config.kind, a=Factory(Service), b=Singleton(Service))(), Service)
    assert_type(Selector(lambda: "a", a=Factory(Service)), Selector[Service])
    greeters: Selector[Greeter] = Selector(config.manners, good=Factory(Polite), bad=Singleton(Rude))
    assert_type(greeters().greet(), str)


def aggregates() -> None:
    aggregate = Aggregate({"a": Factory(Service)}, b=Factory(Service))
    assert_type(aggregate("a", database=Database()), Service)
    assert_type(aggregate.a(), Service)
    factories = FactoryAggregate(a=Factory(Service), b=Factory(Service))
    assert_type(factories("a"), Service)
    assert_type(factories.b, Factory[Service])
    assert_type(factories.factories, dict[Any, Factory[Service]])


def delegates(factory: Factory[Service]) -> None:
    assert_type(factory.provider, Delegate[Factory[Service]])
    assert_type(factory.provider(), Factory[Service])
    assert_type(factory.delegate()()(), Service)
    assert_type(Delegate(factory)()(), Service)
    assert_type(providers.FactoryDelegate(factory)()(), Service)
    assert_type(providers.SingletonDelegate(Singleton(Service))()(), Service)
    assert_type(providers.CallableDelegate(providers.Callable(make))()(), str)
    assert_type(providers.CoroutineDelegate(providers.Coroutine(make_later))(), providers.Coroutine[str])


def provided(factory: Factory[Service]) -> None:
    """What is there of the value is not looked at: any attribute is a provider of anything."""
    assert_type(factory.provided(), Service)
    assert_type(factory.provided.name, providers.AttributeGetter)
    assert_type(factory.provided.name(), Any)
    assert_type(factory.provided["item"], providers.ItemGetter)
    assert_type(factory.provided.method.call(5), providers.MethodCaller)
    Factory(Service, factory.provided.database)


async def asynchronous(factory: Factory[Service], any_kind: Provider[Service]) -> None:
    assert_type(factory.async_(), Awaitable[Service])
    assert_type(await any_kind.async_(), Service)
    factory.enable_async_mode()
    assert_type(factory.is_async_mode_enabled(), bool)


def overridden(factory: Factory[Service], coroutine: providers.Coroutine[str]) -> None:
    factory.override(Singleton(Child))
    factory.override(Service(Database()))
    with factory.override(Singleton(Child)) as replacing:
        assert_type(replacing, Singleton[Child])
    with factory.override(Service(Database())) as replacing_object:
        assert_type(replacing_object, Any)
    with coroutine.override(providers.Callable(make_later)):
        pass
    factory.reset_last_overriding()
    factory.reset_override()
    assert_type(factory.overridden, tuple[Provider[Any], ...])
    assert_type(factory.last_overriding, Provider[Any] | None)


def walked(factory: Factory[Service]) -> None:
    for provider in factory.traverse():
        assert_type(provider, Provider[Any])
    for singleton in factory.traverse(types=[Singleton]):
        assert_type(singleton, Singleton[Any])
    for each in providers.traverse(factory, types=[Factory]):
        assert_type(each, Factory[Any])
    assert_type(providers.ensure_is_provider(factory), Factory[Service])
    assert_type(providers.deepcopy(factory), Any)


def of_a_derived_class() -> tuple[Provider[Service], Factory[Service], dict[str, Provider[Service]], Provider[Clock]]:
    """What provides a child provides its parent."""
    return Singleton(Child), Factory(Child), {"a": Factory(Child), "b": Object(Child(Database()))}, Singleton(Sun)


def in_annotations(first: Factory, second: Provider, third: Singleton[Service]) -> None:  # of anything
    assert_type(first(), Any)
    assert_type(second(), Any)
    assert_type(third(), Service)


class Own(Factory[Service]):
    """A class of one's own."""

    provided_type = Service


class OwnOfAny(providers.Provider):
    """A class of one's own from the ground up."""

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return 5


def own_classes() -> None:
    assert_type(Own(Child)(), Service)
    assert_type(OwnOfAny()(), Any)


def wrong(factory: Factory[Service]) -> None:
    Factory(5)  # type: ignore[arg-type]
    Singleton(Service(Database()))  # type: ignore[arg-type]
    providers.Callable(5)  # type: ignore[arg-type]
    providers.Coroutine(make)  # type: ignore[arg-type]
    Dependency(instance_of=5)  # type: ignore[arg-type]
    Dependency(instance_of=make)  # type: ignore[arg-type]
    Selector("kind", a=factory)  # type: ignore[arg-type]
    Selector(make, a=Service)  # type: ignore[arg-type]
    Aggregate(a=5)  # type: ignore[arg-type]
    FactoryAggregate(a=Singleton(Service))  # type: ignore[arg-type]
    providers.FactoryDelegate(Singleton(Service))  # type: ignore[arg-type]
    providers.SingletonDelegate(factory)  # type: ignore[arg-type]
    providers.ensure_is_provider(5)  # type: ignore[type-var]
    factory.set_provides()  # type: ignore[call-arg]
    factory.add_kwargs(5)  # type: ignore[call-arg]
    factory.nonexistent()  # type: ignore[attr-defined]


def wrong_values(factory: Factory[Service]) -> None:
    other: Other = factory()  # type: ignore[assignment]
    provider: Provider[Other] = factory  # type: ignore[assignment]
    child: Provider[Child] = factory  # type: ignore[assignment]
    factory().missing  # type: ignore[attr-defined]
    factory.provider().missing  # type: ignore[attr-defined]
    with factory.override:  # type: ignore[attr-defined]
        pass
    print(other, provider, child)


async def wrong_waiting(factory: Factory[Service], coroutine: providers.Coroutine[str]) -> None:
    await factory()  # type: ignore[misc]
    text: str = coroutine()  # type: ignore[assignment]
    service: Service = factory.async_()  # type: ignore[assignment]
    print(text, service)
