"""`Dependency` and `DependenciesContainer`: what a container expects to be given."""

from collections.abc import Callable, Iterator
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Self

from tenure.errors import Error, NoSuchProviderError
from tenure.model.binding import TRANSIENT, Binding, Make, Need
from tenure.providers import bindings
from tenure.providers.base import Provider, T_co
from tenure.providers.family import family_of, renew
from tenure.providers.objects import Object
from tenure.providers.overriding import OverridingContext
from tenure.providers.parents import WithParent

if TYPE_CHECKING:
    from typing_extensions import TypeForm

_ANYTHING: Any = object


class Dependency(WithParent[T_co]):
    """
    Stands for something that is given later.

    Args:
        instance_of: the class that the value must be an instance of.
        default: a provider or an object that is used where nothing is given.

    Raises on construction:
        TypeError: *instance_of* is not a class.
    """

    __slots__ = ("_default", "_instance_of")

    def __init__(self, instance_of: "TypeForm[T_co]" = _ANYTHING, default: Any = None) -> None:
        self._instance_of: Any = object
        self._default: Any = None
        super().__init__()
        self.set_instance_of(instance_of)
        self.set_default(default)

    def __getattr__(self, name: str) -> Any:
        """Return the attribute *name* of the provider that was given."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        target = self._last if self._last is not None else self._default
        if target is None:
            raise NoSuchProviderError(f"{self} is not defined yet, and has no attribute {name!r}")
        return getattr(target, name)

    def __tenure_label__(self) -> str:
        """Return its dotted name, or what it is where it has none."""
        return self.parent_name or super().__tenure_label__()

    @property
    def instance_of(self) -> Any:
        """The class that the value must be an instance of."""
        return self._instance_of

    def set_instance_of(self, instance_of: "TypeForm[Any]") -> Self:
        """
        Say of which class the value must be.

        Raises:
            TypeError: it is not a class.
        """
        if not isinstance(instance_of, type):
            raise TypeError(f"instance_of takes a class, not {instance_of!r}")
        self._instance_of = instance_of
        renew((self,))
        return self

    @property
    def default(self) -> Any:
        """The provider that is used where nothing is given, None if there is none."""
        return self._default

    def set_default(self, default: Any) -> Self:
        """Say what is used where nothing is given."""
        if default is not None and not bindings.is_provider(default):
            default = Object(default)
        self._default = default
        renew((self,))
        return self

    @property
    def is_defined(self) -> bool:
        """Whether there is something to be given."""
        return self._last is not None or self._default is not None

    def provided_by(self, provider: Any) -> OverridingContext[Any]:
        """Have *provider* give the value: `override` under another name."""
        return self.override(provider)

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        if self._default is not None:
            yield self._default
        yield from super().related

    def __call__(self, *args: Any, **kwargs: Any) -> T_co:
        """
        Return the value.

        Raises:
            Error: nothing was given, or it is not an instance of `instance_of`.
        """
        source = self._last if self._last is not None else self._default
        if source is None and family_of(self).is_adopted:
            return super().__call__()
        if source is None:
            raise Error(_undefined(self))
        value = source(*args, **kwargs)
        if isawaitable(value) and not isinstance(value, self._instance_of):
            return self._checked_later(value)  # type: ignore[no-any-return]  # an awaitable of a T, as everywhere
        return self._checked(value)  # type: ignore[no-any-return]  # checked to be a T

    def _checked_later(self, value: Any) -> Any:
        from tenure.providers.pending import Pending  # noqa: PLC0415 - needed by asynchronous programs only

        async def check() -> Any:
            return self._checked(await value)

        return Pending(f"the value of {self}", check)

    def _checked(self, value: Any) -> Any:
        if not isinstance(value, self._instance_of):
            raise Error(
                f"{value!r} is not an instance of {self._instance_of!r}, which {self.__tenure_label__()!r} has to be"
            )
        return value

    def __tenure_binding__(self) -> Binding:
        """Return the binding as it is now: of what was given, of the default, or of something missing."""
        source = self._last if self._last is not None else self._default
        if source is None:
            return bindings.binding_of(self, self._checked, (Need("value", _Undefined(self), by_position=True),))
        return Binding(self, Make.CALL, self._checked, TRANSIENT, (Need("value", source, by_position=True),))

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        return self.__tenure_binding__()

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._instance_of = self._instance_of
        copied._default = copy(self._default)

    def _shown(self) -> str:
        return repr(self._instance_of)


class _Undefined:
    """Stands for what nobody gave."""

    __slots__ = ("_dependency",)

    def __init__(self, dependency: Dependency[Any]) -> None:
        self._dependency = dependency

    def __tenure_stands_for__(self) -> Any:
        """Return the class that would do, where a type-driven container has one."""
        return self._dependency.instance_of

    def __tenure_label__(self) -> str:
        """Return what is missing."""
        return f"what {self._dependency.__tenure_label__()!r} stands for"

    def __tenure_reason__(self) -> str:
        """Return why it is missing."""
        return _undefined(self._dependency)


def _undefined(dependency: Dependency[Any]) -> str:
    label = dependency.__tenure_label__()
    return f"the dependency {label!r} is not defined: nothing was given for it, and it has no default"


class ExternalDependency(Dependency[T_co]):
    """The same as `Dependency`, under its former name."""

    __slots__ = ()


class DependenciesContainer(WithParent[Any], Object[Any]):
    """
    Stands for a container that is given later; its attributes are dependencies.

    Args:
        dependencies: providers that are known to be expected, by name.
    """

    __slots__ = ("_providers",)

    def __init__(self, **dependencies: Provider[Any]) -> None:
        self._providers: dict[str, Any] = {}
        super().__init__(None)
        for name, provider in dependencies.items():
            self._add(name, provider)

    def __getattr__(self, name: str) -> Any:
        """Return the dependency *name*, made when first asked for."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        provider = self._providers.get(name)
        if provider is None:
            provider = Dependency[Any]()
            self._add(name, provider)
            if self._last is not None:
                self._give(name, provider, self._last)
        return provider

    def _add(self, name: str, provider: Any) -> None:
        self._providers[name] = provider
        if isinstance(provider, WithParent):
            provider.assign_parent(self)

    @property
    def providers(self) -> dict[str, Any]:
        """The dependencies by name."""
        return self._providers

    def resolve_provider_name(self, provider: Provider[Any]) -> str:
        """
        Return the name of *provider*.

        Raises:
            Error: it is none of the dependencies.
        """
        for name, known in self._providers.items():
            if known is provider:
                return name
        raise Error(f"{self} has no name for {provider}")

    def override(self, provider: Any) -> OverridingContext[Any]:
        """Have a container, or a provider of one, give every dependency."""
        context = super().override(provider)
        for name, dependency in self._providers.items():
            self._give(name, dependency, provider)
        return context

    def _give(self, name: str, dependency: Any, container: Any) -> None:
        source = (
            container()
            if isinstance(container, Object) and not isinstance(container, DependenciesContainer)
            else container
        )
        given = getattr(source, "providers", {}).get(name)
        if given is not None:
            dependency.override(given)

    def reset_last_overriding(self) -> None:
        """Undo the last override, of the dependencies as well."""
        super().reset_last_overriding()
        for provider in self._providers.values():
            if provider.overridden:
                provider.reset_last_overriding()

    def reset_override(self) -> None:
        """Undo every override, of the dependencies as well."""
        super().reset_override()
        for provider in self._providers.values():
            provider.reset_override()

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        yield from self._providers.values()
        yield from super().related

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._providers = {}
        copied._provides = copy(self._provides)
        for name, provider in self._providers.items():
            copied._add(name, copy(provider))
