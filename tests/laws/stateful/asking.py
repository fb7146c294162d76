"""Rules of a life: bind, get in every way, several at the same time."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.laws.stateful.life import Life
from tests.laws.stateful.model import Made, Refused, Scope
from tests.laws.stateful.nodes import ASYNC_KINDS, KEYS, LADDER, SYNC_KINDS, Node

LIFETIMES = ("singleton", "request", None, "session", "transient")
TASKS, NUMBERS = st.integers(0, 2), st.integers(0, 9)
_REACH = {"session": 1, "request": 2}


class Asking(Life):
    """What is bound and asked for."""

    @initialize(nodes=st.lists(st.tuples(NUMBERS, NUMBERS, st.lists(NUMBERS, max_size=3)), min_size=2, max_size=6))
    def some(self, nodes: Sequence[tuple[int, int, list[int]]]) -> None:
        """Begin with some nodes."""
        for kind, lifetime, needs in nodes:
            self._bind(kind, lifetime, needs)

    def _node(self, name: str, kind: int, lifetime: str | None, needs: Sequence[int]) -> Node:
        kinds = SYNC_KINDS + ASYNC_KINDS + ("plain",) if self.is_async else (*SYNC_KINDS, "plain")
        what = kinds[kind % len(kinds)]
        if what == "async methods" and lifetime is None:
            lifetime = "singleton"  # got in the root it would live with whoever uses it first
        if what == "plain" and lifetime is None:
            lifetime = "transient"
        usable = [key for key in self.model.nodes if self._reach(key) <= _REACH.get(lifetime or "", 0)]
        chosen = tuple(dict.fromkeys(usable[need % len(usable)] for need in needs if usable))
        return Node(name, what, lifetime, chosen)

    def _reach(self, key: int) -> int:
        node = self.model.nodes[key]
        return max([_REACH.get(node.lifetime or "", 0), *map(self._reach, node.needs)])

    def _bind(self, kind: int, lifetime: int, needs: Sequence[int]) -> None:
        key = len(self.model.nodes)
        node = self._node(f"N{key}", kind, LIFETIMES[lifetime % len(LIFETIMES)], needs)

        async def bind() -> None:
            self.declared(KEYS[key], node, self.container.bind)

        def predict() -> None:
            if self.model.root.is_closed:
                raise Refused("ContainerClosedError")
            self.model.nodes[key] = node

        self.step("L1", predict, bind)

    @precondition(lambda self: len(self.model.nodes) < len(KEYS))
    @rule(kind=NUMBERS, lifetime=NUMBERS, needs=st.lists(NUMBERS, max_size=3))
    def bind(self, kind: int, lifetime: int, needs: list[int]) -> None:
        """Bind one more key."""
        self._bind(kind, lifetime, needs)

    @precondition(lambda self: self.model.nodes)
    @rule(number=NUMBERS, task=TASKS)
    def get(self, number: int, task: int) -> None:
        """Get a value in the current scope of a task."""
        key = self.key_of(number)
        if self._is_unsaid(key, task):
            return
        wanted, value, error = self.step(
            "L50", lambda: self.asked(key, task), lambda: self.get_now(key), task, in_order=True
        )
        if error is None:
            self.same(wanted, value)

    def _is_unsaid(self, key: int, task: int) -> bool:
        """A scope that an earlier life left current is no place for ambient values: which it sees is not said."""
        here = self.here(task % self.world.n_tasks)
        return here.is_closed and any(self.model.node(each)[0].lifetime is None for each in self.model.node(key)[2])

    def asked(self, key: int, task: int) -> Made:
        scope = self.here(task % self.world.n_tasks)
        if scope is not self.model.root:
            scope.asked.add(key)
        return self.model.get(key, scope)

    @precondition(lambda self: self.is_async and self.model.nodes)
    @rule(number=NUMBERS, task=TASKS)
    def get_without_await(self, number: int, task: int) -> None:
        """L51: a plain `get` gives what is open or can be opened at once; else it raises and touches nothing."""
        key = self.key_of(number)
        below = self.model.node(key)[2]
        nodes = [self.model.node(each)[0] for each in below]
        if self._is_unsaid(key, task) or any(node.kind == "async methods" or node.lifetime in LADDER for node in nodes):
            return  # what is not open yet may be had as an object; where a scope is missing, that is said first

        def predict() -> Made:
            here = self.here(task % self.world.n_tasks)
            if self.model.root.is_closed or not self._waits(key, here):
                return self.asked(key, task)
            raise Refused("AsyncInSyncError")

        async def get() -> Any:
            return self.container.get(KEYS[key])

        wanted, value, error = self.step("L51", predict, get, task)
        if error is None:
            self.same(wanted, value)

    def _waits(self, key: int, scope: Scope) -> bool:
        model = self.model
        node, under, _ = model.node(key)
        if node.kind == "value":
            return False
        named = [each for each in (scope, *scope.around) if each.name == node.lifetime]
        ambient = [each for each in (scope, *scope.around) if (key, under) in each.values]
        home = model.root if node.lifetime == "singleton" else next(iter(named or ambient), scope)
        made = home.values.get((key, under))
        if made is not None and node.lifetime != "transient":
            return node.is_async and not made.is_open
        return node.is_async or any(self._waits(need, home) for need in node.needs)

    @precondition(lambda self: self.is_async and self.model.nodes)
    @rule(number=NUMBERS, victim=st.integers(0, 2), closes=st.booleans())
    def together(self, number: int, victim: int, closes: bool) -> None:
        """L2, L7, L33: several ask for the same while it opens, one of them is cancelled; the others are served."""
        key = self.key_of(number)
        node = self.model.node(key)[0]
        here = [self.here(task) for task in range(self.world.n_tasks)]
        if (
            not node.is_async
            or node.lifetime != "singleton"
            or any(each.is_closed for each in (*here, self.model.root))
        ):
            return
        gate = self.gates[f"open {node.name}"] = self.world.event()
        going = [self.world.begin(task, lambda: self.get_now(key), is_whole=True) for task in range(self.world.n_tasks)]
        self.world.settle()
        if going[victim].cancel is not None and not going[victim].is_done:
            going[victim].cancel()
            self.world.settle()
            self.hold("L33", going[victim].is_done, "a cancelled waiter waits on")
        served = [task for task in range(self.world.n_tasks) if not going[task].is_done or going[task].error is None]
        del self.gates[f"open {node.name}"]
        self._opened_together(key, served, going, gate)

    def _opened_together(self, key: int, served: list[int], going: Any, gate: Any) -> None:
        wanted = self._silently(key)
        self.world.release(gate)
        self.world.settle()
        for task in served:
            one = going[task]
            self.hold("L33", one.is_done, "an innocent waiter waits on")
            if isinstance(wanted, str):
                self.hold("L7", one.error is not None, "a failure was not shared")
            else:
                self.hold("L33", one.error is None, f"an innocent waiter got {one.error!r}")
                self.same(wanted, one.value)
        self.errors += [each.error for each in going if each.error is not None]

    def _silently(self, key: int) -> Made | str:
        model = self.model
        for task in range(self.world.n_tasks):
            scope = self.here(task)
            if scope is not self.model.root:
                scope.asked.add(key)
        try:
            return model.get(key, model.root)
        except Refused as end:
            return str(end.args[0])
