"""Plays that once were seen differently on the fast path: the smallest of each kind, as they were found."""

import pytest

from tests.compile.comparing import difference
from tests.compile.plays import Call, Do, Fault, Foreign, Get, Need, Node, Override, Play, Scope

MADE_ONCE = Node("N0", "function", "request")
OPENED = Node("N0", "generator", "request")

FOUND = {
    "a scope left by hand is left again where its body ends": (
        (Node("N0", "class"),), (), (Scope((Do("leave"),)),),
    ),
    "a scope left by hand is current no more": (
        (MADE_ONCE,), (), (Scope((Do("leave"), Get(0))),),
    ),
    "a scope that its own opening code left is current no more": (
        (OPENED,), (Fault(0, "make", "leave", 2),),
        (Scope((Get(0),)), Scope((Scope((Get(0, "scope"), Get(0))),))),
    ),
    "the error of an opening that left its own scope says what was made": (
        (OPENED, Node("N1", "class", "request", (Need(0),))), (Fault(0, "open", "leave", 2),),
        (*[Scope((Get(1, "scope", False),))] * 3,),
    ),
    "arguments are made in the order of the parameters": (
        (Node("N0", "class"), Node("N1", "function", "request"), Node("N2", "class", needs=(Need(0), Need(1))),
         Node("N3", "class", "request", (Need(2),))), (),
        (*[Scope((Get(3, "scope"),))] * 3,),
    ),
    "arguments are made in that order also before something that is opened": (
        (Node("N0", "class"), Node("N1", "function", "request", (Need(0),)),
         Node("N2", "generator", "request", (Need(0), Need(1)))), (),
        (*[Scope((Get(2, "scope"),))] * 3,),
    ),
    "the error of a generator that never yields says what was made": (
        (OPENED,), (Fault(0, "open", "never", 2),), (*[Scope((Get(0, "scope"),))] * 3,),
    ),
    "the error of making says of the right need": (
        (OPENED, Node("N1", "generator", "request"), Node("N2", "generator", "request", (Need(1), Need(0)))),
        (Fault(1, "make", "raise", 2),), (*[Scope((Get(2, "scope"),))] * 3,),
    ),
    "an error of making has nothing of the look-ups before it as its context": (
        (Node("N0", "class"), Node("N1", "generator", "singleton", (Need(0),)),
         Node("N2", "class", "request", (Need(1),))),
        (Fault(1, "open", "raise", 2),),
        (Scope((Get(2, "scope"), Do("reset", 0), Get(2, "scope"))),),
    ),
    "the error of a scope that fails to close has no context": (
        (Node("N0", "generator", None),), (Fault(0, "close", "raise", 2),), (*[Scope((Get(0, "scope"),))] * 3,),
    ),
    "what asks for itself is a circle in the second scope as in the first": (
        (MADE_ONCE,), (Fault(0, "make", "ask", 2, 0),), (*[Scope((Get(0, "scope"),))] * 3,),
    ),
    "the path of what asked is in the error": (
        (MADE_ONCE, Node("N1", "function", "session")), (Fault(0, "make", "nest", 2, 1),),
        (*[Scope((Get(0, "scope"),))] * 3,),
    ),
    "a transient resource that asks for what needs it is a circle": (
        (Node("N0", "generator"), Node("N1", "generator", "request", (Need(0),))), (Fault(0, "open", "nest", 2, 1),),
        (Get(0, "scope"), Scope((Get(0, "scope"),))),
    ),
    "a transient resource that asks for a singleton that needs it is a circle": (
        (Node("N0", "generator"), Node("N1", "class", "singleton", (Need(0),))), (Fault(0, "open", "ask", 2, 1),),
        (Get(0, "scope"), Scope((Get(0, "scope"),))),
    ),
    "what needs something that is made anew finds what is kept": (
        (Node("N0", "generator"), Node("N1", "function", "request", (Need(0),)),
         Node("N2", "generator", None, (Need(1),))),
        (), (Scope((Get(2, "scope"),)), Scope((Get(1, "scope"), Get(2, "scope")))),
    ),
    "what is opened by steps after it is closed before it, also where the order is worked out": (
        (Node("N0", "class"), Node("N1", "generator"), Node("N2", "generator", "request", (Need(0, "default"),))), (),
        (Get(1, "scope"), Scope((Get(1, "scope"), Get(2), Override(0, (), "class")))),
    ),
    "what is made anew is given although making it closed its scope": (
        (Node("N0", "class"),), (Fault(0, "make", "close", 2, 1),), (Scope((Get(0, "outer"), Get(0, "scope"))),),
    ),
    "nothing more is made for a scope that was closed from inside": (
        (MADE_ONCE, Node("N1", "generator", "request", (Need(0),))), (Fault(0, "make", "leave", 2),),
        (*[Scope((Get(1, "scope"),))] * 3,),
    ),
    "what was refused is not found afterwards": (
        (Node("N0", "generator", None),), (Fault(0, "make", "leave"),), (*[Scope((Get(0), Get(0, "scope")))] * 3,),
    ),
    "a scope that a method left while it opened its object is current no more": (
        (Node("N0", "methods class", "singleton"), MADE_ONCE), (Fault(0, "open", "leave"),),
        (Scope((Get(0),)), Scope((Get(1, "scope"),), "session")),
    ),
    "what goes in is made once although a default follows it": (
        (Node("N0", "class"), Node("N1", "function", "request", (Need(0), Need(-1, "default")))), (),
        (Scope((Get(1, "scope"),)),),
    ),
    "an object whose opening was interrupted is opened when it is needed next": (
        (Node("N0", "methods class", "singleton"), Node("N1", "contextmanager", None, (Need(0),))),
        (Fault(0, "open", "interrupt"),), (Call((1,)), Call((1,))),
    ),
    "an instance that was given is in use": (
        (Node("N0", "class"), Node("N1", "instance")), (Fault(0, "make", "nest", 1, 1),), (Get(0), Get(0)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(FOUND))
def test_found(name):
    """It is seen alike on both paths."""
    nodes, faults, steps = FOUND[name]

    for world in ("sync", "asyncio"):
        assert difference(Play(world, nodes, faults, steps)) == ""


def looks(world):
    """Give small plays of *world* that meet each thing that may be about while the fast path is taken."""
    a = "async " if world != "sync" else ""
    nodes = (
        Node("N0", "class", "singleton"),
        Node("N1", f"{a}generator", "request", (Need(0),)),
        Node("N2", "class"),
        Node("N3", f"{a}generator", None, (Need(1), Need(2))),
        Node("N4", "class", "request", (Need(3), Need(1), Need(2))),
    )
    always = ["raise", "odd", "interrupt", "look", "ask", "nest", "leave", *(["cancel"] if a else [])]
    acts = {"make": always, "open": [*always, "never"], "close": [*always, "twice", "swallow"]}
    faults = [(), *((Fault(i, point, act, 2, key),)
              for i in (1, 3) for point in acts for act in acts[point]
              for key in ((0, 4) if act in ("ask", "nest") else (0,)))]  # fmt: skip
    inside = (Get(4, "scope", False), Get(4), Get(1, "scope"))
    uses = [
        Scope(inside),
        Scope(inside, raises="fault"),
        Scope((Get(1, "scope"), Do("look"), *inside)),
        Scope((Scope(inside), *inside)),
        Scope((*inside, Do("reset", 1), *inside)),
        Scope((*inside, Do("close"), *inside)),
        Scope((Override(1, inside), *inside)),
        Foreign((Scope(inside),)),
        Call((4, 2)),
    ]
    for fault in faults:
        for use in uses:
            yield Play(world, nodes, fault, (Scope((Get(4, "scope"),)), use, use, Scope(inside)))


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("world", ["sync", "asyncio", "trio"])
def test_every_fault_in_every_use(world):
    """Each fault, in what is made second, while the scope is used in each way, is seen alike on both paths."""
    told = [(play.faults, play.steps[1], found) for play in looks(world) if (found := difference(play))]

    assert not told, f"{len(told)} differ; the first:\n{told[0][0]}\n{told[0][1]}\n{told[0][2]}"
