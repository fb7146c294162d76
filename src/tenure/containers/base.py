"""`Container`: providers by name, on a class or an instance of one."""

from collections.abc import Awaitable, Iterable, Iterator
from typing import Any, ClassVar, Self

from tenure.containers import checking, configuring, lookup, overriding, starting, wired
from tenure.containers.both import both, both_property
from tenure.containers.naming import adopt_self, check_type, name_it, no_such_provider
from tenure.containers.overriding import ProvidersOverridingContext
from tenure.containers.scoped import Scoped
from tenure.containers.wired import WiringConfiguration
from tenure.live import is_copying, refusal_of
from tenure.providers.base import P, Provider
from tenure.providers.bindings import is_provider
from tenure.providers.container import Container as ContainerProvider
from tenure.providers.dependencies import DependenciesContainer, Dependency
from tenure.providers.family import Family, admit
from tenure.providers.objects import Self as SelfProvider
from tenure.providers.parents import WithParent
from tenure.providers.resource import BaseResource
from tenure.providers.singletons import BaseSingleton, SingletonResetContext
from tenure.providers.traversing import traverse


class Container(Scoped):
    """What declarative and dynamic containers can do."""

    provider_type: ClassVar[type[Provider[Any]]] = Provider
    """The class that every provider of the container must be of."""
    wiring_config: WiringConfiguration = WiringConfiguration()
    """What an instance is wired to when it is made."""
    auto_load_config: bool = True
    """Whether configurations load their files when an instance is made."""
    providers: dict[str, Provider[Any]]
    """Its providers by name."""
    overridden: tuple[Any, ...]
    """The containers that override it, the one that counts last."""
    parent: Any
    """The provider that gives it, None if none does."""
    wired_to_modules: list[Any]
    """The modules that it is wired to."""
    wired_to_packages: list[Any]
    """The packages that it is wired to."""

    __tenure_live__ = True

    def __reduce_ex__(self, protocol: Any, /) -> Any:
        """Refuse to be pickled: a container stays in its process; its class travels by name."""
        if is_copying():
            return super().__reduce_ex__(protocol)
        raise refusal_of(self, type(self).__qualname__)

    def __init__(self) -> None:
        put = self.__dict__.__setitem__
        put("providers", {})
        put("overridden", ())
        put("parent", None)
        put("wired_to_modules", [])
        put("wired_to_packages", [])
        put("_Container__family", Family())
        put("__self__", SelfProvider(self))

    # attributes are providers

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; one that is a provider becomes a provider of the container."""
        if is_provider(value) and name != "parent":
            self.set_provider(name, value)
        else:
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        """Delete an attribute, and the provider of that name."""
        self.providers.pop(name, None)
        object.__delattr__(self, name)

    def __getattr__(self, name: str) -> Any:
        """Refuse: there is no provider of that name."""
        raise no_such_provider(self, name, self.__dict__.get("providers", {}))

    def set_provider(self, name: str, provider: Provider[Any]) -> None:
        """
        Put *provider* into the container.

        Raises:
            Error: it is not of the type that the container takes.
        """
        if isinstance(provider, SelfProvider):
            adopt_self(self, name, provider)
        else:
            check_type(self.provider_type, provider)
            self.providers[name] = provider
        object.__setattr__(self, name, provider)
        name_it(type(self).__name__, name, provider)
        if isinstance(provider, WithParent):
            provider.assign_parent(self)
        if provider._family is None:
            provider._family = self.__family
        self.__dict__.pop("_Container__united", None)

    def set_providers(self, **providers: Provider[Any]) -> None:
        """Put several providers into the container."""
        for name, provider in providers.items():
            self.set_provider(name, provider)

    @property
    def __tenure_engine__(self) -> Any:
        """The engine that serves every provider of the container."""
        engine = lookup.engine_of(self, self.__family, self.__dict__.get("_Container__united"))
        self.__dict__["_Container__united"] = engine.graph
        return engine

    @property
    def __tenure_is_part__(self) -> bool:
        """Whether a type-driven container serves it, which is closed as a whole."""
        is_part: bool = self.__family.is_adopted
        return is_part

    def __tenure_join__(self, engine: Any) -> tuple[Any, dict[Any, Any]]:
        """Let *engine*, of a type-driven container, serve this one; return how to find providers, by which keys."""
        for provider in self.traverse():
            admit(provider, self.__family)
        self.__family.adopt(engine)
        return self.__family.find, lookup.offers_of(self)

    def __tenure_view__(self, **options: Any) -> Any:
        """Return what a drawing of it shows; *options* are those of `tenure.draw.surveying.view_of`."""
        from tenure.draw.surveying import view_of  # noqa: PLC0415 - imported on use: many programs never do

        engine = self.__tenure_engine__
        for provider in self.traverse():
            engine.graph.find(provider)
        return view_of(engine.graph, engine.ladder, **options)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Have notebooks show a drawing; IPython says by name what it would rather have."""
        from tenure.draw.notebook import bundle_of  # noqa: PLC0415 - imported on use: many programs never do

        return bundle_of(self.__tenure_view__(title=type(self).__name__))

    # looking

    @both_property
    def dependencies(self: Any) -> dict[str, Provider[Any]]:
        """What it expects to be given, by name."""
        return {
            name: provider
            for name, provider in self.providers.items()
            if isinstance(provider, Dependency | DependenciesContainer)
        }

    @both
    def traverse(cls: Any, types: Iterable[type[P]] | None = None) -> Iterator[P]:
        """Go through every provider it holds or refers to, each once; only those of *types* if given."""
        return traverse(cls.providers.values(), types)

    @both
    def resolve_provider_name(cls: Any, provider: Provider[Any]) -> str:
        """
        Return the name of *provider* in the container.

        Raises:
            Error: it has none there.
        """
        return lookup.name_of(cls, provider)

    def check_dependencies(self) -> None:
        """
        Look whether everything that is expected was given.

        Raises:
            Error: something was not; all of it is named.
        """
        checking.check_dependencies(self)

    # replacing

    @both
    def override(cls: Any, overriding: Any) -> None:
        """
        Have the providers of another container replace those of the same name.

        Raises:
            Error: it is the container itself, or one it is derived from.
        """
        _override(cls, overriding)

    @both
    def override_providers(cls, **overriding_providers: Any) -> ProvidersOverridingContext[Self]:
        """
        Have providers (or objects) replace those of the same name.

        Returns:
            A context manager that undoes it on leaving; it need not be used.
        """
        return overriding.override_providers(cls, overriding_providers)

    @both
    def reset_last_overriding(cls: Any) -> None:
        """
        Undo the last override by a container.

        Raises:
            Error: there was none.
        """
        overriding.reset_last(cls)

    @both
    def reset_override(cls: Any) -> None:
        """Undo every override, of each provider as well."""
        overriding.reset_all(cls)

    def apply_container_providers_overridings(self) -> None:
        """Override the providers of the containers inside with what those were given."""
        for provider in self.traverse(types=[ContainerProvider]):
            provider.apply_overridings()

    def reset_singletons(self) -> SingletonResetContext[Self]:
        """Reset every singleton. Used with `with`, resets them again at the end."""

        def reset() -> None:
            for provider in self.traverse(types=[BaseSingleton]):
                provider.reset()

        reset()
        return SingletonResetContext(self, reset)

    # resources

    def init_resources(self, resource_type: type[BaseResource[Any]] = BaseResource) -> Awaitable[None]:
        """
        Open every resource of a type, dependencies first, asynchronous ones that are independent at the same time.

        Args:
            resource_type: a subclass of `providers.BaseResource`.

        Returns:
            An awaitable; where nothing is asynchronous everything is open already, and it need not be awaited.

        Raises:
            TypeError: *resource_type* is no type of resource.
            BaseException: the first failure; what was opened by this call is closed again.
        """
        return starting.init_resources(self, resource_type)

    def shutdown_resources(self, resource_type: type[BaseResource[Any]] = BaseResource) -> Awaitable[None]:
        """
        Close every open resource of a type, and before each whatever depends on it; they may be opened again.

        Where that is everything, observers are told that the container is left (`ScopeLeaving`, `ScopeLeft`).

        Args:
            resource_type: a subclass of `providers.BaseResource`.

        Returns:
            An awaitable; where nothing is asynchronous everything is closed already, and it need not be awaited.

        Raises:
            TypeError: *resource_type* is no type of resource.
            CloseError: what closing code raised; everything else is closed all the same.
        """
        return starting.shutdown_resources(self, resource_type)

    # wiring

    def is_auto_wiring_enabled(self) -> bool:
        """Tell whether making an instance wires it."""
        return self.wiring_config.auto_wire

    def wire(
        self,
        modules: Iterable[Any] | None = None,
        packages: Iterable[Any] | None = None,
        from_package: str | None = None,
        keep_cache: bool | None = None,
        warn_unresolved: bool = False,
        strict: bool = False,
    ) -> None:
        """
        Fill in the markers of modules and packages with what the container provides.

        Args:
            modules: module objects or names, relative ones in *from_package*; None: those of `wiring_config`.
            packages: packages with everything below them, likewise.
            from_package: name of the package that relative names are in.
            keep_cache: whether what was looked up in the modules is kept for wiring them again.
            warn_unresolved: whether to warn of markers that the container cannot resolve.
            strict: whether such markers are an error.

        Raises:
            Error: a marker cannot be resolved, with *strict*; all of them are told.
        """
        wired.wire(self, modules, packages, from_package, keep_cache, warn_unresolved, strict)

    def unwire(self) -> None:
        """Put back what wiring replaced."""
        wired.unwire(self)

    # loading

    def load_config(self) -> None:
        """Have every configuration load the files that it names."""
        configuring.load(self)

    # place

    @both_property
    def parent_name(self: Any) -> str | None:
        """Its name from the outermost container on, dotted; None for an outermost one that no class declares."""
        if isinstance(self, type):
            return self.__name__
        parent = self.__dict__.get("parent")
        if parent is not None:
            name: str | None = parent.parent_name
            return name
        declared = self.__dict__.get("declarative_parent")
        return None if declared is None else str(declared.__name__)

    def assign_parent(self, parent: Any) -> None:
        """Say which provider gives it."""
        self.__dict__["parent"] = parent


def _override(container: Any, other: Any) -> None:
    overriding.override(container, other)
