"""`Lifespan`: the resources of a declarative container live as long as a Starlette or FastAPI application."""

from types import TracebackType
from typing import Any

from tenure import wiring
from tenure.containers import Container
from tenure.containers.starting import shutdown_resources
from tenure.hosting.routes import functions_of
from tenure.hosting.serving import Serving, serving
from tenure.providers import BaseResource, Resource


class Lifespan:
    """
    Opens the resources of a container when an application starts and closes them when it stops.

    Give it as `lifespan=`. It may serve several applications, one after the other or at the same time: what they share
    is closed when the last one stops. Functions with `@inject` that no container was wired to get what they are marked
    with from this one while it runs; a route that would get nothing makes the start fail.

    Args:
        container: the container.
        resource_type: which of its resources; a subclass of `providers.BaseResource`. By default the start opens every
            `Resource`, and the stop closes whatever is open.
    """

    def __init__(self, container: Container, resource_type: type[BaseResource[Any]] = Resource) -> None:
        self.container: Container = container
        self.resource_type: type[BaseResource[Any]] = resource_type
        self._entered: list[Run] = []

    def __call__(self, app: Any) -> "Run":
        """Return a context manager for one run of *app*."""
        return Run(self.container, self.resource_type, app)

    async def __aenter__(self) -> None:
        """
        Open the resources.

        Raises:
            BaseException: the first failure; what had been opened is closed again.
        """
        run = self(None)
        await run.__aenter__()
        self._entered.append(run)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """
        Close the resources; they are shown the error that ended what they served.

        Raises:
            CloseError: what closing code raised; everything else is closed all the same.
        """
        await self._entered.pop().__aexit__(kind, error, traceback)


class Run:
    """One run of an application, from its start to its end."""

    def __init__(self, container: Container, resource_type: type[BaseResource[Any]], app: Any) -> None:
        self._container = container
        self._resource_type = resource_type
        self._app = app
        self._serving: Serving = serving(container)

    async def __aenter__(self) -> None:
        try:
            self._serving.begin(self._resource_type)
            await self._container.init_resources(self._resource_type)
            self._serving.wire()  # what was imported meanwhile
            wiring.check_wired(*functions_of(self._app))
        except BaseException as error:
            await self._end(error)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._end(error)

    async def _end(self, outcome: BaseException | None) -> None:
        try:
            if self._serving.end(self._resource_type):
                # everything, whatever requests opened and overrides left, unless a type was asked for
                which = BaseResource if self._resource_type is Resource else self._resource_type
                await shutdown_resources(self._container, which, outcome)
        finally:
            self._serving.unwire()
