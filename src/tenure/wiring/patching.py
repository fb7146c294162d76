"""`wire` and `unwire`: give the markers of modules their values, and take them back."""

import warnings
from collections.abc import Iterable
from typing import Any

from tenure.errors import Unresolved, UnresolvedMarkerError
from tenure.wiring.injected import Injected, Miss, injected_of, show_container
from tenure.wiring.lookup import ProvidersMap
from tenure.wiring.markers import Marker, wants_provider
from tenure.wiring.replaced import put_back, replace
from tenure.wiring.scanning import Marked, Wired, scan, target_of, unresolved_attribute
from tenure.wiring.warned import UnresolvedMarkerWarning, caller_level
from tenure.wiring.wrappers import wrap


def wire(
    container: Any,
    *,
    modules: Iterable[Any] | None = None,
    packages: Iterable[Any] | None = None,
    from_package: str | None = None,
    keep_cache: bool = False,
    warn_unresolved: bool = False,
    strict: bool = False,
) -> Wired:
    """
    Have *container* serve the markers in modules.

    Functions are injected, decorated or not; attributes of modules and classes get their values now. What another
    container serves already, and this one can serve as well, is this one's from now on.

    Args:
        container: an instance.
        modules: modules or their names, classes, functions.
        packages: packages or their names; every module in them is imported.
        from_package: name of the package that relative names start from.
        keep_cache: accepted for programs that give it; nothing is kept between calls.
        warn_unresolved: warn of each marker that *container* has nothing for.
        strict: raise where markers are left that no container serves; nothing is wired then.

    Returns:
        The modules and packages themselves.

    Raises:
        UnresolvedMarkerError: *strict*, and some are left; it names all of them.
        ImportError: a name leads to no module.
        TypeError: something that cannot be wired was given.
    """
    wiring = _Wiring(container)
    wired = Wired(
        [target_of(each, from_package) for each in modules or ()],
        [target_of(each, from_package) for each in packages or ()],
    )
    found, _ = scan(wired.targets)
    for marked in found:
        wiring.add(marked)
    if strict and wiring.unresolved:
        raise UnresolvedMarkerError(wiring.unresolved)
    wiring.apply()
    if warn_unresolved:
        for text in wiring.warnings:
            warnings.warn(text, UnresolvedMarkerWarning, stacklevel=caller_level())
    return wired


class _Wiring:
    """What one `wire` is going to do."""

    def __init__(self, container: Any) -> None:
        self._container = container
        self._map = ProvidersMap(container)
        self._functions: list[tuple[Injected, dict[str, Any], dict[str, Miss]]] = []
        self._wrappers: list[tuple[Marked, Any]] = []
        self._attributes: list[tuple[Marked, Marker, Any]] = []
        self.unresolved: list[Unresolved] = []
        self.warnings: list[str] = []

    def add(self, marked: Marked) -> None:
        """Find out what the container has for *marked*."""
        if isinstance(marked.what, Marker):
            self._add_attribute(marked, marked.what)
        elif isinstance(marked.what, Injected):
            self._add_function(marked.what)
        else:
            wrapper = wrap(marked.what)
            self._wrappers.append((marked, wrapper))
            injected = injected_of(wrapper)
            assert injected is not None, "wrapped above"
            self._add_function(injected)

    def _add_function(self, injected: Injected) -> None:
        found, misses = {}, {}
        for slot in injected.slots:
            provider = self._map.resolve_marker(slot.marker)
            if provider is not None:
                found[slot.name] = provider
                continue
            miss = misses[slot.name] = Miss(show_container(self._container), self._map.near(slot.marker))
            name = getattr(injected.function, "__qualname__", injected.function)
            self.warnings.append(f"Unresolved marker {slot.name} in {name}")
            if injected.serving(slot) is None:
                self.unresolved.append(injected.unresolved(slot, (miss,)))
        self._functions.append((injected, found, misses))

    def _add_attribute(self, marked: Marked, marker: Marker) -> None:
        provider = self._map.resolve_marker(marker)
        if provider is not None:
            self._attributes.append((marked, marker, provider))
            return
        self.warnings.append(f"Unresolved marker {marked.name} in {marked.owner!r}")
        if isinstance(vars(marked.owner).get(marked.name, marker), Marker):
            asked = (show_container(self._container),)
            self.unresolved.append(unresolved_attribute(marked, marker, asked, self._map.near(marker)))

    def apply(self) -> None:
        """Do it."""
        for injected, found, misses in self._functions:
            injected.bind(self._container, found, misses)
        for marked, wrapper in self._wrappers:
            known = injected_of(wrapper)
            if marked.owner is not None and known is not None:
                replace(marked.owner, marked.name, marked.kind(wrapper) if marked.kind else wrapper, known)
        for marked, marker, provider in self._attributes:
            value = provider if wants_provider(marker) else provider()
            replace(marked.owner, marked.name, value, marker, self._container)


def unwire(
    container: Any = None,
    *,
    modules: Iterable[Any] | None = None,
    packages: Iterable[Any] | None = None,
    from_package: str | None = None,
) -> None:
    """
    Put back the markers in modules.

    Args:
        container: only what this one serves; None: what any does.
        modules: as for `wire`.
        packages: as for `wire`.
        from_package: as for `wire`.
    """
    wired = Wired(
        [target_of(each, from_package) for each in modules or ()],
        [target_of(each, from_package) for each in packages or ()],
    )
    found, owners = scan(wired.loaded)
    for marked in found:
        if isinstance(marked.what, Injected):
            marked.what.unbind(container)
    for owner in owners:
        put_back(owner, container)


def clear_cache() -> None:
    """Do nothing: for programs that call it; nothing is kept between calls."""
