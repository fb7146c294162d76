"""W2: the order of dependencies, on random programs: resources among factories, lists and nested containers."""

import random

import pytest

from tests.weaknesses.support import Holds, contrast, done, opening, turns

PROGRAMS = 80
NODES = 8


def given(*args, **kwargs):
    return args, kwargs


def node(library, draw, log, name, needs):
    """A provider that needs *needs*: every other one is a resource."""
    providers = library.providers
    if draw.random() < 0.5:
        return library.resource(opening(log, name), *needs)
    kind = draw.choice(("Factory", "Singleton", "Callable", "List", "Dict"))
    if kind == "List":
        return providers.List(*needs)
    if kind == "Dict":
        return providers.Dict({str(number): need for number, need in enumerate(needs)})
    return getattr(providers, kind)(given, *needs)


def random_container(library, draw, log):
    nodes = {}
    for number in range(NODES):
        needs = draw.sample(list(nodes.values()), k=min(len(nodes), draw.randrange(3)))
        nodes[f"n{number}"] = node(library, draw, log, f"n{number}", needs)
    inside = library.declare(**{f"i{number}": node(library, draw, log, f"i{number}", []) for number in range(2)})
    names = list(nodes)
    draw.shuffle(names)
    container = library.container(**{name: nodes[name] for name in names}, inner=library.providers.Container(inside))
    return container, [*names, "i0", "i1"]


def wrong_orders(library, start):
    """How many of *PROGRAMS* random programs do not close exactly in the reverse of the order of opening."""
    kept, wrong = [], 0
    for seed in range(PROGRAMS):
        draw, log = random.Random(seed), []
        container, names = random_container(library, draw, log)
        kept.append((container, [object() for _ in range(seed % 7)]))
        draw.shuffle(names)
        for name in names[: NODES // 2]:
            getattr(container.inner if name.startswith("i") else container, name)()
        if start:
            container.init_resources()
        opened = [entry[1:] for entry in log]
        container.shutdown_resources()
        wrong += log[len(opened) :] != [f"-{name}" for name in reversed(opened)]
    return wrong


@pytest.mark.parametrize("start", [True, False], ids=["started", "only called"])
@contrast(theirs=Holds(lambda wrong: wrong > PROGRAMS / 4, "wrong in many programs"), ours=0)
def test_random_programs_close_in_reverse_of_opening(library, start):
    """W2, L9, L18, L19: everything that was opened is closed once, in the exact reverse of its opening."""
    return wrong_orders(library, start)


def pausing(log, name, pauses):
    """An async generator function that takes *pauses* turns of the loop to open and as many to close."""

    async def opens(*_needs):
        await turns(pauses)
        log.append(f"+{name}")
        yield name
        log.append(f"~{name}")
        await turns(pauses)
        log.append(f"-{name}")

    return opens


def random_async_container(library, draw, log):
    """A container of resources, half of them asynchronous, with lists between them; and what each needs."""
    nodes, below = {}, {}
    for number in range(NODES):
        name = f"n{number}"
        needed = draw.sample(list(nodes), k=min(len(nodes), draw.randrange(3)))
        opens = pausing(log, name, draw.randrange(4)) if draw.random() < 0.5 else opening(log, name)
        nodes[name] = library.resource(opens, library.providers.List(*(nodes[each] for each in needed)))
        below[name] = needed
    return library.container(**nodes), below


def closed_early(log, below):
    """Pairs of resources, the second of which began to close before the first, which needs it, had been closed."""
    ends = {entry[1:]: number for number, entry in enumerate(log) if entry[0] == "-"}
    begins = ends | {entry[1:]: number for number, entry in enumerate(log) if entry[0] == "~"}
    return [(name, need) for name in below for need in below[name] if begins[need] < ends[name]]


@contrast(theirs=Holds(lambda early: early > PROGRAMS / 4, "early in many programs"), ours=0)
async def test_random_asynchronous_programs_close_in_order(library):
    """W2, L18: nothing begins to close before what needs it has been closed, with asynchronous resources too."""
    kept, early = [], 0
    for seed in range(PROGRAMS):
        draw, log = random.Random(seed), []
        container, below = random_async_container(library, draw, log)
        kept.append((container, [object() for _ in range(seed % 7)]))
        await done(container.init_resources())
        await done(container.shutdown_resources())
        early += bool(closed_early(log, below))
    return early
