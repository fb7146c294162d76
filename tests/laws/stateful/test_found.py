"""Lives and programs that once broke a law, told plainly."""

import pytest

from tenure import Container, resource
from tenure.errors import ContainerClosedError, closing_errors
from tests.laws.rig.oracle import reachable
from tests.laws.stateful import driver


class A:
    """The value of one key."""


class B:
    """The value of another."""


def giving(value, log=None, name=""):
    """Return a generator function that gives *value* and logs its end."""

    def make():
        yield value
        if log is not None:
            log.append(name)

    return make


def test_overrides_undone_in_any_order():
    """L57: an override that stands goes on when an earlier one ends, and neither stays for ever."""

    def shown(a: A) -> str:
        return f"made of {a}"

    container = Container()
    container.bind(A, value=1)
    container.bind(B, value=1)
    container.bind("shown", shown)
    first, second = container.override(A, value=2), container.override(B, value=2)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    between = container.get(A), container.get(B)
    second.__exit__(None, None, None)

    assert between == (1, 2)
    assert container.get("shown") == "made of 1"


def test_a_scope_left_late_leaves_the_newer_one_current():
    """L47: leaving a scope that was closed from outside does not take the current scope from those entered since."""
    container = Container()
    container.bind(A, resource(scope="request")(giving(A())))
    outer, inner, newer = (container.resource_scope() for _ in range(3))
    outer.__enter__()
    inner.__enter__()
    outer.__exit__(None, None, None)
    newer.__enter__()
    value = container.get(A)
    with pytest.raises(ContainerClosedError):
        inner.__exit__(None, None, None)

    assert container.get(A) is value
    newer.__exit__(None, None, None)


def test_closing_errors_of_a_scope_that_is_cut_off():
    """L23: what fails to close in a scope that the container's close cuts off reaches somebody."""
    fault = ValueError("closing")

    def make():
        try:
            yield A()
        finally:
            raise fault

    container, errors = Container(), []
    container.bind(A, resource(scope="request")(make))
    scope = container.resource_scope()
    scope.__enter__()
    container.get(A)
    for close in (container.close, lambda: scope.__exit__(None, None, None)):
        try:
            close()
        except BaseException as error:
            errors += [error, *closing_errors(error)]

    assert any(error is fault for error in reachable(errors))


def test_a_transient_made_of_an_override_ends_with_it():
    """L18: what was made of an override's resource is closed before it, also where each get makes another."""
    log = []

    def transient(a: A):
        yield B()
        log.append("transient")

    container = Container()
    container.bind(A, resource(scope="singleton")(giving(A())))
    container.bind(B, resource(scope="transient")(transient))
    with container.override(A, resource(scope="singleton")(giving(A(), log, "override"))):
        container.get(B)
    container.close()

    assert log == ["transient", "override"]


def test_a_binding_made_during_an_override_stays():
    """L57: what was bound while an override stood is bound afterwards, asked for or not."""
    container = Container()
    container.bind(A, value=1)
    with container.override(A, value=2):
        container.bind(B, value=3)

    assert container.get(B) == 3


class Handled:
    """A value that the user opens and closes too."""

    def __init__(self):
        self.log = []

    def initialize(self):
        self.log.append("open")

    def dispose(self):
        self.log.append("close")


def test_disposed_of_by_hand_and_back_after_an_override():
    """L57: an object that was disposed of before an override began is the same after it."""
    container = Container()
    container.bind(Handled, resource(scope="singleton")(type("Own", (Handled,), {})))
    value = container.get(Handled)
    value.dispose()
    with container.override(Handled, value=None):
        pass

    assert container.get(Handled) is value
    container.close()


def test_closed_during_an_override_is_not_closed_again():
    """L9, L17: the user's own dispose() of what the container has closed does nothing, overridden or not."""
    container = Container()
    container.bind(Handled, resource(scope="singleton")(type("Own", (Handled,), {})))
    value = container.get(Handled)
    with container.override(Handled, value=None):
        container.close()
    value.dispose()

    assert value.log == ["open", "close"]


def test_a_closed_scope_and_a_restart():
    """L50: a scope that was cut off refuses; what lives in the container is served wherever code runs."""
    container = Container()
    container.bind(A, resource(scope="singleton")(giving(A())))
    handle = container.resource_scope()
    scope = handle.__enter__()
    container.close()
    container.start_sync()
    try:
        with pytest.raises(ContainerClosedError):
            scope.get(A)
        assert isinstance(container.get(A), A)
    finally:
        container.close()
        with pytest.raises(ContainerClosedError):
            handle.__exit__(None, None, None)


@pytest.mark.parametrize(
    "case",
    [
        *(f"E:asyncio:program:{seed}" for seed in (0, 99, 119, 136, 186, 256, 306, 711, 909, 960)),
        *(f"E:asyncio:declared:{seed}" for seed in (12, 680, 1343, 1450, 1513, 2046, 2593)),
    ],
)
def test_programs(case):
    """Programs that broke L2, L10, L11, L18, L23 or L40."""
    assert driver.run(case).violations == []
