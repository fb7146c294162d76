"""Wrong use that type checkers see: each line has to be complained about, by both."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from tenure import Container, Inject, Retry, inject, managed_resource, resource, scoped, singleton
from tenure.errors import ResourceTimeoutError
from tenure.events import Event, Opening


class Settings:
    def __init__(self, path: str) -> None: ...


@resource
class Database:
    async def initialize(self) -> None: ...

    async def query(self, text: str) -> int:
        return len(text)


def keys(container: Container) -> None:
    container.get(5)  # type: ignore[call-overload]
    container.get(Settings("x"))  # type: ignore[call-overload]
    container.get()  # type: ignore[call-overload]


def results(container: Container) -> None:
    settings: Database = container.get(Settings)  # type: ignore[assignment]
    container.get(Settings).missing()  # type: ignore[attr-defined]
    maybe = container.get(Database | None)
    maybe.query("x")  # type: ignore[union-attr]
    print(settings)


async def forgotten_await(container: Container) -> None:
    database: Database = container.aget(Database)  # type: ignore[assignment]
    container.aget(Database)  # type: ignore[unused-coroutine]
    container.aclose()  # type: ignore[unused-coroutine]
    container.start()  # type: ignore[unused-coroutine]
    print(database)


def bindings(container: Container) -> None:
    container.bind(Settings, scope=5)  # type: ignore[arg-type]
    container.bind(Settings, arguments=["path"])  # type: ignore[arg-type]
    container.bind(Settings, close=5)  # type: ignore[arg-type]
    container.bind(Settings, lifetime="singleton")  # type: ignore[call-arg]
    container.bind()  # type: ignore[call-arg]
    container.include(Settings("x"))  # type: ignore[arg-type]


def containers() -> None:
    Container(("request",))  # type: ignore[call-arg]
    Container(scopes=5)  # type: ignore[arg-type]
    Container(close_timeout="5")  # type: ignore[arg-type]
    Container(max_parallel=1.5)  # type: ignore[arg-type]
    Container(observers=print)  # type: ignore[arg-type]


def scopes(container: Container) -> None:
    container.resource_scope(5)  # type: ignore[arg-type]
    container.resource_scope(values=[Settings("x")])  # type: ignore[arg-type]
    with container.resource_scope:  # type: ignore[attr-defined]
        pass


def observers(container: Container) -> None:
    def takes_nothing() -> None: ...

    def takes_openings(event: Opening) -> None: ...

    container.observe(takes_nothing)  # type: ignore[arg-type]
    container.observe(takes_openings)  # type: ignore[arg-type]
    container.observe(5)  # type: ignore[arg-type]


def declarations() -> None:
    resource(5)  # type: ignore[call-overload]
    resource("singleton")  # type: ignore[call-overload]
    resource(open_timeout="5")  # type: ignore[call-overload]
    resource(retry=3)  # type: ignore[call-overload]
    singleton(5)  # type: ignore[type-var]
    scoped(5)  # type: ignore[call-overload]
    managed_resource(Settings)  # type: ignore[arg-type]
    managed_resource(dispose_func="close")  # type: ignore[arg-type]
    managed_resource(initialize_func=print)(lambda: 5)  # type: ignore[type-var]
    Retry(3)  # type: ignore[call-arg]
    Retry(attempts="3")  # type: ignore[arg-type]
    Retry(on="OSError")  # type: ignore[arg-type]


def injection(container: Container) -> None:
    @inject
    def handler(number: int, settings: Settings = Inject[Settings]) -> str:
        return "x" * number

    inject(5)  # type: ignore[call-overload]
    inject(container=5)  # type: ignore[call-overload]
    handler("x")  # type: ignore[arg-type]
    handler()  # type: ignore[call-arg]

    def other(settings: Settings = Inject[Database]) -> None: ...  # type: ignore[assignment]

    print(other)


async def methods_keep_their_types(database: Database) -> None:
    await database.query(5)  # type: ignore[arg-type]
    text: str = await database.query("x")  # type: ignore[assignment]
    print(text)


def frozen(event: Event, error: ResourceTimeoutError) -> None:
    event.at = 1.0  # type: ignore[misc]
    error.limit  # type: ignore[attr-defined]
