"""
Small programs on the synchronous face, to be interrupted anywhere: each builds its containers once, for many runs.

A play is prepared and finished undisturbed; its body is what is interrupted. To finish is what a user does last: close.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from tenure import Container, Inject, Retry, inject, resource
from tests.laws.threads.nodes import A, B, D, Stage, Value, bind, key_of, node


def nothing() -> None:
    """Do nothing."""


@dataclass(slots=True)
class Play:
    """One program, for any number of runs."""

    body: Callable[[], Any]
    finish: Callable[[], Any]
    prepare: Callable[[], Any] = nothing
    """Before each run."""
    faults: tuple[str, ...] = ()
    """Places that always fail."""
    containers: Callable[[], tuple[Container, ...]] = tuple
    """What plays."""


def built(stage: Stage, *written: str, lifetime: str = "singleton", **options: Any) -> Container:
    """Return a container of nodes; see `nodes.node`."""
    container = Container()
    bind(container, stage, *written, lifetime=lifetime, **options)
    return container


def play(container: Container, body: Callable[[], Any], faults: tuple[str, ...] = ()) -> Play:
    """Return the play of *body*, which begins with *container* new and ends with closing it."""
    return Play(body, container.close, container.engine.reopen, faults, lambda: (container,))


def getting(*written: str) -> Callable[[Stage], Play]:
    """Get the last of the nodes *written*."""

    def make(stage: Stage) -> Play:
        container = built(stage, *written)
        key = key_of(written[-1])
        return play(container, lambda: container.get(key))

    return make


def getting_twice(stage: Stage) -> Play:
    """Get a chain; who is interrupted gets it again, then closes."""
    container = built(stage, "A", "B(A)")

    def finish() -> None:
        try:
            container.get(B)
        finally:
            container.close()

    return Play(lambda: container.get(B), finish, container.engine.reopen, containers=lambda: (container,))


def scoped(*written: str) -> Callable[[Stage], Play]:
    """Enter a request scope, get the last node in it, leave it; a singleton D stands outside."""

    def make(stage: Stage) -> Play:
        container = built(stage, *written, lifetime="request")
        bind(container, stage, "D")
        key = key_of(written[-1]) if written else D

        def body() -> None:
            with container.resource_scope() as scope:
                scope.get(key)

        return play(container, body)

    return make


def two_scopes(stage: Stage) -> Play:
    """One scope inside another, with a resource in each."""
    container = Container(scopes=("session", "request"))
    bind(container, stage, "A", lifetime="session")
    bind(container, stage, "B(A)", lifetime="request")

    def body() -> None:
        with container.resource_scope("session"), container.resource_scope("request") as scope:
            scope.get(B)

    return play(container, body)


def transients(stage: Stage) -> Play:
    """Two transient resources in a scope."""
    container = built(stage, "A", lifetime="transient")

    def body() -> None:
        with container.resource_scope() as scope:
            scope.get(A)
            scope.get(A)

    return play(container, body)


def closing(*written: str) -> Callable[[Stage], Play]:
    """Close a container with the nodes *written* open."""

    def make(stage: Stage) -> Play:
        container = built(stage, *written)
        made = play(container, container.close)
        made.prepare = container.start_sync
        return made

    return make


def closing_around_a_scope(stage: Stage) -> Play:
    """Close a container while a scope is open inside it."""
    container = built(stage, "A")
    bind(container, stage, "B(A)", lifetime="request")
    handles: list[Any] = []

    def prepare() -> None:
        container.start_sync()
        handles.append(container.resource_scope())
        handles[-1].__enter__().get(B)

    def finish() -> None:
        try:
            container.close()
        finally:
            handles.pop().detach()

    return Play(container.close, finish, prepare, containers=lambda: (container,))


def with_container(stage: Stage) -> Play:
    """Start, use and close by `with`."""
    container = built(stage, "A", "B(A)")

    def body() -> None:
        with container:
            container.get(B)

    return play(container, body)


def with_container_failing(stage: Stage) -> Play:
    """A `with` whose body raises."""
    container = built(stage, "A", "B(A)")

    def body() -> None:
        with container:
            raise LookupError

    return play(container, body)


def rolling_back(stage: Stage) -> Play:
    """Start a chain whose end fails to open."""
    container = built(stage, "A", "B(A)", "C(B)")
    return play(container, container.start_sync, ("C.open",))


def failing_to_close(stage: Stage) -> Play:
    """Close a chain whose middle fails to close."""
    made = closing("A", "B(A)", "C(B)")(stage)
    made.faults = ("B.close",)
    return made


def overriding(stage: Stage) -> Play:
    """Override a resource that is open, get what needs it, undo."""
    container = built(stage, "A", "B(A)")
    other = resource(node(stage, "X"))

    def body() -> None:
        container.get(B)
        with container.override(A, other):
            stage.world.era = " overridden"
            container.get(B)
        stage.world.era = ""
        container.get(B)

    return play(container, body)


def injected(stage: Stage) -> Play:
    """Call an injected function that is a scope."""
    container = built(stage, "A")
    bind(container, stage, "B(A)", lifetime="call")

    @inject(container=container, scope="call")
    def function(b: Annotated[B, Inject()]) -> Any:
        return b

    return play(container, function)


def resetting(stage: Stage) -> Play:
    """Reset a resource that another one needs, and get them anew."""
    container = built(stage, "A", "B(A)")

    def body() -> None:
        container.get(B)
        container.reset(A)
        container.get(B)

    return play(container, body)


def bound_instance(stage: Stage) -> Play:
    """The method of an instance that was bound opens it."""

    class Database(Value):
        def __init__(self) -> None:
            super().__init__("A", ("A", 0), ())

        def initialize(self) -> None:
            self.life = stage.opened("A", (), "root").life

        def dispose(self) -> None:
            stage.closed(self, None)

        def work(self) -> str:
            return self.name

    container = Container()
    cls = resource(Database)
    objects: list[Any] = []

    def prepare() -> None:
        container.engine.reopen()
        objects[:] = [cls()]

    def body() -> None:
        container.bind("db", objects[0])
        objects[0].work()

    made = play(container, body)
    made.prepare = prepare
    return made


def cold(stage: Stage) -> Play:
    """Build a container, bind, get, close: nothing is compiled yet."""
    held: list[Container] = []

    def body() -> None:
        held[:] = [built(stage, "A", "B(A)")]
        held[0].get(B)

    def finish() -> None:
        if held:
            held.pop().close()

    return Play(body, finish, containers=lambda: tuple(held))


def retried(stage: Stage) -> Play:
    """An opening that fails and is tried again, without a pause."""
    container = built(stage, "A", retry=Retry(attempts=2, backoff=0.0))
    return play(container, lambda: container.get(A), ("A.open",))


PLAYS: dict[str, Callable[[Stage], Play]] = {
    "get-gen": getting("A"),
    "get-cm": getting("A:cm"),
    "get-context": getting("A:context"),
    "get-methods": getting("A:methods"),
    "get-plain": getting("A", "B:plain(A)"),
    "get-chain": getting("A", "B(A)", "C:context(B)"),
    "get-diamond": getting("A", "B(A)", "C:context(A)", "D:cm(B,C)"),
    "get-again": getting_twice,
    "scope-empty": scoped(),
    "scope-gen": scoped("A"),
    "scope-context": scoped("A:context"),
    "scope-methods": scoped("A:methods"),
    "scope-chain": scoped("A", "B:context(A)", "C:cm(B)"),
    "two-scopes": two_scopes,
    "transients": transients,
    "close-gen": closing("A"),
    "close-context": closing("A:context"),
    "close-methods": closing("A:methods"),
    "close-chain": closing("A", "B:context(A)", "C:cm(B)"),
    "close-diamond": closing("A", "B(A)", "C:context(A)", "D:cm(B,C)"),
    "close-around-scope": closing_around_a_scope,
    "close-failing": failing_to_close,
    "with": with_container,
    "with-failing": with_container_failing,
    "rollback": rolling_back,
    "override": overriding,
    "inject": injected,
    "reset": resetting,
    "bound-instance": bound_instance,
    "cold": cold,
    "retry": retried,
}
"""Programs by name."""
if not hasattr(Container, "reset"):
    del PLAYS["reset"]
