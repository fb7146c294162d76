"""FastAPI: a container that starts and stops with the application, a scope per request, values as its own `Depends`."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from tenure.ext.starlette import setup
from tenure.injection import Inject, inject
from tenure.keys import show

T = TypeVar("T")

__all__ = ["Inject", "Injected", "dependency", "inject", "setup"]


@functools.cache
def dependency(key: Any) -> Callable[..., Any]:
    """
    Return the function that FastAPI calls for *key* where a parameter is `Injected[key]`; the same one each time.

    So `app.dependency_overrides[dependency(Users)] = lambda: FakeUsers()` replaces it in one application.

    Args:
        key: as for `Container.get`; hashable.
    """

    async def resolved(value: Any) -> Any:
        return value

    resolved.__kwdefaults__ = None
    resolved.__defaults__ = (Inject[key],)
    resolved.__annotations__.clear()
    resolved.__qualname__ = f"Injected[{show(key)}]"
    return inject(resolved)


if TYPE_CHECKING:
    Injected = Annotated[T, "injected"]
    """`users: Injected[Users]` is `users: Annotated[Users, Depends(dependency(Users))]`."""
else:

    class Injected:
        """`users: Injected[Users]` is `users: Annotated[Users, Depends(dependency(Users))]`."""

        def __class_getitem__(cls, key: Any) -> Any:
            from fastapi import Depends  # noqa: PLC0415 - loads the framework only with it

            return Annotated[key, Depends(dependency(key))]
