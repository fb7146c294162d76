"""
Scenarios by name: a graph, a number of users, and what else goes on, written "chain2/2/cancel+close".

Users ask for the top of the graph, by turns where it has several. Events:

- `cancel`, `cancels`: the first user, every user is cancelled. `close`, `close2`: one, two close the container.
  `shut3`: the closer is cancelled three times. `start`, `start2`: one, two start everything. `reside`: one enters the
  container.
- `A!`: A fails to open, once. `A!!`: always. `A~`: A fails to close, once.
- `opened`: everything is open when the others begin. `known`: all code counts as having run before, so that requests go
  the swift way.
- `reset-A`, `override-A`: one does that. `visit`: one opens a request and asks for the top. `leave`: as `visit`, and
  is cancelled.
"""

import re
from collections.abc import Callable, Iterator

from tenure import Container
from tests.laws.schedules.declared import DECLARED
from tests.laws.schedules.nodes import Node
from tests.laws.schedules.scene import CLOSED, FAULT, REBUILT, Scenario, Scene
from tests.laws.schedules.special import SPECIAL
from tests.laws.schedules.stage import USER
from tests.laws.schedules.starts import STARTS
from tests.laws.schedules.timed import TIMED

GRAPHS = {
    "one": ("A",),
    "class1": ("A:class",),
    "chain2": ("A", "B(A)"),
    "mixed2": ("A", "B:gen(A)"),
    "class2": ("A:class", "B:class(A)"),
    "through": ("A", "P:plain(A)", "B(P)"),
    "pair": ("A", "B"),
    "chain3": ("A", "B:gen(A)", "C(B)"),
    "fork": ("A", "B(A)", "C(A)"),
    "join": ("A", "B", "C(A,B)"),
    "diamond": ("A", "B(A)", "C(A)", "D(B,C)"),
    "request1": ("A@request",),
    "request2": ("A", "B@request(A)"),
    "request3": ("A", "B:gen@request(A)", "C@request(B)"),
    "requests": ("A@request", "B@request(A)"),
    "requests3": ("A", "B:gen@request(A)", "C@request(B)", "D@request(B,C)"),
}

_TALES = """
    one/1/ one/1/cancel one/1/close one/1/cancel+close one/1/shut1 one/1/shut2 one/1/shut5 one/1/A! one/1/A~+close
    one/2/ one/2/cancel one/2/cancels one/2/close one/2/cancel+close one/2/close2 one/2/A! one/2/A!!+cancel
    one/3/cancel one/2/cancel+A! one/1/A~+close2 one/1/cancel+shut2
    class1/1/cancel class1/2/cancel class1/2/close class1/1/shut2 class1/1/A!+cancel
    chain2/1/cancel chain2/1/close chain2/1/cancel+close chain2/2/cancel chain2/2/close chain2/1/close2 chain2/1/shut3
    chain2/2/A! chain2/2/B! chain2/1/A~+close chain2/1/B~+close2 chain2/1/B!+close chain2/1/B!+cancel
    mixed2/2/cancel mixed2/2/close mixed2/1/shut2 mixed2/1/B!+close
    class2/1/cancel class2/1/close class2/2/cancel
    through/2/cancel through/1/close2 chain3/1/cancel chain3/1/close chain3/2/cancel chain3/1/shut2
    fork/2/ fork/2/cancel fork/2/close fork/2/B! join/1/cancel join/1/close join/2/cancel join/1/A!
    pair/0/start pair/0/start2 pair/0/start+close pair/0/A!+start pair/0/A!+B!+start pair/1/start pair/1/A!+start
    pair/0/begin pair/0/begin2 pair/0/A!+begin chain2/0/begin chain2/0/B!+start chain2/1/B!+start chain2/0/start+close
    chain2/1/begin join/0/A!+begin join/0/C!+start fork/0/C!+start fork/0/B!+begin diamond/0/start diamond/0/D!+start
    diamond/1/cancel diamond/1/close diamond/2/cancel diamond/0/start+close
    one/0/reside one/1/reside chain2/1/reside pair/0/A~+reside
    request1/0/visit request1/0/visit2 request1/0/leave request1/0/visit+close request1/0/A!+visit request1/0/A~+leave
    request2/0/visit request2/0/visit2 request2/0/leave request2/0/visit+close request2/0/leave+close request3/0/leave
    request3/0/visit+close request2/0/B!+visit+close request2/0/A!+visit2 request2/0/visit2+shut1
    one/0/opened+close2 one/0/opened+shut5 chain2/0/opened+close2 chain2/0/opened+shut3 chain3/0/opened+shut2
    pair/0/opened+close2 pair/0/opened+shut3 pair/0/opened+A~+B~+close2 join/0/opened+close2 diamond/0/opened+shut1
    diamond/0/opened+close2 fork/0/opened+shut2 chain2/1/opened+close class2/0/opened+close2 class2/0/opened+shut2
    request2/0/opened+visit+close request3/0/opened+leave+close chain3/0/opened+B~+A~+shut1 chain2/0/opened+close+start
    one/1/override-A chain2/1/override-A chain2/0/override-A+close chain2/2/override-A
    one/1/reset-A chain2/1/reset-A chain2/1/reset-B chain2/2/reset-A chain2/1/reset-A+close chain2/1/reset-A+cancel
    one/0/reset-A+reset-A+start request2/0/visit+reset-A
    request1/0/known+visit+close request1/0/known+leave+close request1/0/known+A~+leave requests/0/known+visit2
    requests/0/known+leave requests/0/known+visit+close requests/0/known+leave+close requests/0/known+B!+visit+close
    requests/0/known+A!+leave requests/0/known+A~+B~+visit+close requests/0/known+visit+reset-A
    requests/0/known+visit+shut2 requests/0/known+B~+leave+close2 requests3/0/known+opened+visit+close
    requests3/0/known+opened+visit+reset-A requests3/0/known+opened+D!+leave
"""

_NUMBERED = re.compile(r"(close|start|begin|visit|shut)(\d*)")


def _tale(name: str) -> Scenario:
    """Return the scenario written *name*."""
    graph, n_users, words = name.split("/")
    nodes = [Node.parse(text) for text in GRAPHS[graph]]
    needed = {need for node in nodes for need in node.needs}
    tops = [node.name for node in nodes if node.name not in needed]
    events = [word for word in words.split("+") if word]
    steady = not any(
        word.startswith(("close", "shut", "reset", "override", "reside", "start", "begin")) for word in events
    )
    acts = [act for word in events if (act := _act(word, tops, steady)) is not None]

    def play(scene: Scene) -> None:
        for number in range(int(n_users)):
            scene.user(f"user{number}", tops[number % len(tops)], steady=steady)
        for act in acts:
            act(scene)

    faults = {fault[0]: fault[1] for word in events if (fault := _fault(word)) is not None}
    return Scenario(
        name,
        GRAPHS[graph],
        play,
        faults=faults,
        may=frozenset(_may(events)),
        is_opened="opened" in events,
        is_known="known" in events,
        interruptible=graph.startswith("request") and ("leave" in events or "shut" in words),
    )


def _may(events: list[str]) -> Iterator[str]:
    for word in events:
        if word.startswith(("close", "shut", "reside")):
            yield CLOSED
        elif word.startswith(("reset", "override")):
            yield from (REBUILT, CLOSED)
        elif word.startswith(("start", "begin")):
            yield REBUILT
        elif "!" in word or "~" in word:
            yield FAULT


def _fault(word: str) -> tuple[str, int] | None:
    if word.endswith("!!"):
        return f"{word[:-2]}.open", 1_000_000
    if word.endswith("!"):
        return f"{word[:-1]}.open", 1
    return (f"{word[:-1]}.close", 1) if word.endswith("~") else None


def _act(word: str, tops: list[str], steady: bool) -> Callable[[Scene], None] | None:
    if _fault(word) is not None or word in ("opened", "known"):
        return None
    if word in ("cancel", "cancels"):
        return lambda scene: _cancel(scene, only_first=word == "cancel")
    verb, _, node = word.partition("-")
    if verb == "reset":
        return lambda scene: _nothing(scene.resetter(f"reset {node}", node))
    if verb == "override":
        return lambda scene: _nothing(scene.overrider(f"override {node}", node, tops[0]))
    if word == "reside":
        return lambda scene: _nothing(scene.resident("resident"))
    if word == "leave":
        return lambda scene: scene.stage.cancel(scene.visitor("leaver", tops[0], steady=steady))
    found = _NUMBERED.fullmatch(word)
    if found is None:
        raise ValueError(f"{word!r} is no event")
    return lambda scene: _numbered(scene, found[1], int(found[2] or 1), tops, steady)


def _numbered(scene: Scene, verb: str, count: int, tops: list[str], steady: bool) -> None:
    if verb == "shut":
        scene.closer("closer", n_cancels=count)
        return
    for number in range(count):
        name = f"{verb}{number}"
        if verb == "close":
            scene.closer(name)
        elif verb == "visit":
            scene.visitor(name, tops[number % len(tops)], steady=steady)
        else:
            actor = scene.starter(name)
            if verb == "begin":  # and is cancelled
                scene.stage.cancel(actor)


def _cancel(scene: Scene, only_first: bool) -> None:
    users = [actor for actor in scene.stage.actors if actor.role == USER]
    for actor in users[:1] if only_first else users:
        scene.stage.cancel(actor)


def _nothing(_: object) -> None:
    """Say that the actor needs nothing further."""


SCENARIOS: dict[str, Scenario] = {
    name: _tale(name) for name in _TALES.split() if hasattr(Container, "areset") or "reset" not in name
}
SCENARIOS |= {scenario.name: scenario for scenario in (*TIMED, *SPECIAL, *STARTS, *DECLARED)}
