"""Injected functions: what callers may give, what they see, and what happens where nothing is behind a marker."""

import functools
import inspect
import threading
from typing import Annotated

import pytest

from tenure.errors import AsyncInSyncError, BindingError, TenureError
from tenure.wiring import DIWiringWarning, Provide, Provider, UnresolvedMarkerError, inject, unwire, wire
from tests.wiring.support import LOG, Example, Fault, Service


def wired(container, function):
    container.wire(modules=[function])
    return function


def test_keyword_wins(container):
    """What the caller gives by keyword is left alone, None too."""

    @inject
    def function(a, service=Provide[Example.service], *, b=3):
        return a, service, b

    wired(container, function)

    assert function(1) == (1, container.service(), 3)
    assert function(1, service=None) == (1, None, 3)
    assert function(a=1, service=2, b=4) == (1, 2, 4)


def test_position_wins(container):
    """What the caller gives by position is left alone."""

    @inject
    def function(service=Provide[Example.service], other=Provide["made"]):
        return service, other.number

    wired(container, function)

    assert function(5) == (5, 2)


def test_marker_given(container):
    """A marker that the caller hands over counts as not given, by keyword and by position."""

    @inject
    def function(a, service=Provide[Example.service]):
        return service

    wired(container, function)

    assert function(1, service=Provide["else"]) is container.service()
    assert function(1, Provide["else"]) is container.service()


async def test_marker_given_to_a_coroutine(container):
    """The same holds for coroutine functions."""

    @inject
    async def function(a, service=Provide[Example.service]):
        return service

    wired(container, function)

    assert await function(1, Provide["else"]) is container.service()
    assert await function(1, service=Provide["else"]) is container.service()
    assert await function(1, 2) == 2


def test_marker_called_and_given(container):
    """What a framework gets that calls a marker and does not await it counts as not given either."""

    @inject
    def function(service=Provide[Example.service]):
        return service

    wired(container, function)

    assert function(service=Provide["else"]()) is function(Provide["else"]()) is container.service()


def test_positional_only(container):
    """A parameter that is positional only is filled in like others, defaults before it included."""

    @inject
    def function(a, b=2, service=Provide[Example.service], /, *, c=3):
        return a, b, service, c

    wired(container, function)

    assert function(1) == (1, 2, container.service(), 3)
    assert function(1, 5, 6, c=7) == (1, 5, 6, 7)
    with pytest.raises(TypeError, match="'a'"):
        function()


def test_signature():
    """Callers see the signature of the function behind, and its name and text."""

    def plain(a: int, service: Service = Provide[Example.service]) -> str:
        """Does nothing."""

    function = inject(plain)

    assert inspect.signature(function) == inspect.signature(plain)
    assert (function.__name__, function.__doc__, function.__wrapped__) == ("plain", "Does nothing.", plain)
    assert function.__annotations__ == plain.__annotations__


def test_kinds():
    """Each kind of function becomes one of the same kind."""

    @inject
    async def coroutine(x=Provide["x"]): ...

    @inject
    def generator(x=Provide["x"]):
        yield

    @inject
    async def async_generator(x=Provide["x"]):
        yield

    assert inspect.iscoroutinefunction(coroutine)
    assert inspect.isgeneratorfunction(generator)
    assert inspect.isasyncgenfunction(async_generator)


def test_annotated(container):
    """A marker may stand in the annotation; a default outranks it."""

    @inject
    def function(service: Annotated[Service, Provide["service"]], made: Annotated[int, Provide["service"]] = 3):
        return service, made

    wired(container, function)

    assert function() == (container.service(), container.service())
    assert function(made=4)[1] == 4


def test_text_annotations(container, module):
    """Annotations that are text are understood, also where they name what is defined later or for checkers only."""
    made = module(
        """
        from __future__ import annotations
        from typing import TYPE_CHECKING, Annotated

        @inject
        def function(a: int, service: Annotated[Service, Provide["service"]], b: Unknown = 2):
            return service

        @inject
        def early(service: Alias):
            return service

        def undecorated(service: Annotated[Unknown, Provide["service"]]):
            return service

        value: Annotated[Service, Provide["service"]]

        class Later: ...
        Alias = Annotated[Later, Provide["made"]]
        """,
        inject=inject,
        Provide=Provide,
        Service=Service,
    )

    container.wire(modules=[made])

    assert made.function(1) is container.service()
    assert made.early().number == 2
    assert made.undecorated() is container.service()
    assert made.value is container.service()


def test_text_annotation_never_wired(module):
    """A marker in a text annotation does not reach the function either."""
    made = module(
        """
        from __future__ import annotations
        from typing import Annotated

        @inject
        def function(service: Annotated[int, Provide["service"]] = 0):
            raise AssertionError("reached")
        """,
        inject=inject,
        Provide=Provide,
    )

    with pytest.raises(UnresolvedMarkerError):
        made.function()


def test_never_wired():
    """A call to which no container was wired is an error that says what was forgotten."""

    @inject
    def function(a, service=Provide["service"]):
        raise AssertionError("reached")

    with pytest.raises(UnresolvedMarkerError) as caught:
        function(1)

    text = str(caught.value)
    assert "parameter 'service' of tests.wiring.test_functions.test_never_wired.<locals>.function" in text
    assert "is marked Provide['service']" in text
    assert f"({__file__}:" in text
    assert "did you forget container.wire(modules=['tests.wiring.test_functions'])?" in text
    assert isinstance(caught.value, TenureError)
    assert isinstance(caught.value, LookupError)


def test_never_wired_and_given():
    """Where the caller gives everything, nothing has to be wired."""

    @inject
    def function(service=Provide["service"]):
        return service

    assert function(service=1) == function(1) == 1


async def test_never_wired_coroutine():
    """A coroutine function raises when it is awaited, an asynchronous generator when it is asked for its first item."""

    @inject
    async def function(service=Provide["service"]):
        raise AssertionError("reached")

    @inject
    async def generator(service=Provide["service"]):
        yield "reached"

    with pytest.raises(UnresolvedMarkerError):
        await function()
    with pytest.raises(UnresolvedMarkerError):
        await anext(generator())


def test_unresolved(container):
    """A marker that the container cannot resolve is an error that names the container and what comes near."""

    @inject
    def function(service=Provide["inner.servise"]):
        raise AssertionError("reached")

    wired(container, function)

    with pytest.raises(UnresolvedMarkerError) as caught:
        function()
    assert "and Example has no such provider: did you mean 'inner.service'" in str(caught.value)


def test_unresolved_opens_nothing(container, log):
    """Nothing is opened for a call that cannot be made."""

    @inject
    def function(session=Provide["session"], nothing=Provide["nothing"]):
        raise AssertionError("reached")

    wired(container, function)

    with pytest.raises(UnresolvedMarkerError):
        function()
    assert log == []


def test_unwired(container):
    """After `unwire` a call is an error again."""

    @inject
    def function(service=Provide["service"]):
        return service

    wired(container, function)
    function()
    container.unwire()

    with pytest.raises(UnresolvedMarkerError, match="no container was wired"):
        function()


def test_resource_stays_open(container, log):
    """A resource that is injected without `Closing` belongs to the container and stays open."""

    @inject
    def function(session=Provide["session"]):
        return session

    wired(container, function)
    first, second = function(), function()

    assert first is second
    assert log == ["open session"]


def test_async_in_sync(container, log):
    """A function that cannot await gets no awaitable: the call fails before anything happens."""

    @inject
    def function(session=Provide["session"], repository=Provide["arepository"]):
        raise AssertionError("reached")

    wired(container, function)

    with pytest.raises(AsyncInSyncError):
        function()


async def test_open_async_in_sync(container):
    """A function that cannot await gets an asynchronous resource that is open."""

    @inject
    def function(repository=Provide["arepository"], session=Provide["asession"]):
        return repository, session

    wired(container, function)
    await container.init_resources()
    repository, session = function()
    await container.shutdown_resources()

    assert repository.dependency is session


async def test_coroutine(container):
    """A coroutine function gets what has to be awaited."""

    @inject
    async def function(answer=Provide["coroutine"], repository=Provide["arepository"], made=Provider["made"]):
        return answer, repository.dependency.is_open, made

    wired(container, function)
    found = await function()
    await container.shutdown_resources()

    assert found == (42, True, container.made)


def test_threads(container, log):
    """Many threads that call at once get one resource."""

    @inject
    def function(session=Provide["session"]):
        return session

    wired(container, function)
    found = []
    threads = [threading.Thread(target=lambda: found.append(function())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1
    assert log == ["open session"]


def test_errors_of_providers(container):
    """What a provider raises leaves the call as it is."""

    @inject
    def function(made=Provide["made"]):
        raise AssertionError("reached")

    def fail():
        raise Fault

    wired(container, function)
    with container.made.override(Example.made.__class__(fail)), pytest.raises(Fault):
        function()


def test_partial(container):
    """A partial of an injected function, and an injected partial, are filled in."""

    def function(a, b, service=Provide["service"]):
        return a, b, service

    outside = functools.partial(inject(function), 1)
    inside = inject(functools.partial(function, 1))
    wired(container, outside.func)
    wire(container, modules=["tests.wiring.test_functions"])

    assert outside(2) == (1, 2, container.service())
    wire(container, modules=[inside])
    assert inside(2) == (1, 2, container.service())
    unwire(modules=["tests.wiring.test_functions"])


def test_other_decorators(container):
    """A function may be decorated by others, inside and outside."""

    def twice(function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            return function(*args, **kwargs), function(*args, **kwargs)

        return call

    @twice
    @inject
    def outside(service=Provide["service"]):
        return service

    @inject
    @twice
    def inside(service=Provide["service"]):
        return service

    wired(container, outside)
    wired(container, inside)

    assert outside() == inside() == (container.service(), container.service())


def test_twice_injected(container):
    """To inject what is injected changes nothing."""

    @inject
    def function(service=Provide["service"]):
        return service

    assert inject(function) is function


def test_not_callable():
    """Only what can be called can be injected."""
    with pytest.raises(BindingError, match="not 5"):
        inject(5)


def test_nothing_marked():
    """A function without markers is left as it is, with a warning."""

    def function(a: "int", *args, b=2, **kwargs): ...

    class Plain: ...

    for plain in (function, Plain):
        initialiser = plain.__init__
        with pytest.warns(DIWiringWarning, match="nothing to fill in for") as caught:
            assert inject(plain) is plain
        assert caught[0].filename == __file__
        assert plain.__init__ == initialiser


def test_recursion(container):
    """A function that calls itself is injected each time."""

    @inject
    def function(depth, service=Provide["service"]):
        return [service] if depth == 0 else [service, *function(depth - 1)]

    wired(container, function)

    assert function(2) == [container.service()] * 3
    assert LOG == []


class Depends:
    """As fast_depends has it."""

    __module__ = "fast_depends.dependencies"

    def __init__(self, dependency):
        self.dependency = dependency


def test_framework_that_refuses_coroutines(container):
    """A marker in a function that cannot await gives itself at once where the framework would not await it."""
    depends, other = Depends(Provide["service"]), Depends(Provide["service"])

    @inject
    def function(service=depends):
        return service

    @inject
    async def coroutine(service=other):
        return service

    wired(container, function)
    called = depends.dependency()

    assert called is depends.dependency
    assert function(service=called) is container.service()
    assert repr(called) == "Provide['service']"
    assert not inspect.iscoroutinefunction(type(depends.dependency).__call__)
    assert inspect.iscoroutinefunction(type(other.dependency).__call__)
