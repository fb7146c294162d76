"""Something needs itself: found before anything is made, or while it opens."""

import threading

import pytest
from fault_support import at, is_idle

from tenure import Container
from tenure.errors import CircularDependencyError, PathStep, TenureError


class Chicken:
    def __init__(self, egg: "Egg") -> None: ...


class Egg:
    def __init__(self, hen: Chicken) -> None: ...


class Farm:
    def __init__(self, chicken: Chicken) -> None: ...


class Narcissus:
    def __init__(self, myself: "Narcissus") -> None: ...


class Left:
    pass


class Right:
    pass


def refused(container, key):
    with pytest.raises(CircularDependencyError) as caught:
        container.get(key)
    assert is_idle(container)
    return caught.value


def test_cycle_is_shown_whole_with_its_places():
    """The text names the cycle in one line, draws it with parameters and places, and says how to break it."""
    error = refused(Container(), Chicken)

    assert str(error) == (
        "circular dependency: Chicken -> Egg -> Chicken\n"
        f"  Chicken   ({at(Chicken)})\n"
        f"  └─ egg: Egg   ({at(Egg)})\n"
        f"     └─ hen: Chicken   ({at(Chicken)})\n"
        "  break it: let one of them take what it needs later (a factory, or container.get in a method)"
    )


def test_cycle_carries_its_steps():
    """The path is the cycle itself, its first step repeated at the end, also where it begins further down."""
    error = refused(Container(), Farm)

    assert error.path == (
        PathStep(Chicken, None, at(Chicken)),
        PathStep(Egg, "egg", at(Egg)),
        PathStep(Chicken, "hen", at(Chicken)),
    )
    assert isinstance(error, RuntimeError)
    assert isinstance(error, TenureError)


def test_what_needs_itself_is_a_cycle():
    """A class whose parameter is itself is the smallest cycle."""
    error = refused(Container(), Narcissus)

    assert str(error).startswith("circular dependency: Narcissus -> Narcissus\n")


def test_cycle_through_scoped_values_is_found_before_anything_is_made(log):
    """A cycle of resources is found before the first of them opens."""

    def left(right: Right):
        log.append("left")
        yield Left()

    def right(left: Left):
        log.append("right")
        yield Right()

    container = Container()
    container.bind(Left, left)
    container.bind(Right, right, scope="singleton")

    refused(container, Left)

    assert log == []


def test_cycle_at_run_time_is_an_error_and_no_deadlock(log):
    """A resource that asks for what waits for it gets an error that names the circle; both are closed."""
    container = Container()

    def left():
        log.append("open left")
        container.get(Right)
        yield Left()

    def right():
        log.append("open right")
        container.get(Left)
        yield Right()

    container.bind(Left, left)
    container.bind(Right, right)

    error = refused(container, Left)

    assert [step.key for step in error.path] == [Left, Right, Left]
    assert str(error).startswith("circular dependency: Left -> Right -> Left\n")
    assert f"({at(left)})" in str(error)
    assert log == ["open left", "open right"]


@pytest.mark.anyio
async def test_cycle_at_run_time_is_an_error_in_coroutines():
    """The same holds for asynchronous resources."""
    container = Container()

    async def left():
        await container.aget(Right)
        yield Left()

    async def right():
        await container.aget(Left)
        yield Right()

    container.bind(Left, left)
    container.bind(Right, right)

    with pytest.raises(CircularDependencyError) as caught:
        await container.aget(Left)

    assert [step.key for step in caught.value.path] == [Left, Right, Left]
    assert is_idle(container)


def test_cycle_over_two_threads_is_an_error_and_no_deadlock():
    """Two threads that open what the other is opening do not wait for each other for ever."""
    container = Container()
    both = threading.Barrier(2)
    errors = []

    def left():
        both.wait()
        container.get(Right)
        yield Left()

    def right():
        both.wait()
        container.get(Left)
        yield Right()

    container.bind(Left, left)
    container.bind(Right, right)

    def ask(key):
        try:
            container.get(key)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask, args=(key,)) for key in (Left, Right)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [type(error) for error in errors] == [CircularDependencyError, CircularDependencyError]
    assert is_idle(container)


def test_cycle_can_be_broken_by_binding_again():
    """After a cycle was found, a binding that breaks it makes the key available."""
    container = Container()
    refused(container, Chicken)

    container.bind(Egg, lambda: "egg")

    assert isinstance(container.get(Chicken), Chicken)
