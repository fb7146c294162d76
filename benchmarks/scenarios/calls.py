"""S1 to S4 and S7: getting objects and calling functions, with no scope and nothing to close."""

from collections.abc import Callable
from typing import Any

from benchmarks import graphs as g
from benchmarks.case import expect
from benchmarks.scenarios.row import Row


def singleton(once: Callable[[], Any]) -> None:
    first, second = once(), once()
    expect(type(first) is g.Settings, "an object of the class")
    expect(first is second, "the same object each time")


def transient(once: Callable[[], Any]) -> None:
    first, second = once(), once()
    expect(type(first) is g.Leaf, "an object of the class")
    expect(first is not second, "a new object each time")


def made(api: Any) -> list[Any]:
    """Return the new objects in *api*, in the order of `graphs.DEEP`."""
    service, audit = api.service, api.audit
    repository = service.repository
    session = repository.session
    return [
        session.driver,
        session,
        repository.codec,
        repository,
        service.mailer,
        service,
        audit.signer,
        audit,
        api,
    ]


def deep(once: Callable[[], Any]) -> None:
    first, second = made(once()), made(once())
    expect([type(each) for each in first] == list(g.DEEP), "nine objects, each of its class")
    expect(not set(map(id, first)) & set(map(id, second)), "nine new objects each time")
    driver, session, _, _, mailer, _, signer, audit, _ = first
    expect(type(driver.settings) is g.Settings, "settings of their class")
    expect(type(driver.clock) is g.Clock, "a clock of its class")
    expect(driver.settings is session.settings is mailer.settings is second[0].settings, "one Settings for all")
    expect(driver.clock is signer.clock is audit.clock is second[0].clock, "one Clock for all")


def wide(once: Callable[[], Any]) -> None:
    first, second = (vars(once()) for _ in range(2))
    expect([type(each) for each in first.values()] == list(g.PARTS), "twenty objects, each of its class")
    expect(not set(map(id, first.values())) & set(map(id, second.values())), "new objects each time")


def injected(once: Callable[[], Any]) -> None:
    (settings, leaf), (again, other) = once(), once()
    expect(type(settings) is g.Settings, "settings of their class")
    expect(type(leaf) is g.Leaf, "a leaf of its class")
    expect(settings is again, "the same singleton at each call")
    expect(leaf is not other, "a new transient at each call")


CALLS = (
    Row("S1", "singleton `get`", "s1", singleton, 1.3, peers_named="2.41 (dependency-injector)"),
    Row("S2", "transient without dependencies", "s2", transient, 1.4, peers_named="1.45 (diwire), 2.01 (wireup)"),
    Row(
        "S3",
        "transient graph: 9 new objects over 2 singletons, depth 5",
        "s3",
        deep,
        1.15,
        peers_named="1.24 (diwire), 2.58 (dishka)",
    ),
    Row(
        "S4",
        "one object with 20 transient dependencies",
        "s4",
        wide,
        1.08,
        peers_named="1.09 (diwire), 1.80 (modern-di)",
    ),
    Row("S7", "injected function: 1 singleton, 1 transient", "s7", injected, 3.0, peers_named="5.84 (anydi)"),
)
