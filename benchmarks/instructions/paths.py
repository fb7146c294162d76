"""
The hot paths, each beside the same work written by hand.

A path is two functions of a number of turns. Nothing here measures: `counting` runs them under callgrind, which counts
instructions. Generators, loops and call targets are the same objects on both sides, so that what differs is Tenure.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from tenure import Container, Inject, containers, inject, providers, resource, wiring

Turns = Callable[[int], object]

N_RESOURCES = 100
"""How many resources the container of the last path starts and closes."""


@dataclass(frozen=True, slots=True)
class Path:
    """A hot path: *ours* and *by_hand* do the same, as often as they are told."""

    name: str
    ours: Turns
    by_hand: Turns
    few: int
    many: int
    """What *many* turns take more than *few* is what is compared: whatever happens once cancels out."""


# What is made: settings are shared, the rest is new each time.


class Settings: ...


class Clock: ...


class Repository:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings


class Mailer:
    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings, self.clock = settings, clock


class Service:
    def __init__(self, repository: Repository, mailer: Mailer) -> None:
        self.repository, self.mailer = repository, mailer


class Handler:
    def __init__(self, service: Service, clock: Clock) -> None:
        self.service, self.clock = service, clock


class Session:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings


class Basket:
    def __init__(self, session: Session) -> None:
        self.session = session


class Checkout:
    def __init__(self, session: Session, basket: Basket) -> None:
        self.session, self.basket = session, basket


class Connection: ...


class Transaction: ...


class AsyncConnection: ...


class AsyncTransaction: ...


def connect() -> Iterator[Connection]:
    try:
        yield Connection()
    finally:
        pass


def begin(connection: Connection) -> Iterator[Transaction]:
    try:
        yield Transaction()
    finally:
        pass


async def aconnect() -> AsyncIterator[AsyncConnection]:
    try:
        yield AsyncConnection()
    finally:
        pass


async def abegin(connection: AsyncConnection) -> AsyncIterator[AsyncTransaction]:
    try:
        yield AsyncTransaction()
    finally:
        pass


def call(settings: Annotated[Settings, Inject()], service: Annotated[Service, Inject()]) -> object:
    return service


def wired() -> Container:
    """Return the container of the type-driven face; its singletons are made."""
    container = Container()
    for shared in (Settings, Clock):
        container.bind(shared, scope="singleton")
    for scoped in (Session, Basket, Checkout):
        container.bind(scoped, scope="request")
    for opened in (connect, begin, aconnect, abegin):
        container.bind(resource(scope="request")(opened))
    container.get(Settings)
    container.get(Clock)
    return container


container = wired()
settings, clock = container.get(Settings), container.get(Clock)
known: dict[type, object] = {Settings: settings, Clock: clock}
injected: Callable[[], object] = inject(container=container)(call)
open_connection, open_transaction = contextmanager(connect), contextmanager(begin)
aopen_connection, aopen_transaction = asynccontextmanager(aconnect), asynccontextmanager(abegin)


def new_service() -> Service:
    return Service(Repository(settings), Mailer(settings, clock))


def get_singleton(n: int) -> None:
    get = container.get
    for _ in range(n):
        get(Settings)


def look_up(n: int) -> None:
    for _ in range(n):
        known[Settings]


def get_graph(n: int) -> None:
    get = container.get
    for _ in range(n):
        get(Handler)


def call_graph(n: int) -> None:
    for _ in range(n):
        Handler(Service(Repository(settings), Mailer(settings, clock)), clock)


def scope_of_objects(n: int) -> None:
    for _ in range(n):
        with container.resource_scope() as scope:
            scope.get(Checkout)


def objects_by_hand(n: int) -> None:
    for _ in range(n):
        session = Session(settings)
        Checkout(session, Basket(session))


def scope_of_resources(n: int) -> None:
    for _ in range(n):
        with container.resource_scope() as scope:
            scope.get(Transaction)


def stack_of_resources(n: int) -> None:
    for _ in range(n):
        with ExitStack() as stack:
            stack.enter_context(open_transaction(stack.enter_context(open_connection())))


def scope_of_async_resources(n: int) -> None:
    async def main() -> None:
        for _ in range(n):
            async with container.resource_scope() as scope:
                await scope.aget(AsyncTransaction)

    run(main)


def stack_of_async_resources(n: int) -> None:
    async def main() -> None:
        for _ in range(n):
            async with AsyncExitStack() as stack:
                connection = await stack.enter_async_context(aopen_connection())
                await stack.enter_async_context(aopen_transaction(connection))

    run(main)


def call_injected(n: int) -> None:
    for _ in range(n):
        injected()


def call_by_hand(n: int) -> None:
    for _ in range(n):
        call(settings, new_service())


# The declarative face.


class App(containers.DeclarativeContainer):
    settings = providers.Singleton(Settings)
    clock = providers.Singleton(Clock)
    repository = providers.Factory(Repository, settings)
    mailer = providers.Factory(Mailer, settings, clock)
    service = providers.Factory(Service, repository, mailer)


@wiring.inject
def declared_call(
    settings: Settings = wiring.Provide[App.settings], service: Service = wiring.Provide[App.service]
) -> object:
    return service


app: Any = App()
app.wire(modules=[__name__])
known_by_name: dict[str, object] = {"settings": app.settings(), "clock": app.clock()}
declared_settings, declared_clock = app.settings(), app.clock()


def provide_singleton(n: int) -> None:
    provider = app.settings
    for _ in range(n):
        provider()


def look_up_by_name(n: int) -> None:
    for _ in range(n):
        known_by_name["settings"]


def provide_graph(n: int) -> None:
    provider = app.service
    for _ in range(n):
        provider()


def new_services(n: int) -> None:
    for _ in range(n):
        Service(Repository(settings), Mailer(settings, clock))


def call_declared(n: int) -> None:
    for _ in range(n):
        declared_call()


# A whole container: a hundred resources, each of which needs the one before the last.


def part_of(key: type, needed: type) -> Callable[..., Any]:
    """Return a generator function that makes a *key* of a *needed*."""

    def part(needed: Any) -> Iterator[Any]:
        try:
            yield key()
        finally:
            pass

    part.__annotations__ = {"needed": needed, "return": Iterator[key]}  # type: ignore[valid-type]
    return part


def many() -> tuple[Container, list[Callable[..., Any]]]:
    """Return a container of `N_RESOURCES` singleton resources, and their generator functions."""
    container, keys, parts = Container(), [Settings, Settings], []
    container.bind(Settings, scope="singleton")
    for number in range(N_RESOURCES):
        key: type = type(f"Part{number}", (), {})
        part = part_of(key, keys[-2])
        container.bind(key, resource(scope="singleton")(part))
        keys.append(key)
        parts.append(part)
    return container, parts


whole, parts = many()
open_parts = [contextmanager(part) for part in parts]


def start_and_close(n: int) -> None:
    for _ in range(n):
        with whole:
            pass


def start_and_close_by_hand(n: int) -> None:
    for _ in range(n):
        with ExitStack() as stack:
            made: list[Any] = [settings, settings]
            for open_part in open_parts:
                made.append(stack.enter_context(open_part(made[-2])))


def run(main: Callable[[], Any]) -> None:
    """Run *main* on a loop of its own, the same one each time: starting one is no part of a path."""
    loop.run_until_complete(main())


loop = asyncio.new_event_loop()

PATHS = (
    Path("singleton get", get_singleton, look_up, 200, 2200),
    Path("transient graph", get_graph, call_graph, 100, 600),
    Path("request scope, plain objects", scope_of_objects, objects_by_hand, 20, 170),
    Path("request scope, two resources", scope_of_resources, stack_of_resources, 20, 120),
    Path("request scope, two async resources", scope_of_async_resources, stack_of_async_resources, 20, 120),
    Path("injected call", call_injected, call_by_hand, 100, 500),
    Path("declarative singleton", provide_singleton, look_up_by_name, 200, 2200),
    Path("declarative factory", provide_graph, new_services, 100, 600),
    Path("declarative injected call", call_declared, call_by_hand, 100, 500),
    Path("start and close of 100", start_and_close, start_and_close_by_hand, 1, 3),
)
