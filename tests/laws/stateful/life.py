"""A life of a container, step by step beside the reference model: what all rules stand on."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from tenure import Container, resource
from tests.laws.rig.trace import CLOSING, OPENED, Trace
from tests.laws.stateful.going import Operation
from tests.laws.stateful.makers import target
from tests.laws.stateful.model import Made, Model, Refused, Scope
from tests.laws.stateful.nodes import KEYS, Node, Stage
from tests.laws.stateful.worlds import WORLDS


class BrokenLaw(AssertionError):
    """A life went otherwise than it must; `law` names what it broke."""

    def __init__(self, law: str, text: str) -> None:
        super().__init__(f"{law}: {text}")
        self.law = law


class Life(RuleBasedStateMachine):
    """One life, without rules; subclasses say in which world."""

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
        self.model.armed = set(self.stage.armed)

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

    async def get_now(self, key: int) -> Any:
        """Ask the container for a key, by `aget` where there is a loop."""
        if self.is_async:
            return await self.container.aget(KEYS[key])
        return self.container.get(KEYS[key])

    async def exit_of(self, manager: Any, error: BaseException | None) -> Any:
        """Leave a context manager, in the colour of the world."""
        kind = None if error is None else type(error)
        if self.is_async:
            return await manager.__aexit__(kind, error, None)
        return manager.__exit__(kind, error, None)

    def declared(self, key: Any, node: Node, bind: Callable[..., Any]) -> Any:
        """Bind or override *key* by *node*, whichever *bind* does; return what it gives."""
        what = target(self.stage, node)
        if node.kind == "plain":
            return bind(key, what, scope=node.lifetime)
        return bind(key, resource(scope=node.lifetime, open_timeout=50.0 if node.is_async else None)(what))

    def key_of(self, number: int) -> int:
        """Return the number of a bound key."""
        return number % len(self.model.nodes)

    def close_those(self, wanted: set[Made]) -> None:
        """Step of the model: close *wanted* and what was made from it, wherever it is owed; it is gone for good."""
        for scope in (*reversed(self.model.root.inside), self.model.root):
            scope.values = {k: made for k, made in scope.values.items() if not wanted & made.below()}
            for made in [each for each in reversed(scope.owed) if wanted & each.below()]:
                self.model.close(made)
        for made in self.seen:
            made.is_gone = made.is_gone or bool(wanted & made.below())

    def present(self) -> set[Made]:
        """Return everything that is owed by a scope or has a place in one."""
        return {
            made
            for scope in (self.model.root, *self.model.root.inside)
            for made in (*scope.owed, *scope.values.values())
        }


def _is_made_of(value: Any, made: Made, seen: dict[Made, Any]) -> bool:
    return all(
        given is seen.get(need, given) and (need.node.kind != "value" or given is need.node.given)
        for given, need in zip(value.given, made.needs, strict=True)
    )


def _text(log: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {act}" for act, name in log) or "nothing"
