"""
Puts a play on: classes and functions of its nodes, which write down what happens to them and misbehave as told.

One stage is one run. Two stages of the same play are equal in everything but identity.
"""

import abc
import collections
import contextlib
import textwrap
from typing import Annotated, Any

from tenure import Container, Retry, resource
from tests.compile.plays import ASYNC_KINDS, LADDER, SYNC_KINDS, Fault, Node, Play
from tests.compile.telling import error_of, look_of, text_of, value_of
from tests.engine.support import checkpoint

_GENERATOR = """
    {a}def target({parameters}):
        life = stage.make(name, [{arguments}])
        {wait}stage.{a_}at(life, "make")
        {wait}stage.{a_}at(life, "open")
        if stage.does(life, "open", "never"):
            return
        value = stage.value(key, life)
        stage.note("opened", life)
        try:
            yield value
        except GeneratorExit:
            stage.note("collected", life)
            raise
        except BaseException as error:
            {wait}stage.{a_}closing(life, error)
            if stage.does(life, "close", "twice"):
                yield value
            if stage.does(life, "close", "swallow"):
                return
            raise
        else:
            {wait}stage.{a_}closing(life, None)
            if stage.does(life, "close", "twice"):
                yield value
    """
_INIT = """
        def __init__({self_parameters}):
            self.life = stage.make(name, [{arguments}])
            stage.value(key, self.life, self)
            stage.at(self.life, "make")
    """
_CONTEXT = (
    "    class target(key):"
    + _INIT
    + """
        {a}def __{a_}enter__(self):
            {wait}stage.{a_}at(self.life, "open")
            stage.note("opened", self.life)
            return self

        {a}def __{a_}exit__(self, kind, error, trace):
            {wait}stage.{a_}closing(self.life, error)
            return stage.does(self.life, "close", "swallow")
    """
)
_METHODS = (
    "    class target(key):"
    + _INIT
    + """
        {a}def initialize(self):
            {wait}stage.{a_}at(self.life, "open")
            stage.note("opened", self.life)

        {a}def dispose(self):
            {wait}stage.{a_}closing(self.life, None)

        {a}def work(self):
            stage.note("worked", self.life)
            return self
    """
)
_CLOSED = (
    "    class target(key):"
    + _INIT
    + """
        def shut(self):
            stage.closing(self.life, None)
    """
)
_FUNCTION = """
    {a}def target({parameters}):
        life = stage.make(name, [{arguments}])
        {wait}stage.{a_}at(life, "make")
        return stage.value(key, life)
    """
_SOURCES = {
    "generator": _GENERATOR,
    "contextmanager": _GENERATOR,
    "context class": _CONTEXT,
    "methods class": _METHODS,
    "closed by name": _CLOSED,
    "class": "    class target(key):" + _INIT,
    "function": _FUNCTION,
}


class Fault1(Exception):
    """What nodes raise on purpose."""


class Odd(BaseException):
    """No Exception, and no kind that Python knows."""


class Many:
    """What several nodes are bound to, each under its name."""


class Nobody(abc.ABC):
    """Bound nowhere."""

    @abc.abstractmethod
    def nothing(self) -> None: ...


DEFAULT = "the default"
RAISED = {"raise": Fault1, "fault": Fault1, "odd": Odd, "interrupt": KeyboardInterrupt}


class Stage:
    """
    One run of *play*.

    Attributes:
        log: what happened, as text, in order.
        handles: the scopes that the program is in, outermost first.
        jobs: what would cancel the program, innermost last.
    """

    def __init__(self, play: Play, world: Any) -> None:
        self.play = play
        self.world = world
        self.log: list[str] = []
        self.handles: list[Any] = []
        self.scopes: list[Any] = []
        self.jobs: list[Any] = []
        self.lives: collections.Counter[str] = collections.Counter()
        self.faults: dict[tuple[str, str], list[Fault]] = {}
        for fault in play.faults:
            self.faults.setdefault((play.nodes[fault.node].name, fault.point), []).append(fault)
        self.depth = 0
        self.container = Container(scopes=LADDER)
        self.classes = [Many if node.is_many else type(node.name, (), {}) for node in play.nodes]
        self.keys = [
            Annotated[Many, node.name] if node.is_many else cls
            for node, cls in zip(play.nodes, self.classes, strict=True)
        ]

    def bind(self) -> None:
        for number, node in enumerate(self.play.nodes):
            self.bind_node(number, node)

    def bind_node(self, number: int, node: Node) -> None:
        if node.kind == "value":
            self.container.bind(self.keys[number], self.value(self.classes[number], self.make(node.name, [])))
            return
        target, options = self.target(number, node), dict(node.options)
        if node.kind == "instance":
            self.container.bind(self.keys[number], target())
            return
        if "retry" in options:
            options["retry"] = Retry(attempts=2, backoff=0)
        key = Many if node.is_many else self.classes[number]
        name = node.name if node.is_many else None
        if node.kind == "closed by name":
            self.container.bind(key, target, name=name, scope=node.lifetime, close="shut")
        elif node.kind in (*SYNC_KINDS, *ASYNC_KINDS):
            self.container.bind(key, resource(scope=node.lifetime, **options)(target), name=name)
        else:
            self.container.bind(key, target, name=name, scope=node.lifetime)

    def target(self, number: int, node: Node) -> Any:
        """Return the class or function that makes the value of *node*."""
        kind = "methods class" if node.kind == "instance" else node.kind
        is_async = kind.startswith("async ")
        source = textwrap.dedent(_SOURCES[kind.removeprefix("async ")]).strip()
        cls = self.classes[number]
        key = type(node.name, (Many,), {}) if cls is Many else cls
        space = {"stage": self, "key": key, "name": node.name, "__name__": __name__, "DEFAULT": DEFAULT}
        parameters = [self.parameter(i, need, space) for i, need in enumerate(node.needs)]
        names = ", ".join(f"n{i}" for i in range(len(node.needs)))
        words = {
            "{a}": "async " if is_async else "", "{a_}": "a" if is_async else "",
            "{wait}": "await " if is_async else "", "{parameters}": ", ".join(parameters), "{arguments}": names,
            "{self_parameters}": ", ".join(["self", *parameters]),
        }  # fmt: skip
        for word, text in words.items():
            source = source.replace(word, text)
        exec(compile(source, f"<node {node.name}>", "exec"), space)
        target = space["target"]
        target.__name__ = target.__qualname__ = f"make_{node.name}"  # type: ignore[attr-defined]
        if kind == "contextmanager":
            return contextlib.contextmanager(target)  # type: ignore[arg-type]
        if kind == "async contextmanager":
            return contextlib.asynccontextmanager(target)  # type: ignore[arg-type]
        if kind == "instance":
            return resource(target)
        return resource(target) if node.kind == "instance" else target

    def parameter(self, i: int, need: Any, space: dict[str, Any]) -> str:
        of_nothing = Nobody if need.how == "optional" else Annotated[Nobody, "none"]
        space[f"T{i}"] = self.keys[need.node] if need.node >= 0 else of_nothing
        space["Many"] = Many
        return {
            "plain": f"n{i}: T{i}", "optional": f"n{i}: T{i} | None = None", "default": f"n{i}: T{i} = DEFAULT",
            "list": f"n{i}: list[Many]", "dict": f"n{i}: dict[str, Many]",
        }[need.how]  # fmt: skip

    # what nodes call

    def make(self, name: str, needs: list[Any]) -> tuple[str, int]:
        self.lives[name] += 1
        life = (name, self.lives[name])
        self.log.append(f"make {name}#{life[1]} of {value_of(needs)}")
        return life

    def value(self, key: Any, life: tuple[str, int], value: Any = None) -> Any:
        if value is None:
            value = key()
        value.label = f"{life[0]}#{life[1]}"
        return value

    def note(self, act: str, life: tuple[str, int]) -> None:
        self.log.append(f"{act} {life[0]}#{life[1]}")

    def does(self, life: tuple[str, int], point: str, act: str) -> bool:
        """Tell whether *act* is what *life* does at *point*."""
        return any(fault.act == act for fault in self.due(life, point))

    def due(self, life: tuple[str, int], point: str) -> list[Fault]:
        return [fault for fault in self.faults.get((life[0], point), ()) if fault.life in (0, life[1])]

    def at(self, life: tuple[str, int], point: str) -> None:
        """Misbehave, where nothing can be awaited."""
        steps = self.acts(life, point)
        for step in steps:
            step.close()
            raise AssertionError("the code of a synchronous node cannot wait")

    async def aat(self, life: tuple[str, int], point: str) -> None:
        """Misbehave, where things can be awaited."""
        await checkpoint()
        for step in self.acts(life, point, is_async=True):
            await step

    def closing(self, life: tuple[str, int], error: BaseException | None) -> None:
        self.log.append(f"close {life[0]}#{life[1]} after {type(error).__name__}: {text_of(str(error))}")
        self.at(life, "close")
        self.note("closed", life)

    async def aclosing(self, life: tuple[str, int], error: BaseException | None) -> None:
        self.log.append(f"close {life[0]}#{life[1]} after {type(error).__name__}: {text_of(str(error))}")
        await self.aat(life, "close")
        self.note("closed", life)

    def acts(self, life: tuple[str, int], point: str, is_async: bool = False) -> Any:
        """Do what is due; yield what has to be awaited."""
        if self.depth > 5:
            return  # nodes that ask for one another without end
        self.depth += 1
        try:
            for fault in self.due(life, point):
                yield from self.act(fault, life, is_async)
        finally:
            self.depth -= 1

    def act(self, fault: Fault, life: tuple[str, int], is_async: bool) -> Any:
        if fault.act in RAISED:
            self.log.append(f"{fault.act} at {fault.point} of {life[0]}#{life[1]}")
            raise RAISED[fault.act](f"{fault.point} {life[0]}#{life[1]}")
        if fault.act == "look":
            self.log.append(look_of(self.container))
        elif fault.act == "cancel":
            if self.jobs and is_async:
                self.log.append("cancel")
                self.jobs[-1].cancel()
                yield checkpoint()
        elif fault.act in ("ask", "nest", "leave", "close"):
            if is_async:
                yield self.told(fault.act, getattr(self, f"a{fault.act}")(fault.key))
            else:
                coroutine = self.told(fault.act, getattr(self, f"s{fault.act}")(fault.key))
                with contextlib.suppress(StopIteration):
                    coroutine.send(None)

    async def told(self, what: str, coroutine: Any) -> None:
        """Write down what became of it; pass its error on."""
        try:
            value = await coroutine
        except BaseException as error:
            self.log.append(f"{what}: {error_of(error)}")
            raise
        self.log.append(f"{what}: {value_of(value)}")

    async def sask(self, key: int) -> Any:
        return self.container.get(self.keys[key])

    async def aask(self, key: int) -> Any:
        return await self.container.aget(self.keys[key])

    async def snest(self, key: int) -> Any:
        with self.container.resource_scope() as scope:
            return scope.get(self.keys[key])

    async def anest(self, key: int) -> Any:
        async with self.container.resource_scope() as scope:
            return await scope.aget(self.keys[key])

    async def sleave(self, key: int) -> Any:
        return self.handles[-1].__exit__(None, None, None) if self.handles and not self.is_strict else None

    async def aleave(self, key: int) -> Any:
        return await self.handles[-1].__aexit__(None, None, None) if self.handles and not self.is_strict else None

    @property
    def is_strict(self) -> bool:
        """Whether a scope may be left only where its `async with` ends: it is a cancel scope of trio's."""
        return self.play.world == "trio"

    async def sclose(self, key: int) -> Any:
        return self.container.close()

    async def aclose(self, key: int) -> Any:
        return await self.container.aclose()
