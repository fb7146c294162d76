"""Ray: actors that each start a container, serve tasks, and close it before they end."""

import importlib
import inspect
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from tenure.away import ContainerRef, WorkerFacts
from tenure.errors import BindingError, ContainerClosedError, MissingExtraError
from tenure.injection import Inject
from tenure.model.bounds import check_count

__all__ = ["ContainerRef", "Inject", "RayResources"]


class RayResources:
    """
    A number of Ray actors, each with a container of its own; enter it with `with`.

    The actors start the container when they are made, and again where Ray replaces one that died. Leaving closes the
    containers and ends the actors: `ray.shutdown()` closes nothing, and the workers of Ray's plain tasks end without
    running any code of theirs, so that nothing should be open in those.

    Args:
        ref: where the container is; Ray's workers have to be able to import that module.
        n_workers: how many actors, >= 1.
        max_restarts: how often Ray replaces an actor that died, and has its task done again; -1: without a limit.
        **options: of the actors, as in `ray.remote(**options)`: `num_cpus=1`, `max_concurrency=4`.

    Raises:
        BindingError: *ref* is no ContainerRef, or *n_workers* is less than 1.

    Raises on entering:
        MissingExtraError: Ray is not installed.
        ray.exceptions.ActorDiedError: a container could not be started; the text says why. The other actors are ended.
    """

    def __init__(self, ref: ContainerRef, n_workers: int = 1, *, max_restarts: int = -1, **options: Any) -> None:
        if not isinstance(ref, ContainerRef):
            raise BindingError(f"RayResources takes a ContainerRef, for that can be sent to workers, not {ref!r}")
        check_count("n_workers", n_workers)
        self.ref: ContainerRef = ref
        self._n_workers = n_workers
        self._options = {"max_restarts": max_restarts, "max_task_retries": max_restarts, **options}
        self._actors: list[Any] = []
        self._n_given = 0

    def __enter__(self) -> Self:
        ray = _ray()
        actor: Any = ray.remote(**self._options)(_Worker)
        self._actors = [actor.remote(self.ref) for _ in range(self._n_workers)]
        try:
            ray.get([each.describe.remote() for each in self._actors])
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """
        Wait for what the actors are at, close their containers, end them.

        Raises:
            CloseError: what closing code raised in one of them; everything else is closed all the same.
        """
        self._end()

    def submit(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """
        Have one of the actors call *function*, in turns; return a `ray.ObjectRef` of what it returns.

        Args:
            function: one under `ref.inject`, plain or a coroutine function, or any other that can be sent.
            *args: its arguments; Ray's object references among them are resolved.
            **kwargs: those by name.

        Raises:
            ContainerClosedError: it is not entered.
        """
        if not self._actors:
            raise ContainerClosedError("the pool of actors")
        self._n_given += 1
        actor = self._actors[self._n_given % len(self._actors)]
        return actor.call.remote(function, *args, **kwargs)

    def map(self, function: Callable[..., Any], *iterables: Iterable[Any]) -> list[Any]:
        """Call *function* with the items of *iterables*, as `map` does, and wait for the results; see `submit`."""
        ray = _ray()
        results: list[Any] = ray.get([self.submit(function, *args) for args in zip(*iterables, strict=False)])
        return results

    def describe_workers(self) -> list[WorkerFacts]:
        """Return what each actor has done with the container; for tests."""
        ray = _ray()
        facts: list[WorkerFacts] = ray.get([each.describe.remote() for each in self._actors])
        return facts

    def _end(self) -> None:
        ray = _ray()
        actors, self._actors = self._actors, []
        closing = [each.close.remote() for each in actors]
        failed = []
        for each in closing:
            try:
                ray.get(each)
            except ray.exceptions.RayActorError:  # it is gone for good, and nothing is left to close
                continue
            except Exception as error:  # noqa: BLE001 - the others are closed first
                failed.append(error)
        for actor in actors:
            ray.kill(actor, no_restart=True)
        if failed:
            raise failed[0]


def _ray() -> Any:
    """Return the module, which is loaded only when it is needed."""
    try:
        return importlib.import_module("ray")
    except ModuleNotFoundError as error:
        raise MissingExtraError("ray", "ray", "tenure.ext.ray") from error


class _Worker:
    """What runs in the process of an actor."""

    def __init__(self, ref: ContainerRef) -> None:
        self._ref = ref
        ref.start_sync()

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if inspect.iscoroutinefunction(function):
            return self._ref.run(function, *args, **kwargs)
        return function(*args, **kwargs)

    def describe(self) -> WorkerFacts:
        return self._ref.describe()

    def close(self) -> None:
        self._ref.close()

    def __ray_shutdown__(self) -> None:
        """Close it as well where the actor is ended by someone else; Ray calls this, where it ends one in order."""
        self._ref.close()
