"""
Starting the container that a reference leads to, of either face.

A declarative container is served by a type-driven one that has only that in it; its resources are opened with it.
"""

import sys
import weakref
from typing import Any

from tenure.container import Container
from tenure.runtime.refusing import to_await
from tenure.runtime.starting import eager_keys

SCOPE = "task"
"""Name of the scope around each call, in containers that have it."""
_servings: "weakref.WeakKeyDictionary[Any, Container]" = weakref.WeakKeyDictionary()
"""The type-driven container around each declarative one; a fork changes nothing in that."""


def serving(container: Any) -> Container:
    """Return the type-driven container that serves *container*: itself, or the one that includes it."""
    if isinstance(container, Container):
        return container
    served = _servings.get(container)
    if served is None:
        served = Container(scopes=("request", SCOPE))
        served.include(container)
        _servings[container] = served
    return served


def has_to_wait(container: Any, served: Container) -> bool:
    """Tell whether anything that a start of *container*, served by *served*, opens has to be awaited."""
    engine = served.engine
    wanted = eager_keys(engine)
    if container is not served:
        wanted += list(container.traverse([sys.modules["tenure.providers"].BaseResource]))
    return any(to_await(engine, engine.graph.require(key), engine.root) for key in wanted)


async def start(container: Any, served: Container) -> None:
    """Start *container*, served by *served*; raises the first failure, with everything closed again."""
    try:
        await served.start()  # which opens it again, where it was closed
        if container is not served:
            await container.init_resources()
    except BaseException as error:
        await served.__aexit__(type(error), error, error.__traceback__)
        raise


def start_sync(container: Any, served: Container) -> None:
    """Do the same without a loop."""
    try:
        served.start_sync()
        if container is not served:
            sys.modules["tenure.containers.starting"].init_resources_sync(container)
    except BaseException as error:
        served.__exit__(type(error), error, error.__traceback__)
        raise
