"""
Functions that no container was wired to: have one that starts serve them, and find those that nobody serves.

`@inject` remembers every function, weakly. A container that starts may offer itself: it serves what it has providers
for until it withdraws; where two of them could, neither does, and a call says so.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Self

from tenure.errors import Unresolved, UnresolvedMarkerError
from tenure.wiring.injected import Injected, injected_in
from tenure.wiring.lookup import ProvidersMap
from tenure.wiring.markers import Marker
from tenure.wiring.scanning import Marked, scan, target_of, unresolved_attribute


class PendingWiring:
    """
    What `wire_pending` did; usable as a context manager that undoes it.

    Attributes:
        served: the functions that the container serves, wholly or in part.
        unresolved: markers of functions looked at that are served by nobody.
    """

    def __init__(self, container: Any, served: list[Injected], unresolved: list[Unresolved]) -> None:
        self._container = container
        self._served = served
        self.served: tuple[Callable[..., Any], ...] = tuple(each.function for each in served)
        self.unresolved: tuple[Unresolved, ...] = tuple(unresolved)

    def unwire(self) -> None:
        """Undo it; more than once is no harm."""
        for injected in self._served:
            injected.withdraw(self._container)
        self._served = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.unwire()


def wire_pending(container: Any, module_names: Iterable[str] | None = None) -> PendingWiring:
    """
    Have *container* serve the markers of injected functions that no container was wired to, as far as it can.

    Args:
        container: an instance, that starts to serve.
        module_names: only functions of these modules; None: of all.
    """
    providers_map = ProvidersMap(container)
    served: list[Injected] = []
    left: list[Unresolved] = []
    for injected in injected_in(module_names):
        found = {}
        slots = injected.unserved()
        for slot in slots:
            provider = providers_map.resolve_marker(slot.marker)
            if provider is not None:
                found[slot.name] = provider
        if found:
            injected.offer(container, found)
            served.append(injected)
        left += [injected.unresolved(slot) for slot in slots if injected.serving(slot) is None]
    return PendingWiring(container, served, left)


def check_wired(*targets: Any, from_package: str | None = None) -> None:
    """
    Raise if markers in *targets* have nothing behind them: for the start of a program.

    Args:
        targets: modules or their names, classes, functions.
        from_package: name of the package that relative names start from.

    Raises:
        UnresolvedMarkerError: some have; it names all of them.
    """
    found, _ = scan([target_of(each, from_package) for each in targets])
    left = [each for marked in found for each in _left_in(marked)]
    if left:
        raise UnresolvedMarkerError(left)


def _left_in(marked: Marked) -> Iterator[Unresolved]:
    what = marked.what
    if isinstance(what, Injected):
        yield from (what.unresolved(slot) for slot in what.slots if what.serving(slot) is None)
    elif isinstance(what, Marker):
        if isinstance(vars(marked.owner).get(marked.name, what), Marker):
            yield unresolved_attribute(marked, what)
    else:
        bare = Injected(what, is_async=False)
        yield from (replace(bare.unresolved(slot), is_bare=True) for slot in bare.slots)
