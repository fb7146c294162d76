"""
The resources of the scenarios: they wait a little while they open and close, fail where told to, and record everything.

A node is written "A", "B:gen", "C:class(A,B)", "D@request(A)": its name, its flavour (async generator where none is
given), the scope it lives in (the container where none is given) and what it needs.
"""

import inspect
import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.laws.rig.trace import CLOSE_FAILED, CLOSED, CLOSING, FAILED, INTERRUPTED, OPENED, Life
from tests.laws.schedules.straddling import held
from tests.laws.schedules.world import Value, World, request

_NODE = re.compile(r"(?P<name>\w+?)(?::(?P<flavour>\w+))?(?:@(?P<scope>\w+))?(?:\((?P<needs>[\w,]*)\))?")


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a graph."""

    name: str
    flavour: str
    needs: tuple[str, ...]
    scope: str = "singleton"

    @classmethod
    def parse(cls, text: str) -> "Node":
        """Return the node written *text*."""
        found = _NODE.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no node")
        needs = tuple(need for need in (found["needs"] or "").split(",") if need)
        return cls(found["name"], found["flavour"] or "agen", needs, found["scope"] or "singleton")


def target(node: Node, world: World, key: type, needs: list[Any]) -> Any:
    """Return what makes the value of *node*: a function or class whose parameters ask for *needs*."""
    makers = {"agen": _agen, "gen": _gen, "class": _class, "plain": _plain}
    maker = makers.get(node.flavour) or partial(_straddling, kind=node.flavour)
    made = maker(Keeper(node.name, world, key, node.scope != "singleton"))
    function = made.__init__ if isinstance(made, type) else made
    parameters = [
        inspect.Parameter(f"n{number}", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=need)
        for number, need in enumerate(needs)
    ]
    made.__signature__ = inspect.Signature(parameters)
    function.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return made


@dataclass(slots=True)
class Keeper:
    """Opens and closes instances of one node."""

    name: str
    world: World
    key: type
    in_request: bool

    def scope(self) -> str:
        """Return the scope that owns what is opened now, as the case knows it."""
        return request.get() if self.in_request else f"root{self.world.era}"

    def begin(self, given: tuple[Value, ...]) -> Life:
        """Note that opening begins with *given*."""
        needs = tuple(life for value in given for life in value.lives)
        return self.world.trace.opening(self.name, needs, self.scope())

    def opened(self, life: Life, value: Value) -> Value:
        """Note that opening ended well."""
        value.life, value.lives = life, (life,)
        self.world.live[life] = value
        self.world.trace.note(OPENED, life, scope=self.scope())
        return value

    async def aopen(self, life: Life) -> None:
        """Wait, fail where told to."""
        world, place = self.world, f"{self.name}.open"
        assert world.pause is not None
        try:
            await world.pause()
            if place in world.within:
                await world.within[place]()
            if world.fails(place):
                raise world.fault(place)
        except BaseException as error:
            world.trace.note(FAILED, life, error)
            raise

    async def aclose(self, life: Life, shown: BaseException | None) -> None:
        """Note that closing begins, wait, fail where told to; note how it ended."""
        world, place = self.world, f"{self.name}.close"
        assert world.pause is not None
        world.trace.note(CLOSING, life, shown)
        try:
            await world.pause()
            if place in world.within:
                await world.within[place]()
        except BaseException as error:
            self._ended(INTERRUPTED if world.is_cancellation(error) else CLOSE_FAILED, life, error)
            raise
        self._end(life, place)

    def close(self, life: Life, shown: BaseException | None) -> None:
        """Close at once."""
        self.world.trace.note(CLOSING, life, shown)
        self._end(life, f"{self.name}.close")

    def _end(self, life: Life, place: str) -> None:
        if self.world.fails(place):
            error = self.world.fault(place)
            self._ended(CLOSE_FAILED, life, error)
            raise error
        self._ended(CLOSED, life)

    def _ended(self, act: str, life: Life, error: BaseException | None = None) -> None:
        self.world.live.pop(life, None)
        self.world.trace.note(act, life, error)


def _agen(node: Keeper) -> Any:
    async def opened(*given: Any) -> Any:
        life = node.begin(given)
        await node.aopen(life)
        shown = None
        try:
            yield node.opened(life, node.key())
        except BaseException as error:
            shown = error
            raise
        finally:
            await node.aclose(life, shown)

    return opened


def _straddling(node: Keeper, kind: str) -> Any:
    async def opened(*given: Any) -> Any:
        life = node.begin(given)
        await node.aopen(life)
        async with held(kind, node.world.within.get(f"{node.name}.child")):
            shown = None
            try:
                yield node.opened(life, node.key())
            except BaseException as error:
                shown = error
                raise
            finally:
                await node.aclose(life, shown)

    return opened


def _gen(node: Keeper) -> Any:
    def opened(*given: Any) -> Any:
        life = node.begin(given)
        if node.world.fails(f"{node.name}.open"):
            error = node.world.fault(f"{node.name}.open")
            node.world.trace.note(FAILED, life, error)
            raise error
        shown = None
        try:
            yield node.opened(life, node.key())
        except BaseException as error:
            shown = error
            raise
        finally:
            node.close(life, shown)

    return opened


def _class(node: Keeper) -> Any:
    class Opened(node.key):  # type: ignore[misc, name-defined]
        def __init__(self, *given: Any) -> None:
            super().__init__()
            self.given = given

        async def initialize(self) -> None:
            life = node.begin(self.given)
            await node.aopen(life)
            node.opened(life, self)

        async def dispose(self) -> None:
            await node.aclose(self.life, None)

    return Opened


def _plain(node: Keeper) -> Any:
    def made(*given: Any) -> Any:
        value = node.key()
        value.lives = tuple(life for each in given for life in each.lives)
        return value

    return made
