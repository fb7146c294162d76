"""Containers of the declarative face."""

from tenure.containers.base import Container
from tenure.containers.declarative import DeclarativeContainer, DeclarativeContainerMetaClass
from tenure.containers.dynamic import DynamicContainer
from tenure.containers.overriding import ProvidersOverridingContext
from tenure.containers.overriding import copy_decorator as copy
from tenure.containers.overriding import override_decorator as override
from tenure.containers.wired import WiringConfiguration
from tenure.providers.singletons import SingletonResetContext

__all__ = [
    "Container",
    "DeclarativeContainer",
    "DeclarativeContainerMetaClass",
    "DynamicContainer",
    "ProvidersOverridingContext",
    "SingletonResetContext",
    "WiringConfiguration",
    "copy",
    "is_container",
    "override",
]


def is_container(instance: object) -> bool:
    """Tell whether *instance* is a container."""
    return isinstance(instance, Container) or (isinstance(instance, type) and issubclass(instance, Container))
