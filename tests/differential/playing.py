"""
Does what a random program says with one of the libraries, and records what came of it.

Where the libraries differ on purpose the play keeps to common ground: resources are closed before anything is
overridden, singletons are reset whenever a resource was closed or an override changed, and after an error everything
starts afresh.
"""

import asyncio
import contextlib
import copy
import inspect

from tests.differential.random_programs import CALLED, RESOURCES, SINGLETONS
from tests.differential.staging import Made, Stage


async def play(program, root):
    """Return the record of *program* played with the library *root*: one entry for each act."""
    asyncio.get_running_loop().set_exception_handler(_say_nothing)
    stage, seen, record = Stage(program, root), {}, []
    if any(node.kind in ("coroutine", "async_resource") for node in program.nodes):
        await _rehearse(stage)
    for act in program.acts:
        stage.events.clear()
        try:
            result = describe(await _do(stage, act), seen)
        except Exception:  # which of several comes first is nobody's promise; the programs look at kinds of errors
            await _recover(stage)
            record.append((act.verb, "raised"))
        else:
            record.append((act.verb, result, sorted(stage.events)))
    await _settled(stage.app.shutdown_resources())
    return record


def _say_nothing(loop, context):
    """Keep quiet about futures that nobody awaits: theirs leaves some behind when a call fails."""


async def _rehearse(stage):
    """Call every provider once while nothing is open, which settles for good whether it is awaited."""
    for number in reversed(range(len(stage.program.nodes))):
        with contextlib.suppress(Exception):
            await _settled(stage.provider(number)())
        await _recover(stage)


async def _recover(stage):
    """Start afresh after an error: theirs lets the rest go on opening, and tells the errors of that when it closes."""
    for _ in range(100):  # turns of the loop, enough for all that was begun
        await asyncio.sleep(0)
    for _ in stage.program.nodes:
        with contextlib.suppress(Exception):
            await _settled(stage.app.shutdown_resources())
    await _start_afresh(stage)


async def _start_afresh(stage):
    await _settled(stage.app.shutdown_resources())
    stage.app.reset_singletons()


async def _settled(value):
    return await value if inspect.isawaitable(value) else value


async def _do(stage, act):
    return await _VERBS[act.verb](stage, act, stage.program.nodes[act.node])


async def _call(stage, act, node):
    return await _settled(stage.provider(act.node)(*act.args, **dict(act.kwargs)))


async def _init(stage, act, node):
    await _settled(stage.app.init_resources())


async def _shutdown(stage, act, node):
    await _start_afresh(stage)


async def _reset_singletons(stage, act, node):
    stage.app.reset_singletons()


async def _init_one(stage, act, node):
    return await _settled(stage.provider(act.node).init()) if node.kind in RESOURCES else None


async def _shutdown_one(stage, act, node):
    """Close one resource, if no other is made from it."""
    others = range(len(stage.program.nodes))
    if node.kind in RESOURCES and not any(act.node in stage.program.resources_below(other) for other in others):
        await _settled(stage.provider(act.node).shutdown())
        stage.app.reset_singletons()


async def _is_open(stage, act, node):
    return stage.provider(act.node).initialized if node.kind in RESOURCES else None


async def _reset(stage, act, node):
    if node.kind in SINGLETONS:
        stage.provider(act.node).reset()


async def _full_reset(stage, act, node):
    if node.kind in SINGLETONS:
        await _settled(stage.app.shutdown_resources())
        stage.provider(act.node).full_reset()


async def _copy(stage, act, node):
    """Go on with a copy of the container."""
    await _start_afresh(stage)
    stage.app = copy.deepcopy(stage.app)


async def _add_argument(stage, act, node):
    await _start_afresh(stage)
    if node.kind in CALLED:
        name = f"added_{len(stage.provider(act.node).kwargs)}"
        stage.provider(act.node).add_args(act.value).add_kwargs(**{name: act.value})


async def _swap(stage, act, node):
    """Have one provider be overridden by another that is not made from it."""
    await _start_afresh(stage)
    other = act.value if isinstance(act.value, int) and act.value < act.node else act.node
    if other != act.node:
        stage.provider(act.node).override(stage.provider(other))


async def _override(stage, act, node):
    """Override one provider by a value or by a factory."""
    await _start_afresh(stage)
    kind = stage.providers.Factory if node.kind in CALLED else stage.providers.Object
    other = (
        kind(stage._maker(node), "other") if kind is stage.providers.Factory and node.kind != "resource" else act.value
    )
    stage.provider(act.node).override(other)
    stage.app.reset_singletons()


async def _reset_override(stage, act, node):
    await _start_afresh(stage)
    stage.provider(act.node).reset_override()
    stage.app.reset_singletons()


async def _set_option(stage, act, node):
    await _start_afresh(stage)
    stage.app.config.core.choice.from_value(act.value)
    stage.app.config.core.text.from_value(act.value)


_VERBS = {
    "call": _call,
    "init": _init,
    "shutdown": _shutdown,
    "reset_singletons": _reset_singletons,
    "init_one": _init_one,
    "shutdown_one": _shutdown_one,
    "is_open": _is_open,
    "reset": _reset,
    "full_reset": _full_reset,
    "copy": _copy,
    "add_argument": _add_argument,
    "swap": _swap,
    "override": _override,
    "reset_override": _reset_override,
    "set_option": _set_option,
}


def describe(value, seen):
    """Return *value* in words; objects that were made are numbered in the order in which they are first seen."""
    if isinstance(value, Made):
        if id(value) in seen:
            return f"#{seen[id(value)][0]}"
        seen[id(value)] = len(seen), value  # the value too, so that its id is not given to another
        inner = ", ".join(f"{name}={describe(each, seen)}" for name, each in sorted(vars(value).items()))
        return f"#{seen[id(value)][0]}({inner})"
    if isinstance(value, list | tuple):
        return f"[{', '.join(describe(each, seen) for each in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {describe(each, seen)}' for key, each in sorted(value.items()))}}}"
    return "a provider" if hasattr(value, "provided") else repr(value)
