"""Rules of a life: override, reset, and what users do by hand with objects that open themselves."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.laws.stateful.asking import NUMBERS, TASKS, Asking
from tests.laws.stateful.going import Operation
from tests.laws.stateful.model import Made, Refused
from tests.laws.stateful.nodes import ASYNC_KINDS, KEYS, SYNC_KINDS, Fault, Given, Node


class Replacing(Asking):
    """What is replaced, reset, and opened and closed by hand."""

    @precondition(lambda self: self.model.nodes and len(self.overrides) < 3)
    @rule(number=NUMBERS, is_value=st.booleans(), kind=NUMBERS)
    def override(self, number: int, is_value: bool, kind: int) -> None:
        """L57: replace a key, by a value or by another resource."""
        key, name = self.key_of(number), f"O{len(self.seen)}_{len(self.stage.trace.steps)}_{number}"
        over = _Over(key, self._replacement(key, name, is_value, kind))
        if is_value:
            manager = self.container.override(KEYS[key], value=over.node.given)
        else:
            manager = self.declared(KEYS[key], over.node, self.container.override)

        async def enter() -> None:
            await manager.__aenter__() if self.is_async else manager.__enter__()

        def predict() -> None:
            if self.model.root.is_closed:
                raise Refused("ContainerClosedError")
            self.model.overrides.append(over)

        if self.step("L57", predict, enter)[2] is None:
            self.overrides.append((manager, over))

    def _replacement(self, key: int, name: str, is_value: bool, kind: int) -> Any:
        node = self.model.nodes[key]
        if is_value:
            return _Value(name, Given(self.stage))
        kinds = SYNC_KINDS + ASYNC_KINDS if self.is_async else SYNC_KINDS
        what = kinds[kind % len(kinds)]
        if what == "async methods" and node.lifetime is None:
            what = "async context"
        return Node(name, what, node.lifetime, node.needs[:1])

    @precondition(lambda self: self.overrides)
    @rule(number=st.integers(0, 2), fails=st.booleans())
    def undo(self, number: int, fails: bool) -> None:
        """L57: end an override, any: what it made is closed, and the very same originals are back."""
        manager, over = self.overrides.pop(-1 - number % len(self.overrides))
        body = Fault("body of the override") if fails else None

        def predict() -> None:
            self.model.overrides.remove(over)
            self.close_those({made for made in (*self.present(), *self.seen) if over in made.under})
            if body is not None:
                self.model.failed = 0

        self.step("L57", predict, lambda: self.exit_of(manager, body))
        self.errors += [body] if body is not None else []

    @precondition(lambda self: self.model.nodes and not self.overrides)
    @rule(number=NUMBERS)
    def reset(self, number: int) -> None:
        """L58: reset a key: what was made of it and of that is closed and made anew, and nothing else."""
        key = self.key_of(number)

        async def reset() -> None:
            await self.container.areset(KEYS[key]) if self.is_async else self.container.reset(KEYS[key])

        def predict() -> None:
            if self.model.root.is_closed:
                raise Refused("ContainerClosedError")
            node = self.model.node(key)[0]
            made = {below for each in (*self.present(), *self.seen) for below in each.below()}
            self.close_those({each for each in made if each.node is node})

        self.step("L58", predict, reset)

    @precondition(lambda self: self._own_ones())
    @rule(number=NUMBERS, opens=st.booleans(), task=TASKS)
    def by_hand(self, number: int, opens: bool, task: int) -> None:
        """L17: the user's own `initialize()` and `dispose()` are the library's; what is disposed of is owed no more."""
        own = self._own_ones()
        made = own[number % len(own)]
        value = self.seen[made]
        if any(made in each.below() for each in self.present() if each is not made):
            return  # closing what others use is the user's own doing

        async def call() -> None:
            result = value.initialize() if opens else value.dispose()
            if self.is_async and made.node.is_async:
                await result

        def predict() -> None:
            if opens:
                self.model.open(made)
            elif made.is_open:
                self.model.close(made)

        self._step_by_hand(made, predict, call, task)

    def _step_by_hand(self, made: Made, predict: Callable[[], None], call: Operation, task: int) -> None:
        name = ("close", made.node.name)

        def as_it_is() -> None:
            predict()
            if self.model.failed:
                self.model.failed = 0
                raise Refused("armed")

        self.step("L17", as_it_is, call, task)
        self.hold("L17", (name in self.model.armed) == (name in self.stage.armed), f"{made.node.name} closed otherwise")

    def _own_ones(self) -> list[Made]:
        kinds = ("async methods",) if self.is_async else ("methods",)
        return [each for each in self.seen if each.node.kind in kinds and each.node.lifetime != "transient"]

    @precondition(lambda self: self.is_async and self.model.nodes)
    @rule(number=NUMBERS, task=TASKS)
    def get_lazily(self, number: int, task: int) -> None:
        """L50: `get` of a lazily opened object gives it, not open; its methods open it."""
        key = self.key_of(number)
        node = self.model.node(key)[0]
        if node.kind != "async methods" or node.needs or node.lifetime == "transient":
            return

        def predict() -> Made:
            model = self.model
            armed, model.armed = model.armed, set()
            try:
                known = {each for every in (model.root, *model.root.inside) for each in every.values.values()}
                made = self.asked(key, task)
            finally:
                model.armed = armed
            if made not in known or ("opened", node.name) in model.log:
                model.log.clear()
                made.is_open = False
                made.home.owed.remove(made)
            return made

        async def get() -> Any:
            return self.container.get(KEYS[key])

        wanted, value, error = self.step("L50", predict, get, task)
        if error is None:
            self.same(wanted, value)

    @precondition(lambda self: self.is_async and self._own_ones())
    @rule(number=NUMBERS, task=TASKS)
    def use(self, number: int, task: int) -> None:
        """L50: a method of a lazily opened object opens it; after its scope is closed it refuses."""
        own = self._own_ones()
        made = own[number % len(own)]

        async def call() -> Any:
            return await self.seen[made].work()

        self.step("L50", lambda: self.model.open(made), call, task)


class _Over:
    """An override that stands."""

    def __init__(self, key: int, node: Any) -> None:
        self.key, self.node = key, node


class _Value:
    """Stands for a node where the user gave the value."""

    kind, lifetime, needs, is_async, is_resource = "value", None, (), False, False

    def __init__(self, name: str, given: Any) -> None:
        self.name, self.given = name, given
