"""
Families: which engine serves a provider.

Providers that are copied for one container, or need one another, share an engine, so that one scope owns what they
open and one order closes it. A family begins with one provider or container, and joins others as bindings show them.
"""

import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from tenure.errors import BindingError, TenureError
from tenure.model.graph import Graph
from tenure.providers.bindings import alias
from tenure.runtime.engine import Engine
from tenure.runtime.forgotten import owed_by, warn_of
from tenure.runtime.joining import join_engines
from tenure.runtime.scope import State

LADDER = ("request",)
"""Names of the scopes that may be opened around calls, widest first."""
CLOSE_TIMEOUT_S = 10.0
"""Seconds for closing each asynchronous resource that sets no limit of its own."""

_joining = threading.RLock()


class Family:
    """Providers that are served by one engine: their own, made when first needed, or a type-driven container's."""

    __slots__ = ("__weakref__", "_engine", "_into", "_is_adopted")

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._into: Family | None = None
        self._is_adopted = False

    def __del__(self) -> None:
        """Warn of resources that nobody closed."""
        engine = getattr(self, "_engine", None)
        is_mine = engine is not None and self._into is None and not self._is_adopted
        owed = owed_by(engine.root) if is_mine and engine is not None else []
        if owed:
            way_out = "close them: `with container:`, or container.shutdown_resources()"
            warn_of(owed, "a container was dropped with resources still open", self, way_out)

    def top(self) -> "Family":
        """Return the family that this one has joined, itself if none."""
        family = self
        while family._into is not None:
            family = family._into
        return family

    @property
    def is_live(self) -> bool:
        """Whether it has an engine yet."""
        return self.top()._engine is not None

    @property
    def engine(self) -> Engine:
        """The engine, made now if need be."""
        family = self.top()
        if family._engine is None:
            with _joining:
                family = family.top()
                if family._engine is None:
                    family._engine = Engine(Graph({}, family.find), LADDER, CLOSE_TIMEOUT_S)
        return family._engine

    def find(self, key: Any) -> Any:
        """Return the binding that the provider *key* declares; None where it is no provider."""
        wanted = getattr(type(key), "__tenure_stands_for__", None)
        if wanted is not None:
            return self._standing_in(key, wanted(key))
        declare = getattr(type(key), "__tenure_binding__", None)
        if declare is None:
            return None
        admit(key, self)
        binding = declare(key)
        for each in binding.later:
            admit(each, self)
        return binding

    def _standing_in(self, key: Any, cls: Any) -> Any:
        """Return the binding of *key*, which nobody defined, to what the type-driven container has for *cls*."""
        if cls is object or not self.is_adopted or self.engine.graph.find(cls) is None:
            return None
        return alias(key, cls)

    @property
    def is_adopted(self) -> bool:
        """Whether the engine of a type-driven container serves it."""
        return self.top()._is_adopted

    def adopt(self, engine: Engine) -> None:
        """
        Have the engine of a type-driven container serve it.

        Raises:
            BindingError: that of another one serves it, which is not closed yet.
        """
        with _joining:
            family = self.top()
            before = family._engine
            if before is engine:
                return
            if family._is_adopted and before is not None and before.root.state is not State.CLOSED:
                raise BindingError(
                    "the declarative container is part of another container already; close that one first"
                )
            was_adopted = family._is_adopted

            def link() -> None:
                family._engine, family._is_adopted = engine, True

            if before is not None and not was_adopted:
                join_engines(engine, before, link)
            else:
                link()
            if before is not None and was_adopted:
                before.renew()  # what was found out in it is so no more

    def join(self, other: "Family") -> "Family":
        """Make one family of this one and *other*; return it."""
        with _joining:
            mine, theirs = self.top(), other.top()
            if mine is theirs:
                return mine
            if mine._engine is None or (theirs._is_adopted and not mine._is_adopted):
                mine, theirs = theirs, mine

            def link() -> None:
                theirs._into = mine

            if theirs._engine is not None and mine._engine is not None:
                join_engines(mine._engine, theirs._engine, link)
            else:
                link()
            return mine


def family_of(provider: Any) -> Family:
    """Return the family of *provider*, a new one if it has none yet."""
    family: Family | None = provider._family
    if family is None:
        with _joining:
            if provider._family is None:
                provider._family = Family()
            family = provider._family
    assert family is not None, "made above"
    return family.top()


def engine_of(provider: Any) -> Engine:
    """Return the engine that serves *provider*, with everything that it needs among what the engine serves."""
    family = family_of(provider)
    engine = family.engine
    while provider not in engine.graph.bindings:
        with suppress(TenureError):  # told when it is asked for
            engine.graph.order((provider,), engine.resolvers)  # whatever it needs joins its family on the way
        if family.engine is engine:
            break
        engine = family.engine
    return engine


def admit(provider: Any, family: Family) -> None:
    """Make *provider* a member of *family*, with everything that it is in one family with."""
    own = provider._family
    if own is None:
        provider._family = family.top()
    elif own.top() is not family.top():
        own.join(family)


def renew(providers: Iterable[Any]) -> None:
    """What *providers* declare has changed: forget what was compiled of it."""
    for family in {each._family.top() for each in providers if each._family is not None}:
        if family.is_live:
            family.engine.renew()
