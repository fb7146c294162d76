"""
The resolvers of `app:container`: functions of a few shapes, and what each binding fills in.

Tenure 0.1.0 wrote it; do not edit. A container that is given it refuses it when its bindings are no longer these.
To renew it:

    tenure compile app:container -o wiring.py
"""

from __future__ import annotations

from typing import Any

from tenure.compile.ahead import Compiled, Row


def resolver_1(value: Any) -> Any:
    def resolve(scope: Any) -> Any:
        return value

    return resolve


def aresolver_1(value: Any) -> Any:
    async def resolve(scope: Any) -> Any:
        return value

    return resolve


def aresolver_2(amiss: Any, key: Any, cache: Any) -> Any:
    async def resolve(scope: Any) -> Any:
        try:
            return cache[key]
        except KeyError:
            pass
        return await amiss(scope)

    return resolve


def preparer_1(make: Any, value: Any) -> Any:
    def prepare(scope: Any) -> Any:
        a0 = value
        return lambda: make(a0)

    return prepare


def apreparer_1(make: Any, value: Any) -> Any:
    async def prepare(scope: Any) -> Any:
        a0 = value
        return lambda: make(a0)

    return prepare


def preparer_2(make: Any, get: Any, constant: Any) -> Any:
    def prepare(scope: Any) -> Any:
        a0 = get(scope)
        a1 = constant
        return lambda: make(a0, a1)

    return prepare


def apreparer_2(make: Any, aget: Any, constant: Any) -> Any:
    async def prepare(scope: Any) -> Any:
        a0 = await aget(scope)
        a1 = constant
        return lambda: make(a0, a1)

    return prepare


def resolver_2(make: Any, get: Any, value: Any) -> Any:
    def resolve(scope: Any) -> Any:
        return make(get(scope), value)

    return resolve


def aresolver_3(make: Any, aget: Any, value: Any) -> Any:
    async def resolve(scope: Any) -> Any:
        return make(await aget(scope), value)

    return resolve


# Of each binding: its key; its place in the order of binding (0: bound by itself); how its value is made; the keys of
# what serves it; facts (its nearest resources, its nearest shared values, whether getting it may wait, whether anything
# below it is asynchronous, the scopes whose values it needs, how long its longest chain is); its resolver and what
# prepares its call, each plain and asynchronous.
ROWS: tuple[Row, ...] = (
    (
        "tenure.container.Container",
        1,
        "singleton, an object of tenure.container.Container",
        (),
        ((), (), False, False, (), 1),
        (("resolver_1", "target"), ("aresolver_1", "target"), None, None),
    ),
    (
        "tenure.binder.Binder",
        2,
        "singleton, an object of tenure.container.Container",
        (),
        ((), (), False, False, (), 1),
        (("resolver_1", "target"), ("aresolver_1", "target"), None, None),
    ),
    (
        "app.Settings",
        3,
        "singleton, an object of app.Settings",
        (),
        ((), (), False, False, (), 1),
        (("resolver_1", "target"), ("aresolver_1", "target"), None, None),
    ),
    (
        "app.Database",
        4,
        "singleton, app.open_database(settings: app.Settings), generator",
        ("app.Settings",),
        ((), (), True, False, (), 2),
        (
            ("", "kept"),
            ("aresolver_2", "amiss", "key", "root_cache"),
            ("preparer_1", "target", "target app.Settings"),
            ("apreparer_1", "target", "target app.Settings"),
        ),
    ),
    (
        "app.Users",
        5,
        "singleton, app.Users(database: app.Database, limit: builtins.int = ...)",
        ("app.Database",),
        (("app.Database",), (), True, False, (), 3),
        (
            ("", "kept"),
            ("aresolver_2", "amiss", "key", "root_cache"),
            ("preparer_2", "target", "resolver app.Database", "constant 1"),
            ("apreparer_2", "target", "aresolver app.Database", "constant 1"),
        ),
    ),
    (
        "app.Page",
        6,
        "transient, app.Page(users: app.Users, settings: app.Settings)",
        ("app.Users", "app.Settings"),
        (("app.Database",), ("app.Users",), True, False, (), 4),
        (
            ("resolver_2", "target", "resolver app.Users", "target app.Settings"),
            ("aresolver_3", "target", "aresolver app.Users", "target app.Settings"),
            None,
            None,
        ),
    ),
)

COMPILED = Compiled(
    "app:container",
    made_by=("0.1.0", 1),
    ladder=("request", "call"),
    shapes=(
        resolver_1,
        aresolver_1,
        aresolver_2,
        preparer_1,
        apreparer_1,
        preparer_2,
        apreparer_2,
        resolver_2,
        aresolver_3,
    ),
    rows=ROWS,
)
