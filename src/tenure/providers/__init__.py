"""Providers: each declares how one value is made, how long it lives, and what it needs."""

from tenure.providers.asking import ensure_is_provider, is_delegated, traverse
from tenure.providers.base import Provider
from tenure.providers.bindings import is_provider
from tenure.providers.callables import (
    AbstractCallable,
    AbstractCoroutine,
    Callable,
    CallableDelegate,
    Coroutine,
    CoroutineDelegate,
    DelegatedCallable,
    DelegatedCoroutine,
)
from tenure.providers.choosing import Aggregate, FactoryAggregate, Selector
from tenure.providers.collections import Dict, List
from tenure.providers.configuration import Configuration, ConfigurationOption, TypedConfigurationOption
from tenure.providers.container import Container
from tenure.providers.context_local import ContextLocalResource
from tenure.providers.copying import deepcopy
from tenure.providers.dependencies import DependenciesContainer, Dependency, ExternalDependency
from tenure.providers.factories import AbstractFactory, DelegatedFactory, Factory, FactoryDelegate
from tenure.providers.locals import ContextLocalSingleton, DelegatedThreadLocalSingleton, ThreadLocalSingleton
from tenure.providers.objects import Delegate, Object, Self
from tenure.providers.overriding import OverridingContext
from tenure.providers.provided import AttributeGetter, ItemGetter, MethodCaller, ProvidedInstance
from tenure.providers.resource import BaseResource, Resource
from tenure.providers.singletons import (
    AbstractSingleton,
    BaseSingleton,
    DelegatedSingleton,
    DelegatedThreadSafeSingleton,
    Singleton,
    SingletonDelegate,
    SingletonFullResetContext,
    SingletonResetContext,
    ThreadSafeSingleton,
)

__all__ = [
    "AbstractCallable",
    "AbstractCoroutine",
    "AbstractFactory",
    "AbstractSingleton",
    "Aggregate",
    "AttributeGetter",
    "BaseResource",
    "BaseSingleton",
    "Callable",
    "CallableDelegate",
    "Configuration",
    "ConfigurationOption",
    "Container",
    "ContextLocalResource",
    "ContextLocalSingleton",
    "Coroutine",
    "CoroutineDelegate",
    "Delegate",
    "DelegatedCallable",
    "DelegatedCoroutine",
    "DelegatedFactory",
    "DelegatedSingleton",
    "DelegatedThreadLocalSingleton",
    "DelegatedThreadSafeSingleton",
    "DependenciesContainer",
    "Dependency",
    "Dict",
    "ExternalDependency",
    "Factory",
    "FactoryAggregate",
    "FactoryDelegate",
    "ItemGetter",
    "List",
    "MethodCaller",
    "Object",
    "OverridingContext",
    "ProvidedInstance",
    "Provider",
    "Resource",
    "Selector",
    "Self",
    "Singleton",
    "SingletonDelegate",
    "SingletonFullResetContext",
    "SingletonResetContext",
    "ThreadLocalSingleton",
    "ThreadSafeSingleton",
    "TypedConfigurationOption",
    "deepcopy",
    "ensure_is_provider",
    "is_delegated",
    "is_provider",
    "traverse",
]
