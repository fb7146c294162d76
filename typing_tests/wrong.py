"""Wrong use that type checkers see: each line has to be complained about, by both."""

# pyright: enableTypeIgnoreComments=false, reportUnnecessaryTypeIgnoreComment=true

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
    container.get(5)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    container.get(Settings("x"))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    container.get()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    container[5]  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]


def results(container: Container) -> None:
    settings: Database = container.get(Settings)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    container.get(Settings).missing()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    maybe = container.get(Database | None)
    maybe.query("x")  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    print(settings)


async def forgotten_await(container: Container) -> None:
    database: Database = container.aget(Database)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    container.aget(Database)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    container.aclose()  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    container.start()  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    print(database)


def bindings(container: Container) -> None:
    container.bind(Settings, scope=5)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    container.bind(Settings, arguments=["path"])  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    container.bind(Settings, close=5)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    container.bind(Settings, lifetime="singleton")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    container.bind()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    container.include(Settings("x"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def containers() -> None:
    Container(("request",))  # type: ignore[misc]  # pyright: ignore[reportCallIssue]
    Container(scopes=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Container(close_timeout="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Container(max_parallel=1.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Container(observers=print)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def scopes(container: Container) -> None:
    container.resource_scope().get(Settings)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    container.resource_scope(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    container.resource_scope(values=[Settings("x")])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with container.resource_scope:  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportGeneralTypeIssues]
        pass


def observers(container: Container) -> None:
    def takes_nothing() -> None: ...

    def takes_openings(event: Opening) -> None: ...

    container.observe(takes_nothing)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    container.observe(takes_openings)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    container.observe(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def declarations() -> None:
    resource(5)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    resource("singleton")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    resource(open_timeout="5")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    resource(retry=3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    singleton(5)  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]
    scoped(5)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    managed_resource(Settings)  # type: ignore[call-arg, misc]  # pyright: ignore[reportCallIssue]
    managed_resource(dispose_func="close")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    managed_resource(initialize_func=print)(lambda: 5)  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]
    Retry(3)  # type: ignore[misc]  # pyright: ignore[reportCallIssue]
    Retry(attempts="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Retry(on="OSError")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def injection(container: Container) -> None:
    @inject
    def handler(number: int, settings: Settings = Inject[Settings]) -> str:
        return "x" * number

    inject(5)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    inject(container=5)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    handler("x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    handler()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

    def other(settings: Settings = Inject[Database]) -> None: ...  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]

    print(other)


async def methods_keep_their_types(database: Database) -> None:
    await database.query(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    text: str = await database.query("x")  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    print(text)


def frozen(event: Event, error: ResourceTimeoutError) -> None:
    event.at = 1.0  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    error.limit  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
