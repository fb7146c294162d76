"""The reference model: what a container owes, said without any of its means. At most 100 lines."""

from dataclasses import dataclass, field
from typing import Any

from tests.laws.stateful.nodes import LADDER


class Refused(Exception):
    """Predicted; `args[0]` names the class of the error, or is "armed"."""


@dataclass(eq=False, slots=True)
class Made:
    node: Any
    home: "Scope"
    needs: list["Made"]
    under: frozenset[Any]
    is_open: bool = False
    is_gone: bool = False  # undone or reset: it never opens again

    def below(self) -> set["Made"]:
        return {self}.union(*(need.below() for need in self.needs))


@dataclass(eq=False, slots=True)
class Scope:
    name: str
    around: list["Scope"] = field(default_factory=list)  # itself and what it stands in, innermost first
    values: dict[Any, Made] = field(default_factory=dict)
    owed: list[Made] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)
    inside: list["Scope"] = field(default_factory=list)  # at any depth, in order of entering
    is_closed: bool = False
    is_cut_off: bool = False


class Model:
    def __init__(self) -> None:
        self.nodes, self.root = {}, Scope("root")  # type: ignore[var-annotated]
        self.overrides, self.armed, self.log, self.failed = [], set(), [], 0  # type: ignore[var-annotated]

    def node(self, key: int) -> tuple[Any, frozenset[Any], set[int]]:  # its maker now, under which overrides, of what
        over = next((each for each in reversed(self.overrides) if each.key == key), None)
        node = over.node if over else self.nodes[key]
        below = [self.node(need) for need in node.needs]
        under = frozenset({over} - {None}).union(*(each[1] for each in below))
        return node, under, {key}.union(*(each[2] for each in below))

    def get(self, key: int, scope: Scope) -> Made:
        (node, under, _), around = self.node(key), [scope, *scope.around]
        homes = [each for each in around if each.name == node.lifetime or (key, under) in each.values]
        homes = [self.root] if node.lifetime == "singleton" else homes
        if self.root.is_closed or (node.lifetime in LADDER and not homes):
            raise Refused("ContainerClosedError" if self.root.is_closed else "ScopeNotOpenError")
        home = next(iter(homes), scope)
        made = home.values.get((key, under))
        if home.is_closed and (node.kind, node.lifetime) not in (("value", None), ("plain", "transient")):
            raise Refused("ContainerClosedError")
        self.open(made := made or Made(node, home, [self.get(need, home) for need in node.needs], under))
        if node.lifetime != "transient":
            home.values[key, under] = made
        return made

    def open(self, made: Made) -> None:
        if not made.is_open and made.node.is_resource:
            if (is_over := made.is_gone or made.home.is_closed) or ("open", made.node.name) in self.armed:
                self.armed -= set() if is_over else {("open", made.node.name)}
                raise Refused("ContainerClosedError" if is_over else "armed")
            made.is_open = not made.home.owed.append(made)
            self.log.append(("opened", made.node.name))

    def close(self, made: Made) -> None:
        made.is_open = made.home.owed.remove(made) is not None
        self.log.append(("closing", made.node.name))
        self.failed += ("close", made.node.name) in self.armed
        self.armed -= {("close", made.node.name)}

    def enter(self, parent: Scope, name: str | None) -> Scope:
        around = [LADDER.index(each.name) for each in (parent, *parent.around) if each.name in LADDER]
        is_wider = name is not None and max(around, default=0) > LADDER.index(name)
        if parent.is_closed or is_wider:
            raise Refused("ScopeError" if is_wider else "ContainerClosedError")
        scope = Scope(name or ("anonymous" if {1, 2} & set(around) else "request"), [parent, *parent.around])
        for each in scope.around:
            each.inside.append(scope)
        return scope

    def leave(self, scope: Scope) -> None:
        if scope is self.root and (inside := [each for each in scope.inside if not each.is_closed]):
            asked = {below for each in inside for key in each.asked for below in self.node(key)[2]}
            used = {m for key in asked if (m := scope.values.get((key, self.node(key)[1])))}
            kept = {below for made in used.union(*(each.owed for each in inside)) for below in made.below()}
            for made in [each for each in reversed(scope.owed) if each not in kept]:
                self.close(made)  # what no open scope needs goes first
        for child in [each for each in reversed(scope.inside) if not each.is_closed and each.around[0] is scope]:
            child.is_cut_off = not self.leave(child)
        scope.is_closed = True
        for made in scope.owed[::-1]:
            self.close(made)
