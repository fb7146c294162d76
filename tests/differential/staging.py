"""Builds a random program with one of the libraries."""

import importlib


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
