"""`inject` keeps the type of what it decorates; `Inject` stands for the value."""

# ruff: noqa: B008 - `Inject()` is a default on purpose

from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Annotated, Any, Protocol, assert_type

from tenure import Container, Inject, inject

container = Container()


class Settings:
    path: str = ""


class Greeter(Protocol):
    def greet(self) -> str: ...


@inject
def by_default(number: int, settings: Settings = Inject[Settings]) -> str:
    assert_type(settings, Settings)
    return settings.path * number


@inject
def by_plain_default(number: int, settings: Settings = Inject()) -> str:
    assert_type(settings, Settings)
    return settings.path * number


@inject
def by_annotation(number: int, settings: Annotated[Settings, Inject()]) -> str:
    assert_type(settings, Settings)
    return settings.path * number


@inject
def qualified(settings: Annotated[Settings, "replica", Inject()]) -> str:
    assert_type(settings, Settings)
    return settings.path


@inject
def several(
    greeter: Greeter = Inject[Greeter],
    maybe: Settings | None = Inject[Settings | None],
    every: list[Settings] = Inject[list[Settings]],
    named: dict[str, Settings] = Inject[dict[str, Settings]],
    other: Settings = Inject[Annotated[Settings, "other"]],
) -> str:
    assert_type(greeter, Greeter)
    assert_type(maybe, Settings | None)
    assert_type(every, list[Settings])
    assert_type(named, dict[str, Settings])
    assert_type(other, Settings)
    return greeter.greet()


@inject(container=container, scope="call")
async def coroutine(number: int, settings: Settings = Inject[Settings]) -> int:
    return number


@inject(container=container)
def generator(settings: Settings = Inject[Settings]) -> Iterator[int]:
    yield 1


@inject(scope="request")
async def async_generator(settings: Settings = Inject[Settings]) -> AsyncIterator[int]:
    yield 1


class Handlers:
    @inject
    def method(self, number: int, settings: Settings = Inject[Settings]) -> bytes:
        return b""

    @staticmethod
    @inject
    def static(number: int, settings: Settings = Inject[Settings]) -> bytes:
        return b""


async def called(handlers: Handlers) -> None:
    assert_type(by_default(1), str)
    assert_type(by_default(1, Settings()), str)
    assert_type(by_default(number=1, settings=Settings()), str)
    assert_type(by_plain_default(1), str)
    assert_type(several(), str)
    assert_type(await coroutine(1), int)
    waiting: Coroutine[Any, Any, int] = coroutine(1)
    assert_type(await waiting, int)
    assert_type(generator(), Iterator[int])
    async for number in async_generator():
        assert_type(number, int)
    assert_type(handlers.method(1), bytes)
    assert_type(Handlers.static(1), bytes)


def as_a_call(number: int, settings: Settings = Inject[Settings]) -> float:
    return number


def decorated_by_hand() -> None:
    assert_type(inject(as_a_call)(1), float)
    assert_type(inject(as_a_call, container=container)(1), float)
    assert_type(inject(container=container, scope="call")(as_a_call)(1), float)


def markers() -> None:
    assert_type(Inject[Settings], Settings)
    assert_type(Inject[Greeter], Greeter)
    assert_type(Inject[list[Settings]], list[Settings])
