"""
Builds a random program with one of the libraries, does what it says, and records what came of it.

Where the libraries differ on purpose the play keeps to common ground: resources are closed before anything is
overridden, singletons are reset whenever a resource was closed or an override changed, and after an error everything
starts afresh.
"""

import asyncio
import contextlib
import copy
import importlib
import inspect

from tests.differential.random_programs import CALLED, RESOURCES, SINGLETONS


class Made:
    """
    What the providers of a random program make: it remembers from what.

    A keyword for a dependency that is not declared is lost in theirs and arrives in ours, so it does not count.
    """

    def __init__(self, label, args, kwargs):
        self.label = label
        self.args = args
        self.kwargs = {name: value for name, value in kwargs.items() if "__" not in name}

    @property
    def first(self):
        return self.args[0]

    def tell(self, word):
        return f"{self.label} {word}"


class Stage:
    """A random program built with one library: the container "app", with "core" and "users" nested in it."""

    def __init__(self, program, root):
        self.program = program
        self.containers = importlib.import_module(f"{root}.containers")
        self.providers = importlib.import_module(f"{root}.providers")
        self.events = []
        self.places = {"core": {}, "app": {}, "users": {}}
        self.given = {}  # by name: dependencies of users that stand for providers of app
        self.config = {place: self.providers.Configuration() for place in self.places}
        self.gateways = self.providers.DependenciesContainer()
        self.core = self._core()
        self._fill("app")
        self.app = self._container("App", {"core": self.core, "users": self._users()} | self._members("app"))
        self.app.config.from_dict({"core": dict(program.options)})

    def _core(self):
        self._fill("core")
        core = self._container_class("Core", self._members("core"))
        return self.providers.Container(core, config=self.config["app"].core)

    def _users(self):
        self._fill("users")
        users = self._container_class("Users", {"gateways": self.gateways} | self.given | self._members("users"))
        handed_down = {name: self.places["app"][name.removeprefix("given_")] for name in self.given}
        return self.providers.Container(users, gateways=self.core, config=self.config["app"].core, **handed_down)

    def _fill(self, place):
        for node in self.program.nodes:
            if node.place == place:
                self.places[place][node.name] = self._provider(node)

    def _members(self, place):
        return self.places[place] | {"config": self.config[place]}

    def _container_class(self, name, members):
        base = self.containers.DeclarativeContainer
        return type(base)(name, (base,), dict(members))

    def _container(self, name, members):
        if not self.program.is_dynamic:
            return self._container_class(name, members)()
        container = self.containers.DynamicContainer()
        container.set_providers(**members)
        return container

    def _provider(self, node):
        args = [self._need(each, node.place) for each in node.args]
        kwargs = {name: self._need(each, node.place) for name, each in node.kwargs.items()}
        providers = self.providers
        if node.kind == "object":
            return providers.Object(node.value)
        if node.kind == "list":
            return providers.List(*args)
        if node.kind == "dict":
            return providers.Dict(**kwargs)
        if node.kind == "selector":
            return providers.Selector(self._option(node.place, "choice"), **kwargs)
        kind = {
            "factory": providers.Factory,
            "singleton": providers.Singleton,
            "thread_safe_singleton": providers.ThreadSafeSingleton,
            "callable": providers.Callable,
            "resource": providers.Resource,
            "async_resource": providers.Resource,
            "coroutine": providers.Coroutine,
        }[node.kind]
        provider = kind(self._maker(node), *args, **kwargs)
        if node.attributes:
            provider.add_attributes(**{name: self._need(each, node.place) for name, each in node.attributes.items()})
        return provider

    def _option(self, place, name):
        config = self.config[place]
        return getattr(config.core if place == "app" else config, name)

    def _need(self, need, place):
        """Return what stands for *need* in the declaration of a provider in *place*."""
        if need.kind == "value":
            return need.value
        if need.kind in ("option", "number"):
            option = self._option(place, need.value)
            return option if need.kind == "option" else option.as_int()
        provider = self._seen_from(place, self.program.nodes[need.node])
        if need.kind == "provider":
            return provider.provider
        return provider if need.kind == "node" else _chain(provider.provided, need.value)

    def _seen_from(self, place, node):
        """Return the provider of *node* as containers in *place* name it."""
        if node.place == place:
            return self.places[place][node.name]
        if node.place == "core":
            return getattr(self.core if place == "app" else self.gateways, node.name)
        return self.given.setdefault(f"given_{node.name}", self.providers.Dependency())

    def _maker(self, node):
        """Return the function, generator function or coroutine function that makes the value of *node*."""
        events, name = self.events, node.name

        def make(*args, **kwargs):
            return Made(name, args, kwargs)

        async def make_later(*args, **kwargs):
            return Made(name, args, kwargs)

        def opened(*args, **kwargs):
            events.append(f"open {name}")
            yield Made(name, args, kwargs)
            events.append(f"close {name}")

        async def opened_later(*args, **kwargs):
            events.append(f"open {name}")
            yield Made(name, args, kwargs)
            events.append(f"close {name}")

        return {"resource": opened, "async_resource": opened_later, "coroutine": make_later}.get(node.kind, make)

    def provider(self, number):
        """Return the live provider of node *number* of the container that was made."""
        node = self.program.nodes[number]
        owner = self.app if node.place == "app" else getattr(self.app, node.place)
        return getattr(owner, node.name)


def _chain(provided, word):
    if word == "told":
        return provided.tell.call("word")
    return provided.args[0] if word == "first" else getattr(provided, word)


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
            await _start_afresh(stage)
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
