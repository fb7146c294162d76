"""The libraries of the table: where the adapter of each is, and what has to be installed for it."""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec


@dataclass(frozen=True)
class Peer:
    module: str
    """Under `tests.contract.adapters`."""
    needs: str | None
    """The module that it imports; None: nothing."""
    title: str
    """Of its column."""

    @property
    def is_installed(self):
        return self.needs is None or find_spec(self.needs) is not None

    @property
    def adapter(self):
        return import_module(f"tests.contract.adapters.{self.module}").Adapter


OURS = (Peer("tenure_types", None, "Tenure"), Peer("tenure_providers", None, "Tenure, providers"))
OTHERS = (
    Peer("by_hand", None, "ExitStack by hand"),
    Peer("aioinject_", "aioinject", "aioinject"),
    Peer("anydi_", "anydi", "anydi"),
    Peer("canary_", "canary_framework", "canary-framework"),
    Peer("dependency_injector_", "dependency_injector", "dependency-injector"),
    Peer("dishka_", "dishka", "dishka"),
    Peer("diwire_", "diwire", "diwire"),
    Peer("modern_di_", "modern_di", "modern-di"),
    Peer("svcs_", "svcs", "svcs"),
    Peer("that_depends_", "that_depends", "that-depends"),
    Peer("wireup_", "wireup", "wireup"),
)
PEERS = OURS + OTHERS
