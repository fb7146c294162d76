"""dependency-injector: providers in Cython."""

from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject

from benchmarks.adapters.declared import Declared


class Adapter(Declared):
    """Providers asked directly; it has no request scopes."""

    containers = containers
    providers = providers
    inject = staticmethod(inject)
    provide = Provide
    closing = Closing
