"""Find the functions that the routes of an application call, without importing the framework."""

import inspect
from collections.abc import Iterator
from typing import Any


def functions_of(app: Any) -> list[Any]:
    """Return the endpoints of *app*, an application of Starlette, FastAPI or aiohttp, and what they depend on."""
    found: dict[int, Any] = {}
    for routes in _tables(app):
        for route in routes:
            ends = (getattr(route, "endpoint", None), getattr(route, "handler", None))
            for function in (*ends, *_called(getattr(route, "dependant", None))):
                if isinstance(function, type) or inspect.isroutine(function):
                    found[id(function)] = function
    return list(found.values())


def _tables(app: Any) -> Iterator[list[Any]]:
    """Go through the routes of *app* and of everything inside it that has any, each once."""
    waiting, seen = [app, getattr(app, "router", None)], set()
    for each in waiting:  # it grows while it is walked
        table = _table_of(each)
        if table and id(each) not in seen:
            seen.add(id(each))
            yield table
            for route in table:
                waiting += (route, getattr(route, "app", None), getattr(route, "original_router", None))


def _table_of(router: Any) -> list[Any]:
    """Return the routes of *router*, of whatever kind it is; none of what is no router that is known here."""
    routes = getattr(router, "routes", None)
    if type(router).__module__.startswith("aiohttp."):
        return list(router.routes()) if callable(routes) else []
    return list(routes) if isinstance(routes, list | tuple) else []


def _called(dependant: Any) -> Iterator[Any]:
    """Go through what FastAPI calls for *dependant*."""
    if dependant is not None:
        yield getattr(dependant, "call", None)
        for each in getattr(dependant, "dependencies", ()):
            yield from _called(each)
