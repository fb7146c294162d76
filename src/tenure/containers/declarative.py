"""`DeclarativeContainer`: a container whose providers are the attributes of a class."""

import copy
from typing import Any, ClassVar

from tenure.containers.dynamic import DynamicContainer
from tenure.containers.naming import adopt_self, check_type, name_it, no_such_provider
from tenure.providers.base import Provider
from tenure.providers.bindings import is_provider
from tenure.providers.family import admit
from tenure.providers.objects import Self as SelfProvider
from tenure.providers.parents import WithParent


class DeclarativeContainerMetaClass(type):
    """Takes the providers out of a class body; they are the attributes of the class all the same."""

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> "DeclarativeContainerMetaClass":  # noqa: D102 - a class is made
        own = {key: value for key, value in body.items() if is_provider(value)}
        cls = super().__new__(mcs, name, bases, {key: value for key, value in body.items() if key not in own})
        type.__setattr__(cls, "_self_provider", None)
        inherited = {key: value for base in reversed(bases) for key, value in getattr(base, "providers", {}).items()}
        type.__setattr__(cls, "cls_providers", {})
        type.__setattr__(cls, "inherited_providers", inherited)
        type.__setattr__(cls, "overridden", ())
        type.__setattr__(cls, "providers", {**inherited})
        for key, value in own.items():
            setattr(cls, key, value)
        if cls._self_provider is None:
            adopt_self(cls, "__self__", SelfProvider())
        return cls

    def __setattr__(cls, name: str, value: Any) -> None:
        """Set an attribute; one that is a provider becomes a provider of the class."""
        if not is_provider(value):
            type.__setattr__(cls, name, value)
            return
        if isinstance(value, SelfProvider):
            adopt_self(cls, name, value)
            return
        check_type(cls.provider_type, value)
        cls.cls_providers[name] = value
        cls.providers[name] = value
        name_it(cls.__name__, name, value)
        if isinstance(value, WithParent):
            value.assign_parent(cls)

    def __delattr__(cls, name: str) -> None:
        """Delete an attribute, and the provider of that name."""
        if name in cls.providers:
            del cls.providers[name]
            cls.cls_providers.pop(name, None)
        else:
            type.__delattr__(cls, name)

    def __getattr__(cls, name: str) -> Any:
        """Return the provider *name* of the class."""
        own = cls.__dict__.get("_self_provider")
        if name == "__self__" or (own is not None and name in own.alt_names):
            return own
        providers = cls.__dict__.get("providers", {})
        try:
            return providers[name]
        except KeyError:
            raise no_such_provider(cls, name, providers) from None

    def __dir__(cls) -> list[str]:
        """Return the names of its attributes, providers among them."""
        return [*super().__dir__(), *cls.providers]


class DeclarativeContainer(DynamicContainer, metaclass=DeclarativeContainerMetaClass):
    """
    A container whose providers are the attributes of its class; every instance has copies of its own.

    Args:
        overriding_providers: providers or objects that replace the providers of the same name.

    Raises:
        NoSuchProviderError: a name is not that of a provider.
        NonCopyableArgumentError: an argument of a provider cannot be copied.
    """

    cls_providers: ClassVar[dict[str, Provider[Any]]]
    """The providers that the class itself declares."""
    inherited_providers: ClassVar[dict[str, Provider[Any]]]
    """The providers that it has from the classes it is derived from."""

    def __init__(self, **overriding_providers: Any) -> None:
        super().__init__()
        cls: Any = type(self)
        object.__setattr__(self, "declarative_parent", cls)
        memo: dict[int, Any] = {}
        own = copy.deepcopy(cls.__dict__["_self_provider"], memo)
        for name in ("__self__", *own.alt_names):
            self.set_provider(name, own)
        for name, provider in cls.providers.items():
            self.set_provider(name, copy.deepcopy(provider, memo))
        _unite(self)
        if self.auto_load_config:
            self.load_config()  # first, so that what is given counts more than what files say
        self.override_providers(**overriding_providers)
        self.apply_container_providers_overridings()
        if self.wiring_config.is_set and self.is_auto_wiring_enabled():
            self.wire()


def _unite(container: Any) -> None:
    """Let one engine serve every provider that was copied for *container*."""
    for provider in container.traverse():
        admit(provider, container._Container__family)
