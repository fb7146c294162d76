"""The libraries of the table: where the adapter of each is, and what has to be installed for it."""

from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Any

BY_HAND = "by hand"
RAW = "by hand, raw"
TENURE = "Tenure"
PROVIDERS = "Tenure, providers"


@dataclass(frozen=True)
class Library:
    """One column of the whole table."""

    title: str
    module: str
    """Under `benchmarks.adapters`; its class is `Adapter`."""
    distribution: str | None = None
    """As package registries name it; None: nothing to install."""

    first: str = ""
    """What a program imports of it, where that is not its package."""

    @property
    def package(self) -> str:
        """The name of its package."""
        return (self.distribution or "").replace("-", "_")

    @property
    def importing(self) -> str:
        """The statement by which a program imports it; "" for none."""
        return self.first or (f"import {self.package}" if self.distribution else "")

    @property
    def is_installed(self) -> bool:
        """Whether its adapter can be imported here."""
        return self.distribution is None or find_spec(self.package) is not None

    @property
    def version(self) -> str:
        """Its version, or "" where it has none of its own."""
        return "" if self.distribution is None else metadata.version(self.distribution)

    def adapter(self) -> Any:
        """Return a new adapter: an object with a method for each scenario that the library can do."""
        return import_module(f"benchmarks.adapters.{self.module}").Adapter()


OURS = (TENURE, PROVIDERS)
HANDS = (BY_HAND, RAW)

LIBRARIES = (
    Library(BY_HAND, "by_hand", first="import asyncio, contextlib, inspect, typing"),
    Library(RAW, "by_hand_raw"),
    Library(TENURE, "tenure_types", first="import tenure"),
    Library(PROVIDERS, "tenure_providers", first="from tenure import containers, providers"),
    Library("aioinject", "aioinject_", "aioinject"),
    Library("anydi", "anydi_", "anydi"),
    Library(
        "dependency-injector",
        "dependency_injector_",
        "dependency-injector",
        first="from dependency_injector import containers, providers",
    ),
    Library("dioxide", "dioxide_", "dioxide"),
    Library("dishka", "dishka_", "dishka"),
    Library("diwire", "diwire_", "diwire"),
    Library("diwire, locked", "diwire_locked", "diwire"),
    Library("FastAPI Depends", "fastapi_", "fastapi"),
    Library("injector", "injector_", "injector"),
    Library("injectq", "injectq_", "injectq"),
    Library("lagom", "lagom_", "lagom"),
    Library("modern-di", "modern_di_", "modern-di"),
    Library("punq", "punq_", "punq"),
    Library("rodi", "rodi_", "rodi"),
    Library("svcs", "svcs_", "svcs"),
    Library("that-depends", "that_depends_", "that-depends"),
    Library("wireup", "wireup_", "wireup"),
)
