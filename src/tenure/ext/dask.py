"""Dask: a plugin that starts the container of each worker process, and closes it with the worker."""

from typing import Any

from tenure.away import ContainerRef, WorkerFacts
from tenure.errors import BindingError
from tenure.injection import Inject

try:
    from distributed import WorkerPlugin
except ModuleNotFoundError as _error:
    from tenure.errors import MissingExtraError

    raise MissingExtraError("distributed", "dask", "tenure.ext.dask") from _error

__all__ = ["ContainerRef", "DaskResources", "Inject", "describe_workers"]

_users: dict[ContainerRef, set[int]] = {}
"""The workers of this process that have the plugin, by the `id` of each: several may share a process, and its loop."""


class DaskResources(WorkerPlugin):
    """
    Has the resources of a container open on every worker, also those that join later or are restarted.

    `client.register_plugin(DaskResources(ref))`, once; registering it again is a no-op. The container is started on the
    worker's event loop, where `async def` tasks run as well; tasks on threads are given what lives there. It is closed
    when the worker goes: scaled down, retired, restarted, shut down, or when the plugin is unregistered
    (`client.unregister_worker_plugin(plugin.name)`).

    Args:
        ref: where the container is; workers have to be able to import that module.
        name: of the plugin, as Dask knows it; None: one that has the target of *ref* in it.

    Raises:
        BindingError: *ref* is something else.
        From `client.register_plugin`: what `ContainerRef.start` raises on a worker. The calls there try again.
    """

    idempotent = True

    def __init__(self, ref: ContainerRef, *, name: str | None = None) -> None:
        if not isinstance(ref, ContainerRef):
            raise BindingError(f"DaskResources takes a ContainerRef, for that can be sent to workers, not {ref!r}")
        self.ref: ContainerRef = ref
        self.name: str = f"tenure-{ref!r}" if name is None else name

    def __repr__(self) -> str:
        return f"DaskResources({self.ref!r})"

    async def setup(self, worker: Any) -> None:
        """Start the container of the process, unless another worker in it has; called by Dask."""
        users = _users.setdefault(self.ref, set())
        users.add(id(worker))
        try:
            await self.ref.start()
        except BaseException:
            users.discard(id(worker))
            self.ref.start_at_call()
            raise

    async def teardown(self, worker: Any) -> None:
        """Close the container of the process, unless another worker in it still has the plugin; called by Dask."""
        users = _users.get(self.ref, set())
        users.discard(id(worker))
        if not users:
            await self.ref.aclose()


def describe_workers(client: Any, ref: ContainerRef) -> dict[str, WorkerFacts]:
    """
    Return what each worker has done with the container of *ref*, by its address; for tests.

    Args:
        client: a `distributed.Client` that is not asynchronous.
        ref: where the container is.
    """
    facts: dict[str, WorkerFacts] = client.run(ref.describe)
    return facts
