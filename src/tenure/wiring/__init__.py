"""
Wiring: functions, classes and modules get what a container has for their markers.

`@inject` fills in parameters at each call, `container.wire(modules=[...])` says from where.
"""

from tenure.errors import Unresolved, UnresolvedMarkerError
from tenure.wiring.decorate import inject
from tenure.wiring.loader import (
    AutoLoader,
    install_loader,
    is_loader_installed,
    register_loader_containers,
    uninstall_loader,
    unregister_loader_containers,
)
from tenure.wiring.lookup import ProvidersMap
from tenure.wiring.markers import Closing, Provide, Provider
from tenure.wiring.modifiers import (
    InvariantModifier,
    Modifier,
    ProvidedInstance,
    RequiredModifier,
    TypeModifier,
    as_,
    as_float,
    as_int,
    invariant,
    provided,
    required,
)
from tenure.wiring.patching import clear_cache, unwire, wire
from tenure.wiring.pending import PendingWiring, check_wired, wire_pending
from tenure.wiring.warned import DIWiringWarning, UnresolvedMarkerWarning

__all__ = [
    "AutoLoader",
    "Closing",
    "DIWiringWarning",
    "InvariantModifier",
    "Modifier",
    "PendingWiring",
    "Provide",
    "ProvidedInstance",
    "Provider",
    "ProvidersMap",
    "RequiredModifier",
    "TypeModifier",
    "Unresolved",
    "UnresolvedMarkerError",
    "UnresolvedMarkerWarning",
    "as_",
    "as_float",
    "as_int",
    "check_wired",
    "clear_cache",
    "inject",
    "install_loader",
    "invariant",
    "is_loader_installed",
    "provided",
    "register_loader_containers",
    "required",
    "uninstall_loader",
    "unregister_loader_containers",
    "unwire",
    "wire",
    "wire_pending",
]
