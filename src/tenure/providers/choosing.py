"""`Aggregate`, `FactoryAggregate` and `Selector`: one of several providers, chosen at run time."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, NoReturn, Self

from tenure.errors import Error, NoSuchProviderError
from tenure.keys import near
from tenure.model.binding import TRANSIENT, Binding, Make, Need
from tenure.providers import bindings
from tenure.providers.base import Provider, T_co
from tenure.providers.calling import consume
from tenure.providers.factories import Factory
from tenure.providers.family import renew


class _OneOf(Provider[T_co]):
    """Providers by name; a call is passed on to one of them."""

    __slots__ = ()

    _providers: dict[Any, Any]

    @property
    def providers(self) -> dict[Any, Any]:
        """The providers by name; a copy."""
        return dict(self._providers)

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        yield from self._providers.values()
        yield from super().related

    def __getattr__(self, name: str) -> Any:
        """Return the provider *name*."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._chosen(name)

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._providers = {name: copy(provider) for name, provider in self._providers.items()}

    def _chosen(self, name: Any) -> Any:
        try:
            return self._providers[name]
        except KeyError:
            hint = near(str(name), map(str, self._providers))
            known = ", ".join(map(repr, self._providers))
            also = f"; did you mean {' or '.join(hint)}?" if hint else ""
            raise NoSuchProviderError(f"{self} has no provider {name!r}, it has {known}{also}") from None

    def _shown(self) -> str:
        return ", ".join(map(str, self._providers))


class Aggregate(_OneOf[T_co]):
    """
    Calls the provider whose name is given with the call.

    Args:
        provider_dict: providers by name.
        provider_kwargs: more of them.

    Raises on construction:
        Error: one of them is no provider.
    """

    __slots__ = ("_providers",)

    is_delegated = True
    """Other providers get it as it is: without a name it gives nothing."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Provider[T_co]:
            """Return the provider *name*."""
            ...

    def __init__(
        self, provider_dict: Mapping[Any, Provider[T_co]] | None = None, **provider_kwargs: Provider[T_co]
    ) -> None:
        self._providers: dict[Any, Any] = {}
        super().__init__()
        self.set_providers(provider_dict, **provider_kwargs)

    def set_providers(
        self, provider_dict: Mapping[Any, Provider[T_co]] | None = None, **provider_kwargs: Provider[T_co]
    ) -> Self:
        """Replace the providers."""
        providers = {**(provider_dict or {}), **provider_kwargs}
        for provider in providers.values():
            self._check(provider)
        self._providers = providers
        renew((self,))
        return self

    def _check(self, provider: Any) -> None:
        if not bindings.is_provider(provider):
            raise Error(f"{type(self).__name__} takes providers, and {provider!r} is none")

    def __call__(self, provider_name: Any = None, *args: Any, **kwargs: Any) -> T_co:
        """
        Return the value of the provider *provider_name*, called with the other arguments.

        Raises:
            TypeError: no name was given.
            NoSuchProviderError: there is none of that name.
        """
        if self._last is not None:
            return self._last(provider_name, *args, **kwargs)  # type: ignore[no-any-return]  # it replaces a T
        if provider_name is None:
            raise TypeError("the name of a provider is missing: it is the first argument of the call")
        chosen = self._chosen(provider_name)
        if not args and not kwargs:  # to spread nothing has its price
            return chosen()  # type: ignore[no-any-return]  # it was given as one of T
        return chosen(*args, **kwargs)  # type: ignore[no-any-return]  # as above

    def async_(self, provider_name: Any = None, *args: Any, **kwargs: Any) -> Awaitable[T_co]:
        """Return an awaitable of the value of the provider *provider_name*."""
        return self._chosen(provider_name).async_(*args, **kwargs)  # type: ignore[no-any-return]  # as above

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        return bindings.value(self, self)


class FactoryAggregate(Aggregate[T_co]):
    """An `Aggregate` of factories."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(
            self, provider_dict: Mapping[Any, Factory[T_co]] | None = None, **provider_kwargs: Factory[T_co]
        ) -> None: ...

        def __getattr__(self, name: str) -> Factory[T_co]:
            """Return the factory *name*."""
            ...

    def _check(self, provider: Any) -> None:
        if not isinstance(provider, Factory):
            raise Error(f"{type(self).__name__} takes factories, and {provider!r} is none")

    @property
    def factories(self) -> dict[Any, Factory[T_co]]:
        """The factories by name; a copy."""
        return self.providers

    def set_factories(
        self, provider_dict: Mapping[Any, Factory[T_co]] | None = None, **provider_kwargs: Factory[T_co]
    ) -> Self:
        """Replace the factories."""
        return self.set_providers(provider_dict, **provider_kwargs)

    def override(self, provider: Any) -> NoReturn:
        """
        Refuse.

        Raises:
            Error: an aggregate of factories cannot be overridden; override one of them.
        """
        raise Error(f"{self} cannot be overridden; override one of its factories")


class Selector(_OneOf[T_co]):
    """
    Gives the value of the provider that a selector names at that moment; the others are not touched.

    Args:
        selector: a provider or a function that gives the name.
        providers: the providers by name.
    """

    __slots__ = ("_providers", "_selector")

    def __init__(self, selector: Callable[..., Any] | None = None, **providers: Provider[T_co]) -> None:
        self._selector: Any = selector
        self._providers: dict[Any, Any] = dict(providers)
        super().__init__()

    def __call__(self, *args: Any, **kwargs: Any) -> T_co:
        """
        Return what calling the selected provider gives.

        Raises:
            Error: the selector gives None.
            NoSuchProviderError: it names no provider.
        """
        if self._last is not None:
            return self._last(*args, **kwargs)  # type: ignore[no-any-return]  # it replaces a T
        if self._selector is None:
            raise Error(f"{self} has no selector; give it with set_selector(...)")
        name = self._selector()
        if type(name) is not str and isawaitable(name):
            return super().__call__(*args, **kwargs)
        chosen = self._providers.get(name)
        if chosen is None:
            chosen = self._named(name)
        if not args and not kwargs:  # to spread nothing has its price
            return chosen()  # type: ignore[no-any-return]  # it was given as one of T
        return chosen(*args, **kwargs)  # type: ignore[no-any-return]  # as above

    def _named(self, name: Any) -> Any:
        if name is None:
            raise Error(f"the selector of {self} gives None, which names no provider")
        return self._chosen(name)

    @property
    def selector(self) -> Any:
        """What gives the name."""
        return self._selector

    def set_selector(self, selector: Callable[..., Any] | None) -> Self:
        """Say what gives the name."""
        self._selector = selector
        renew((self,))
        return self

    def set_providers(self, **providers: Provider[T_co]) -> Self:
        """Replace the providers."""
        self._providers = dict(providers)
        renew((self,))
        return self

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        if bindings.is_provider(self._selector):
            yield self._selector
        yield from super().related

    @property
    def selected(self) -> Iterator[Provider[Any]]:
        """The providers it refers to now: of those it selects among, the one that is selected, if that can be told."""
        yield from self._overridden
        if bindings.is_provider(self._selector):
            yield self._selector
        if self._selector is not None:
            name = self._selector()
            if not isawaitable(name) and name in self._providers:
                yield self._providers[name]

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        super()._copy_into(copied, copy)
        copied._selector = copy(self._selector) if bindings.is_provider(self._selector) else self._selector

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        selector = self._selector

        def choose(*selected: Any) -> Any:
            return consume(self._named(selected[0] if selected else selector()), args, kwargs)

        needs = (Need("selector", selector, by_position=True),) if bindings.is_provider(selector) else ()
        return Binding(self, Make.MAYBE, choose, TRANSIENT, needs, later=tuple(self._providers.values()))

    def _shown(self) -> str:
        return f"{self._selector}, {super()._shown()}"
