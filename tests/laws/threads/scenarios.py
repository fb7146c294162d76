"""What threads do at the same time: each scenario builds its containers once, for many schedules."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tenure import Container, containers, providers, resource
from tenure.errors import CircularDependencyError, ContainerClosedError
from tenure.lifecycle.latch import Latch
from tests.laws.rig.trace import CLOSED, GOT, OPENED
from tests.laws.threads.baton import UserLock
from tests.laws.threads.nodes import KEYS, A, B, C, D, Fault, Stage, Value, bind, node

Job = Callable[[], Any]


@dataclass(slots=True)
class Scenario:
    """
    Jobs for threads.

    Attributes:
        jobs: one per thread.
        prepare: before each run.
        finish: after each run, on one thread.
        allowed: the errors that jobs may raise.
        faults: how often a place fails.
        one_value: whether all jobs that return a value must return the same.
        within: what nodes do besides, by place.
        laws: what it is about, besides what the oracle checks.
    """

    jobs: list[Job]
    prepare: Job
    finish: Job
    allowed: tuple[type[BaseException], ...] = ()
    faults: dict[str, int] = field(default_factory=dict)
    one_value: bool = False
    within: dict[str, Job] = field(default_factory=dict)
    laws: tuple[str, ...] = ("L2", "L41")


class Broken(Exception):
    """A job saw something that no law allows: (law, text)."""


def built(stage: Stage, *written: str, inside: str | None = None) -> Container:
    """Return a container of singleton nodes, and one of a request *inside*; see `nodes.node`."""
    container = Container()
    bind(container, stage, *written)
    if inside is not None:
        bind(container, stage, inside, lifetime="request")
    container.start_sync()
    container.close()  # everything is compiled from here on
    return container


def scenario(container: Container, *jobs: Job, **options: Any) -> Scenario:
    """Return the scenario of *jobs* that begins with *container* new and ends with closing it."""
    return Scenario(list(jobs), container.engine.reopen, container.close, **options)


def get(stage: Stage, container: Container, key: Any) -> Job:
    """Return the job that gets *key*: it is refused, or open when it is had, unless closing has begun by then."""

    def job() -> Any:
        is_closed = _is_closed(stage)
        value = container.get(key)
        if is_closed:
            raise Broken("L37", "a get that began after the close had ended gave a value")
        stage.world.trace.note(GOT, value.life)
        return value

    return job


def close(stage: Stage, container: Container) -> Job:
    """Return the job that closes *container*: when it returns, nothing is open."""

    def job() -> None:
        container.close()
        still = _open(stage)
        stage.world.trace.note("ended", ("close", 0))
        if still:
            raise Broken("L15", f"a close returned while {sorted(still)} was open")

    return job


def _open(stage: Stage) -> set[Any]:
    steps = stage.world.trace.steps
    return {s.life for s in steps if s.act == OPENED} - {s.life for s in steps if s.act == CLOSED}


def _is_closed(stage: Stage) -> bool:
    return any(step.act == "ended" for step in stage.world.trace.steps)


# the type-driven face


def same(*written: str, n: int = 2) -> Callable[[Stage], Scenario]:
    """Several threads get the last of the nodes *written*."""

    def make(stage: Stage) -> Scenario:
        container = built(stage, *written)
        key = KEYS[written[-1][0]]
        return scenario(container, *[get(stage, container, key)] * n, one_value=True)

    return make


def get_and_close(*written: str, n_gets: int = 1, n_closes: int = 1) -> Callable[[Stage], Scenario]:
    """Threads get while others close."""

    def make(stage: Stage) -> Scenario:
        container = built(stage, *written)
        key = KEYS[written[-1][0]]
        jobs = [get(stage, container, key)] * n_gets + [close(stage, container)] * n_closes
        return scenario(container, *jobs, allowed=(ContainerClosedError,), laws=("L37", "L41", "L15"))

    return make


def closes(n: int) -> Callable[[Stage], Scenario]:
    """Several threads close what is open."""

    def make(stage: Stage) -> Scenario:
        container = built(stage, "A", "B(A)")
        made = scenario(container, *[close(stage, container)] * n, laws=("L15", "L41"))
        made.prepare = container.start_sync
        return made

    return make


def close_and_scope(stage: Stage) -> Scenario:
    """One thread closes while another enters a scope, uses it and leaves it."""
    container = built(stage, "A", inside="B(A)")
    scoped = _request(container, B)
    made = scenario(container, close(stage, container), scoped, allowed=(ContainerClosedError,), laws=("L46", "L37"))
    made.prepare = container.start_sync
    return made


def _request(container: Container, key: Any) -> Job:
    def job() -> None:
        with container.resource_scope() as scope:
            scope.get(key)

    return job


def leave_and_close(stage: Stage) -> Scenario:
    """One thread leaves a scope that is open while another closes the container."""
    container = built(stage, "A", inside="B(A)")
    scopes: list[Any] = []

    def prepare() -> None:
        container.start_sync()
        scopes[:] = [container.resource_scope()]
        scopes[0].__enter__().get(B)
        scopes[0].detach()

    def leave() -> None:
        scopes[0].__exit__(None, None, None)

    made = scenario(container, leave, close(stage, container), allowed=(ContainerClosedError,), laws=("L46", "L15"))
    made.prepare = prepare
    return made


def requests(stage: Stage) -> Scenario:
    """Two threads with a request scope each over one singleton that neither has opened."""
    container = built(stage, "A", inside="B(A)")
    return scenario(container, _request(container, B), _request(container, B), laws=("L47", "L2"))


def failing(stage: Stage) -> Scenario:
    """The opening fails in one thread while another waits for it."""
    container = built(stage, "A", "B(A)")
    job = get(stage, container, B)
    return scenario(container, job, job, allowed=(Fault,), faults={"A.open": 1}, laws=("L43", "L7"))


def circle(stage: Stage) -> Scenario:
    """Two threads build A, which asks for B while it opens, and B, which asks for A."""
    container = built(stage, "A", "B")
    within = {"A.open": lambda: container.get(B), "B.open": lambda: container.get(A)}
    jobs = [lambda: container.get(A), lambda: container.get(B)]
    return scenario(container, *jobs, allowed=(CircularDependencyError,), within=within, laws=("L38",))


def waiting(stage: Stage) -> Scenario:
    """One thread waits on a latch, which another opens."""
    latches: list[Latch] = []

    def prepare() -> None:
        latches[:] = [Latch()]

    jobs = [lambda: latches[0].block(), lambda: latches[0].set()]
    return Scenario(jobs, prepare, latches.clear, laws=("L43", "L41"))


def own_locks(stage: Stage) -> Scenario:
    """A's opening takes a lock of the user's; another thread holds it and builds B, which has nothing to do with A."""
    container = built(stage, "A", "B")
    lock = UserLock()

    def take() -> None:
        with lock:
            stage.world.pause()

    def other() -> Any:
        with lock:
            return container.get(B)

    return scenario(container, lambda: container.get(A), other, within={"A.open": take}, laws=("L42",))


def disjoint(stage: Stage) -> Scenario:
    """Two threads build what has nothing in common."""
    container = built(stage, "A", "B(A)", "C", "D(C)")
    return scenario(container, get(stage, container, B), get(stage, container, D), laws=("L42", "L41"))


def override_and_get(stage: Stage) -> Scenario:
    """One thread overrides a resource and undoes it while another gets what needs it."""
    container = built(stage, "A", "B(A)")
    other = resource(node(stage, "X"))

    def override() -> None:
        with container.override(A, other):
            container.get(A)

    return scenario(container, override, lambda: container.get(B), laws=("L57", "L41"))


def bind_and_get(stage: Stage) -> Scenario:
    """One thread binds another key while one gets."""
    container = built(stage, "A", "B(A)")
    target = node(stage, "C")

    def bind_more() -> None:
        container.bind(C, resource(scope="singleton")(target))
        container.get(C)

    made = scenario(container, bind_more, get(stage, container, B))

    def prepare() -> None:
        container.engine.reopen()
        container.engine.used.discard(C)

    made.prepare = prepare
    return made


def start_and_get(stage: Stage) -> Scenario:
    """One thread starts everything while another gets; the last resource fails once."""
    container = built(stage, "A", "B(A)", "C(B)")
    jobs = [container.start_sync, get(stage, container, B)]
    return scenario(container, *jobs, allowed=(Fault,), faults={"C.open": 1}, laws=("L4", "L41"))


def reset_and_get(stage: Stage) -> Scenario:
    """One thread resets a resource while another gets what needs it."""
    container = built(stage, "A", "B(A)")
    made = scenario(container, lambda: container.reset(A), lambda: container.get(B), laws=("L58", "L41"))
    made.prepare = container.start_sync
    return made


def forget_and_get(stage: Stage) -> Scenario:
    """One thread drops a container that is closed, in a reference cycle, and collects it, while another gets."""
    container = built(stage, "A", "B(A)")

    def forget() -> None:
        other: Any = Container()
        other.bind("x", object)
        other.get("x")
        other.close()
        other.me = other
        del other
        gc.collect(0)

    return scenario(container, forget, get(stage, container, B), laws=("L16", "L41"))


# the declarative face


def _family(stage: Stage) -> Any:
    class Family(containers.DeclarativeContainer):
        a = providers.Resource(node(stage, "A"))
        b = providers.Singleton(_Holder, a=a)

    return Family()


class _Holder:
    def __init__(self, a: Value) -> None:
        self.a = a


def declared(stage: Stage, *jobs: Job, family: Any, **options: Any) -> Scenario:
    """Return the scenario of *jobs* on a declarative container."""

    def prepare() -> None:
        family.b.reset()

    def finish() -> None:
        family.shutdown_resources()

    family.b()
    finish()
    return Scenario(list(jobs), prepare, finish, **options)


def provider_calls(stage: Stage) -> Scenario:
    """Two threads call the same singleton provider, which needs a resource."""
    family = _family(stage)
    return declared(stage, family.b, family.b, family=family, one_value=True)


def shutdown_and_call(stage: Stage) -> Scenario:
    """One thread shuts the resource down while another calls it."""
    family = _family(stage)
    jobs = [family.shutdown_resources, family.b]
    return declared(stage, *jobs, family=family, allowed=(ContainerClosedError,), laws=("L37", "L41"))


def two_shutdowns(stage: Stage) -> Scenario:
    """Two threads shut down what is open."""
    family = _family(stage)
    made = declared(stage, family.shutdown_resources, family.a.shutdown, family=family, laws=("L15", "L41"))
    made.prepare = lambda: (family.b.reset(), family.b())
    return made


def reset_and_call(stage: Stage) -> Scenario:
    """One thread resets a singleton provider while another calls it."""
    family = _family(stage)
    return declared(stage, lambda: (family.b.reset(), family.b()), family.b, family=family)


def first_calls(stage: Stage) -> Scenario:
    """Two threads are the first to call providers that nothing was compiled for."""
    held: list[Any] = []

    def prepare() -> None:
        held[:] = [_family(stage)]

    return Scenario(
        [lambda: held[0].b(), lambda: held[0].b()], prepare, lambda: held[0].shutdown_resources(), one_value=True
    )


SCENARIOS: dict[str, Callable[[Stage], Scenario]] = {
    "same": same("A"),
    "same-class": same("A:methods"),
    "same-plain": same("A:plain"),
    "chain": same("A", "B(A)"),
    "diamond": same("A", "B(A)", "C(A)", "D(B,C)"),
    "same-3": same("A", n=3),
    "chain-4": same("A", "B(A)", n=4),
    "get-close": get_and_close("A"),
    "chain-close": get_and_close("A", "B(A)"),
    "get-2-close": get_and_close("A", n_gets=2),
    "get-close-2": get_and_close("A", n_closes=2),
    "closes-2": closes(2),
    "closes-3": closes(3),
    "close-scope": close_and_scope,
    "leave-close": leave_and_close,
    "requests": requests,
    "failing": failing,
    "circle": circle,
    "waiting": waiting,
    "own-locks": own_locks,
    "disjoint": disjoint,
    "override-get": override_and_get,
    "bind-get": bind_and_get,
    "start-get": start_and_get,
    "reset-get": reset_and_get,
    "forget-get": forget_and_get,
    "provider-calls": provider_calls,
    "shutdown-call": shutdown_and_call,
    "two-shutdowns": two_shutdowns,
    "reset-call": reset_and_call,
    "first-calls": first_calls,
}
"""Scenarios by name."""
if not hasattr(Container, "reset"):
    del SCENARIOS["reset-get"]
