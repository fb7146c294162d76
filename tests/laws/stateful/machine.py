"""
Long random lives of a container, each step predicted by the reference model.

Hypothesis leaves out random rules in each example by itself (swarm testing). The oracle is a function of the whole
trace, so it is asked once, at the end of each life: what it finds then it would have found after the step.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tenure import Container, resource
from tests.laws.rig.oracle import End, violations
from tests.laws.rig.trace import CLOSING, OPENED, Trace
from tests.laws.stateful.model import Made, Model, Refused, Scope
from tests.laws.stateful.nodes import ASYNC_KINDS, KEYS, LADDER, SYNC_KINDS, Fault, Given, Node, Stage, target
from tests.laws.stateful.worlds import WORLDS, Operation

LIFETIMES = ("singleton", "request", None, "session", "transient")
_REACH = {"session": 1, "request": 2}
TASKS, NUMBERS = st.integers(0, 2), st.integers(0, 9)


class BrokenLaw(AssertionError):
    """A life went otherwise than it must; `law` names what it broke."""

    def __init__(self, law: str, text: str) -> None:
        super().__init__(f"{law}: {text}")
        self.law = law


class Machine(RuleBasedStateMachine):
    """One life; subclasses say in which world."""

    WORLD = "sync"

    def __init__(self) -> None:
        super().__init__()
        self.world = WORLDS[self.WORLD]()
        self.is_async = self.world.is_async
        self.model = Model()
        self.stage = Stage(Trace(), self._pause if self.is_async else None)
        self.container = Container(scopes=("session", "request"), autobind=False)
        self.errors: list[BaseException] = []
        self.entered: list[tuple[int, Any, Scope]] = []
        self.overrides: list[tuple[Any, Any]] = []
        self.stacks: list[list[Scope]] = [[] for _ in range(self.world.n_tasks)]
        self.seen: dict[Made, Any] = {}
        self.is_entered = False
        self.gates: dict[str, Any] = {}
        self.is_broken = False

    # how a step is taken

    def hold(self, law: str, is_held: object, text: str) -> None:
        """Raise BrokenLaw unless *is_held*."""
        if not is_held:
            self.is_broken = True
            raise BrokenLaw(law, text)

    async def _pause(self, act: str, name: str) -> None:
        gate = self.gates.get(f"{act} {name}")
        if gate is not None:
            await gate.wait()
        else:
            await self.world.checkpoint()

    def step(
        self,
        law: str,
        predict: Callable[[], Any],
        operation: Operation,
        task: int = 0,
        *,
        in_order: bool = False,
        may_fail: bool = False,
    ) -> tuple[Any, Any, BaseException | None]:
        """
        Take a step of the model and the container; they must agree.

        Args:
            law: the law that is broken where they do not agree.
            predict: takes the step of the model, and gives what the operation must give.
            operation: takes the step of the container.
            task: the number of the task that takes it.
            in_order: whether things must open and close in the very order of the model, not only the same ones.
            may_fail: whether an error of closing may come out of this step or of a later one.

        Returns:
            What was predicted, what came, and the error that was raised.
        """
        model, begin = self.model, len(self.stage.trace.steps)
        model.log, model.failed, wanted, refused = [], 0, None, None
        armed = dict(self.stage.armed)
        try:
            wanted = predict()
        except Refused as end:
            refused = end.args[0]
        going = self.world.begin(task % self.world.n_tasks, operation)
        self.world.settle()
        self.hold("L38", going.is_done, "an operation hangs")
        if refused is not None and self.is_async and law == "L59":
            self._compare_net(law, begin)
        else:
            self._compare_log(law, begin, in_order and not self.is_async)
        error = going.error
        if error is not None:
            self.errors.append(error)
        if refused is not None and model.failed and law == "L59":
            model.failed = 0
        if refused is None and model.failed:
            refused = "CloseError"
            if may_fail and error is None:
                refused = None
        raised = None if error is None else type(error).__name__
        if refused == "armed":
            self.hold(
                "L25", any(error is each for each in armed.values()), f"raised {error!r}, not the error of the node"
            )
        else:
            self.hold(law, raised == refused, f"raised {error!r}, not {refused}")
        return wanted, going.value, error

    def _compare_log(self, law: str, begin: int, in_order: bool) -> None:
        seen = [(each.act, each.life[0]) for each in self.stage.trace.steps[begin:] if each.act in (OPENED, CLOSING)]
        self.hold(law, sorted(seen) == sorted(self.model.log), f"{_text(seen)}; must be {_text(self.model.log)}")
        if in_order:
            self.hold("L19", seen == self.model.log, f"order {_text(seen)}; must be {_text(self.model.log)}")

    def _compare_net(self, law: str, begin: int) -> None:
        """A start that failed may have opened more or less at the same time: what is left open must be the same."""
        net = Counter(self.model.log)
        for each in self.stage.trace.steps[begin:]:
            net[each.act, each.life[0]] -= 1
        names = {name for _, name in net}
        odd = [name for name in names if net[OPENED, name] != net[CLOSING, name]]
        self.hold(law, not odd, f"a failed start leaves other things open: {odd}")
        self.model.armed &= set(self.stage.armed)

    def same(self, made: Made, value: Any) -> None:
        """Check that *value* is what was seen of *made* before, and of nothing else."""
        if made.node.kind == "value":
            self.hold("L57", value is made.node.given, f"{value!r} is not what stands for the key")
        elif made.node.lifetime == "transient":
            self.hold(
                "L49", all(value is not other for other in self.seen.values()), "a transient value was seen before"
            )
        elif made in self.seen:
            self.hold("L2", value is self.seen[made], f"{made.node.name}: another value than before")
        else:
            self.hold(
                "L47", all(value is not other for other in self.seen.values()), f"{made.node.name}: a value of others'"
            )
        if made.node.kind != "value":
            self.hold(
                "L57", not made.node.needs or _is_made_of(value, made, self.seen), f"{made.node.name} of other things"
            )
            self.seen[made] = value

    def here(self, task: int) -> Scope:
        """Return the current scope of a task."""
        return (self.stacks[task] or [self.model.root])[-1]

    async def _get(self, key: int) -> Any:
        if self.is_async:
            return await self.container.aget(KEYS[key])
        return self.container.get(KEYS[key])

    # declaring

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
            self._declare(KEYS[key], node, self.container.bind)

        def predict() -> None:
            if self.model.root.is_closed:
                raise Refused("ContainerClosedError")
            self.model.nodes[key] = node

        self.step("L1", predict, bind)

    def _declare(self, key: Any, node: Node, bind: Callable[..., Any]) -> Any:
        what = target(self.stage, node)
        if node.kind == "plain":
            return bind(key, what, scope=node.lifetime)
        return bind(key, resource(scope=node.lifetime, open_timeout=50.0 if node.is_async else None)(what))

    @precondition(lambda self: len(self.model.nodes) < len(KEYS))
    @rule(kind=NUMBERS, lifetime=NUMBERS, needs=st.lists(NUMBERS, max_size=3))
    def bind(self, kind: int, lifetime: int, needs: list[int]) -> None:
        """Bind one more key."""
        self._bind(kind, lifetime, needs)

    def _key(self, number: int) -> int:
        return number % len(self.model.nodes)

    # getting

    @precondition(lambda self: self.model.nodes)
    @rule(number=NUMBERS, task=TASKS)
    def get(self, number: int, task: int) -> None:
        """Get a value in the current scope of a task."""
        key = self._key(number)
        if self._is_unsaid(key, task):
            return
        wanted, value, error = self.step(
            "L50", lambda: self._ask(key, task), lambda: self._get(key), task, in_order=True
        )
        if error is None:
            self.same(wanted, value)

    def _is_unsaid(self, key: int, task: int) -> bool:
        """A scope that an earlier life left current is no place for ambient values: which it sees is not said."""
        here = self.here(task % self.world.n_tasks)
        return here.is_closed and any(self.model.node(each)[0].lifetime is None for each in self.model.node(key)[2])

    def _ask(self, key: int, task: int) -> Made:
        scope = self.here(task % self.world.n_tasks)
        if scope is not self.model.root:
            scope.asked.add(key)
        return self.model.get(key, scope)

    @precondition(lambda self: self.is_async and self.model.nodes)
    @rule(number=NUMBERS, task=TASKS)
    def get_without_await(self, number: int, task: int) -> None:
        """L51: a plain `get` gives what is open or can be opened at once; else it raises and touches nothing."""
        key = self._key(number)
        below = self.model.node(key)[2]
        nodes = [self.model.node(each)[0] for each in below]
        if self._is_unsaid(key, task) or any(node.kind == "async methods" or node.lifetime in LADDER for node in nodes):
            return  # what is not open yet may be had as an object; where a scope is missing, that is said first

        def predict() -> Made:
            here = self.here(task % self.world.n_tasks)
            if self.model.root.is_closed or not self._waits(key, here):
                return self._ask(key, task)
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

    # scopes

    @rule(name=st.sampled_from([None, None, None, "request", "session", "call"]), task=TASKS)
    def enter(self, name: str | None, task: int) -> None:
        """L46, L47: enter a scope, named or not, inside the current one."""
        task %= self.world.n_tasks
        handle = self.container.resource_scope(name)

        async def enter() -> Any:
            return (await handle.__aenter__()) if self.is_async else handle.__enter__()

        scope, face, error = self.step("L46", lambda: self.model.enter(self.here(task), name), enter, task)
        if error is None:
            self.stacks[task].append(scope)
            self.hold("L46", face.name == scope.name, f"a scope called {face.name!r}, not {scope.name!r}")
            self.entered.append((task, handle, scope))

    @precondition(lambda self: self.entered)
    @rule(number=st.integers(0, 3), fails=st.booleans())
    def leave(self, number: int, fails: bool) -> None:
        """L9, L13, L19, L46: leave a scope, any that is entered, perhaps with an error of the body."""
        task, handle, scope = self.entered.pop(-1 - number % len(self.entered))
        body = Fault("body") if fails else None
        begin = len(self.stage.trace.steps)

        def predict() -> None:
            stack, was_closed = self.stacks[task], scope.is_closed
            if scope in stack:
                stack.remove(scope)
            if not was_closed:
                self.model.leave(scope)
            while stack and stack[-1].is_closed:  # closed from outside: not current any more
                stack.pop()
            if body is not None:
                self.model.failed = 0  # closing errors travel with the body's
            elif was_closed and scope.is_cut_off:
                raise Refused("ContainerClosedError")

        self.step("L46", predict, lambda: self._exit(handle, body), task, in_order=True, may_fail=True)
        if body is not None:
            self.errors.append(body)
            for each in self.stage.trace.steps[begin:]:
                if each.act == CLOSING and each.error is not None:
                    self.hold(
                        "L13", each.error is body, f"{each.life} was shown {each.error!r}, not the error of the body"
                    )

    async def _exit(self, manager: Any, error: BaseException | None) -> Any:
        kind = None if error is None else type(error)
        if self.is_async:
            return await manager.__aexit__(kind, error, None)
        return manager.__exit__(kind, error, None)

    # the container's own life

    @rule(again=st.booleans())
    def close(self, again: bool) -> None:
        """L9, L10, L15, L18: close the container, perhaps twice, whatever is open."""
        for _ in range(1 + again):
            self.step("L10", self._close_model, self._close, in_order=True, may_fail=True)

    def _close_model(self) -> None:
        if not self.model.root.is_closed:
            self.model.leave(self.model.root)

    async def _close(self) -> None:
        await self.container.aclose() if self.is_async else self.container.close()

    @rule()
    def start(self) -> None:
        """L4, L59: start, or start again after a close: fresh instances."""
        self.step("L59", self._start_model, self._start)

    async def _start(self) -> None:
        await self.container.start() if self.is_async else self.container.start_sync()

    def _start_model(self) -> None:
        model = self.model
        if model.root.is_closed:
            model.root = Scope("root")
        eager = [
            key for key in model.nodes if (node := model.node(key)[0]).lifetime == "singleton" and _is_resource(node)
        ]
        before = list(model.root.owed)
        try:
            self._start_those(eager, set())
        except Refused:
            failed, model.failed = model.failed, 0
            for made in [each for each in reversed(model.root.owed) if each not in before]:
                model.close(made)
                model.root.values = {k: each for k, each in model.root.values.items() if made not in each.below()}
            model.failed = failed
            raise

    def _start_those(self, keys: Sequence[int], seen: set[int]) -> None:
        """Dependencies first; what is transient is made only with what needs it."""
        for key in (each for each in keys if each not in seen):
            seen.add(key)
            node = self.model.node(key)[0]
            self._start_those(node.needs, seen)
            if node.lifetime != "transient" and _is_resource(node):
                self.model.get(key, self.model.root)

    def _close_those(self, wanted: set[Made]) -> None:
        """Close *wanted* and what was made from it, wherever it is owed; it is not seen any more."""
        for scope in (*reversed(self.model.root.inside), self.model.root):
            scope.values = {k: made for k, made in scope.values.items() if not wanted & made.below()}
            for made in [each for each in reversed(scope.owed) if wanted & each.below()]:
                self.model.close(made)

    @rule()
    def enter_container(self) -> None:
        """L59: `with container` starts it; entering it twice is an error."""

        async def enter() -> None:
            await self.container.__aenter__() if self.is_async else self.container.__enter__()

        def predict() -> None:
            if self.is_entered:
                raise Refused("ScopeError")
            self._start_model()

        error = self.step("L59", predict, enter)[2]
        self.is_entered = self.is_entered or error is None

    @precondition(lambda self: self.is_entered)
    @rule(fails=st.booleans())
    def leave_container(self, fails: bool) -> None:
        """L13, L25: leave the container, perhaps with an error."""
        body = Fault("body of the container") if fails else None
        self.is_entered = False

        def predict() -> None:
            self._close_model()
            if body is not None:
                self.model.failed = 0

        self.step("L10", predict, lambda: self._exit(self.container, body), in_order=True, may_fail=True)
        self.errors += [body] if body is not None else []

    # faults

    @precondition(lambda self: self.model.nodes)
    @rule(number=NUMBERS, act=st.sampled_from(["open", "close"]), interrupts=st.booleans())
    def arm(self, number: int, act: str, interrupts: bool) -> None:
        """Have the next opening or closing of a node fail; an opening perhaps by KeyboardInterrupt."""
        node = self.model.node(self._key(number))[0]
        if not _is_resource(node) or (act, node.name) in self.stage.armed:
            return
        hard = interrupts and act == "open" and not self.is_async
        self.stage.armed[act, node.name] = KeyboardInterrupt() if hard else Fault(f"{act} {node.name}")
        self.model.armed.add((act, node.name))

    # overriding

    @precondition(lambda self: self.model.nodes and len(self.overrides) < 3)
    @rule(number=NUMBERS, is_value=st.booleans(), kind=NUMBERS)
    def override(self, number: int, is_value: bool, kind: int) -> None:
        """L57: replace a key, by a value or by another resource."""
        key, name = self._key(number), f"O{len(self.seen)}_{len(self.stage.trace.steps)}_{number}"
        over = _Over(key, self._replacement(key, name, is_value, kind))
        if is_value:
            manager = self.container.override(KEYS[key], value=over.node.given)
        else:
            manager = self._declare(KEYS[key], over.node, self.container.override)

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
            self._close_those({made for made in self.seen_and_open() if over in made.under})
            if body is not None:
                self.model.failed = 0

        self.step("L57", predict, lambda: self._exit(manager, body))
        self.errors += [body] if body is not None else []

    def seen_and_open(self) -> set[Made]:
        """Return everything that is owed by a scope, and what was made of it."""
        return {
            made
            for scope in (self.model.root, *self.model.root.inside)
            for made in (*scope.owed, *scope.values.values())
        }

    # by hand

    @precondition(lambda self: self._own_ones())
    @rule(number=NUMBERS, opens=st.booleans(), task=TASKS)
    def by_hand(self, number: int, opens: bool, task: int) -> None:
        """L17: the user's own `initialize()` and `dispose()` are the library's; what is disposed of is owed no more."""
        own = self._own_ones()
        made = own[number % len(own)]
        value = self.seen[made]
        if any(made in each.below() for each in self.seen_and_open() if each is not made):
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
        key = self._key(number)
        node = self.model.node(key)[0]
        if node.kind != "async methods" or node.needs or node.lifetime == "transient":
            return

        def predict() -> Made:
            model = self.model
            armed, model.armed = model.armed, set()
            try:
                known = {each for every in (model.root, *model.root.inside) for each in every.values.values()}
                made = self._ask(key, task)
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

    # several at a time

    @precondition(lambda self: self.is_async and self.model.nodes)
    @rule(number=NUMBERS, victim=st.integers(0, 2), closes=st.booleans())
    def together(self, number: int, victim: int, closes: bool) -> None:
        """L2, L7, L33: several ask for the same while it opens, one of them is cancelled; the others are served."""
        key = self._key(number)
        node = self.model.node(key)[0]
        here = [self.here(task) for task in range(self.world.n_tasks)]
        if (
            not node.is_async
            or node.lifetime != "singleton"
            or any(each.is_closed for each in (*here, self.model.root))
        ):
            return
        gate = self.gates[f"open {node.name}"] = self.world.event()
        going = [self.world.begin(task, lambda: self._get(key), is_whole=True) for task in range(self.world.n_tasks)]
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

    # the end

    def teardown(self) -> None:
        """Leave everything, close, and ask the oracle."""
        is_whole = not self.is_broken
        try:
            self._end() if is_whole else self._give_up()
        finally:
            if self.is_broken:
                self._give_up()
            left = self.world.close()
        self.hold("L40", not left or not is_whole, f"left behind: {left}")

    def _give_up(self) -> None:
        """Close what can be: the life is known to be broken."""
        self.stage.armed.clear()
        for gate in self.gates.values():
            self.world.release(gate)
        for manager in [handle for _, handle, _ in self.entered] + [each for each, _ in self.overrides]:
            self.world.begin(0, lambda manager=manager: self._exit(manager, None))  # type: ignore[misc]
            self.world.settle()
        self.world.begin(0, self._close)
        self.world.settle()

    def _end(self) -> None:
        while self.entered:
            self.leave(0, False)
        while self.overrides:
            self.undo(0, False)
        self.step("L10", self._close_model, self._close, may_fail=True)
        if self.is_entered:
            self.leave_container(False)
        self.hold("L12", not self.stage.touched, "; ".join(self.stage.touched))
        for each in violations(self.stage.trace.steps, End(self.errors)):
            raise BrokenLaw(each.law, each.text)


class _Over:
    """An override that stands."""

    def __init__(self, key: int, node: Any) -> None:
        self.key, self.node = key, node


class _Value:
    """Stands for a node where the user gave the value."""

    kind, lifetime, needs, is_async = "value", None, (), False

    def __init__(self, name: str, given: Any) -> None:
        self.name, self.given = name, given


def _is_resource(node: Any) -> bool:
    return node.kind not in ("plain", "value")


def _is_made_of(value: Any, made: Made, seen: dict[Made, Any]) -> bool:
    return all(
        given is seen.get(need, given) and (need.node.kind != "value" or given is need.node.given)
        for given, need in zip(value.given, made.needs, strict=True)
    )


def _text(log: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {act}" for act, name in log) or "nothing"


class SyncMachine(Machine):
    """Plain Python."""


class AsyncioMachine(Machine):
    """asyncio in virtual time."""

    WORLD = "asyncio"


class TrioMachine(Machine):
    """trio in virtual time."""

    WORLD = "trio"


MACHINES: dict[str, type[Machine]] = {"sync": SyncMachine, "asyncio": AsyncioMachine, "trio": TrioMachine}
