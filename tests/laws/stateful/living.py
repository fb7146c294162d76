"""Rules of a life: enter and leave scopes, start, close, have something fail."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.laws.rig.trace import CLOSING
from tests.laws.stateful.asking import NUMBERS, TASKS
from tests.laws.stateful.life import Life
from tests.laws.stateful.model import Refused, Scope
from tests.laws.stateful.nodes import Fault


class Living(Life):
    """Scopes, and the container's own life."""

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

        self.step("L46", predict, lambda: self.exit_of(handle, body), task, in_order=True, may_fail=True)
        if body is not None:
            self.errors.append(body)
            for each in self.stage.trace.steps[begin:]:
                if each.act == CLOSING and each.error is not None:
                    self.hold(
                        "L13", each.error is body, f"{each.life} was shown {each.error!r}, not the error of the body"
                    )

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
            key for key in model.nodes if (node := model.node(key)[0]).lifetime == "singleton" and node.is_resource
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
            if node.lifetime != "transient" and node.is_resource:
                self.model.get(key, self.model.root)

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

        self.step("L10", predict, lambda: self.exit_of(self.container, body), in_order=True, may_fail=True)
        self.errors += [body] if body is not None else []

    @precondition(lambda self: self.model.nodes)
    @rule(number=NUMBERS, act=st.sampled_from(["open", "close"]), interrupts=st.booleans())
    def arm(self, number: int, act: str, interrupts: bool) -> None:
        """Have the next opening or closing of a node fail; an opening perhaps by KeyboardInterrupt."""
        node = self.model.node(self.key_of(number))[0]
        if not node.is_resource or (act, node.name) in self.stage.armed:
            return
        hard = interrupts and act == "open" and not self.is_async
        self.stage.armed[act, node.name] = KeyboardInterrupt() if hard else Fault(f"{act} {node.name}")
        self.model.armed.add((act, node.name))
