"""Containers that keep their exits in a list, and go through it by wrong rules."""

from tenure.testing.contract.adapter import ASYNC_CLASS, CLASS
from tests.contract.adapters import by_hand
from tests.contract.naive.plain import EVERYTHING


class Exits:
    """Remembers managers in a list, and closes them by rules that a subclass gets wrong."""

    catches = BaseException
    is_first_in_first_out = False
    registers_before_entering = False
    forgets_outcome = False
    is_repeated = False
    hides_errors = False
    invents_outcome = False

    def __init__(self):
        self.managers = []

    def add(self, manager):
        self.managers.append(manager)

    def order(self):
        return list(self.managers) if self.is_first_in_first_out else list(reversed(self.managers))

    def end(self):
        if not self.is_repeated:
            self.managers.clear()

    def raised(self, errors):
        if errors and not self.hides_errors:
            raise ExceptionGroup("errors while closing", [e for e in errors if isinstance(e, Exception)])

    def outcome(self, outcome):
        if self.invents_outcome:
            return (KeyError, KeyError("invented"), None)
        return (None, None, None) if self.forgets_outcome else outcome


class ListStack(by_hand.Stack):
    """A stack of its own making."""

    exits_class = Exits

    def __init__(self, graph, outer=None):
        super().__init__(graph, outer)
        self.exits = self.exits_class()

    def enter(self, manager):
        if self.exits.registers_before_entering:
            self.exits.add(manager)
        value = manager.__enter__()
        if not self.exits.registers_before_entering:
            self.exits.add(manager)
        return value

    async def aenter(self, manager):
        if self.exits.registers_before_entering:
            self.exits.add(manager)
        value = await manager.__aenter__()
        if not self.exits.registers_before_entering:
            self.exits.add(manager)
        return value

    @property
    def async_exits(self):
        return _Enters(self)

    @async_exits.setter
    def async_exits(self, value):
        pass

    def __exit__(self, *outcome):
        self.made.clear()
        errors = []
        for manager in self.exits.order():
            try:
                manager.__exit__(*self.exits.outcome(outcome))
            except self.exits.catches as error:
                if error is not outcome[1]:
                    errors.append(error)
        self.exits.end()
        self.exits.raised(errors)

    async def __aexit__(self, *outcome):
        self.made.clear()
        errors = []
        for manager in self.exits.order():
            leave = getattr(manager, "__aexit__", None)
            try:
                if leave is None:
                    manager.__exit__(*self.exits.outcome(outcome))
                else:
                    await leave(*self.exits.outcome(outcome))
            except self.exits.catches as error:
                if error is not outcome[1]:
                    errors.append(error)
        self.exits.end()
        self.exits.raised(errors)


class _Enters:
    def __init__(self, stack):
        self.stack = stack

    def enter_context(self, manager):
        return self.stack.enter(manager)

    async def enter_async_context(self, manager):
        return await self.stack.aenter(manager)


def with_exits(title, *, flavours=by_hand.Adapter.flavours, options=frozenset(), **rules):
    """Return an adapter whose exits follow *rules*."""
    exits = type("Exits", (Exits,), rules)
    stack = type("Stack", (ListStack,), {"exits_class": exits})

    def __init__(self, graph):
        self.graph = graph
        self.root = stack(graph)

    def scope(self):
        return stack(self.graph, self.root)

    body = {"name": title, "flavours": flavours, "options": options}
    return type(title, (by_hand.Adapter,), {**body, "__init__": __init__, "scope": scope, "ascope": scope})


RegistersFirst = with_exits("register before enter", registers_before_entering=True)
ExceptException = with_exits("except Exception", catches=Exception, hides_errors=True)
FirstFirst = with_exits("first in, first out", is_first_in_first_out=True)
Repeats = with_exits("closes twice", flavours=(CLASS, ASYNC_CLASS), is_repeated=True)
StopsAtErrors = with_exits("stops at errors", catches=())
Invents = with_exits("invents an outcome", invents_outcome=True)
ByPriority = with_exits("closes by priority", options=EVERYTHING, is_first_in_first_out=True)
Forgets = with_exits("forgets the outcome", forgets_outcome=True, hides_errors=True)
