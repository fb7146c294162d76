"""
Watch every container that a test makes, and tell what the test left open.

Knows engines from their birth and their leak detectors; must not know pytest. What stays open longer on purpose, as a
container of a fixture for the whole session, is asked for when that ends.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from tenure.events import Leak
from tenure.lifecycle.exits import next_number
from tenure.observe.leaks import LeakDetector
from tenure.record import record
from tenure.runtime import registry


@record(eq=False)
class _Watched:
    """One container. *number* came before those of all that it opens."""

    detector: LeakDetector
    number: int


@record
class _Stretch:
    """The numbers that resources and scopes got while something lasted."""

    first: int
    last: int

    def has(self, number: int) -> bool:
        return self.first <= number <= self.last


class LeakWatch:
    """
    The containers that there are, and what belongs to the test that runs.

    A resource or scope leaks if it was opened during the test and is open at its end; resources that a container of
    something that lasts longer than the test owns itself do not: of a wider fixture, or of a module that was imported
    before the first test.

    Args:
        n_frames: how many frames are recorded of where something was opened, >= 1.
    """

    def __init__(self, n_frames: int = 10) -> None:
        self._n_frames = n_frames
        self._watched: list[_Watched] = []
        self._began = 0  # the number before the test's own
        self._longer: dict[object, list[_Stretch]] = {}  # what was set up for longer than the test, by what sets it up
        self._ended: list[_Stretch] = []  # the same, for what ended during the test
        self._has_begun = False
        self._is_over = False  # whether the test's own code has run
        self._cut_off: list[Leak] = []  # scopes that were still entered when their container was closed after that

    # what is watched

    def begin(self) -> None:
        """Begin a test: from now on, every container that is made is watched, and every one that was made before."""
        if not self._has_begun:  # those of modules: they last longer than any test
            self._has_begun = True
            with self.setting_up(self):
                for engine in list(registry.engines):
                    self._born(engine)
        if self._born not in registry.newborn:
            registry.newborn.append(self._born)
        self._began = next_number()
        self._ended.clear()
        self._cut_off.clear()
        self._is_over = False

    def tear_down(self) -> None:
        """Note that the test's own code has run: nobody will leave a scope that is entered still."""
        self._is_over = True

    def end(self) -> tuple[Leak, ...]:
        """End the test; return what it leaked, the oldest first. Each leak is told once."""
        found = self.leaks()
        for watched in self._watched:
            watched.detector.forgive(found)
        # a container whose test is over is watched no longer, save one that something longer set up
        kept = [watched for watched in self._watched if self._is_of_longer(watched.number)]
        for watched in self._watched:
            if watched not in kept:
                watched.detector.detach()
        self._watched = kept
        return found

    def stop(self) -> None:
        """Watch no new containers."""
        if self._born in registry.newborn:
            registry.newborn.remove(self._born)

    def close(self) -> None:
        """Let go of everything."""
        self.stop()
        for watched in self._watched:
            watched.detector.detach()
        self._watched.clear()

    def _born(self, engine: object) -> None:
        number = next_number()
        detector = LeakDetector(_Observed(engine), tracebacks=True, n_frames=self._n_frames, tell=self._told)
        self._watched.append(_Watched(detector, number))

    def _told(self, leak: Leak) -> None:
        if leak.kind == "scope" and self._is_over:
            self._cut_off.append(leak)

    # what lasts longer than a test

    @contextmanager
    def setting_up(self, owner: object) -> Iterator[None]:
        """While *owner*, which lasts longer than the test, is set up: what is opened meanwhile is its own."""
        first = next_number()
        try:
            yield
        finally:
            self._longer.setdefault(owner, []).append(_Stretch(first, next_number()))

    def ended(self, owner: object) -> None:
        """Note that *owner* has ended: what it left open leaks now, and is the running test's to tell."""
        self._ended += self._longer.pop(owner, [])

    # what leaks

    def leaks(self) -> tuple[Leak, ...]:
        """Return what would leak if the test ended now, the oldest first."""
        found = [
            leak for watched in self._watched for leak in watched.detector.still_open() if self._leaks(watched, leak)
        ]
        found += [leak for leak in self._cut_off if leak.id > self._began and not self._is_of_longer(leak.id)]
        return tuple(sorted(found, key=lambda leak: (-leak.age_s, leak.id)))

    def forgive(self, leaks: tuple[Leak, ...]) -> None:
        """Forget what *leaks* are about: it is meant to stay open."""
        for watched in self._watched:
            watched.detector.forgive(leaks)
        self._cut_off.clear()

    def _leaks(self, watched: _Watched, leak: Leak) -> bool:
        if self._is_of_longer(leak.id) or (leak.kind != "scope" and self._is_of_longer(leak.scope_id)):
            return False
        if any(stretch.has(leak.id) or stretch.has(watched.number) for stretch in self._ended):
            return True
        if leak.id <= self._began:
            return False
        return leak.scope != "root" or not self._is_of_longer(watched.number)

    def _is_of_longer(self, number: int) -> bool:
        return any(stretch.has(number) for stretches in self._longer.values() for stretch in stretches)


class _Observed:
    """An engine as a detector wants it: it has just come to be, so nothing in it is open."""

    def __init__(self, engine: object) -> None:
        self.engine = engine
        self.observe = engine.observe  # type: ignore[attr-defined]  # of engines


def text_of(leaks: tuple[Leak, ...], limit: int = 20) -> str:
    """Return what to tell of *leaks*, of which there is at least one; no more than *limit* in full."""
    n = len(leaks)
    lines = [f"{'something' if n == 1 else f'{n} things'} opened by this test {'is' if n == 1 else 'are'} still open:"]
    for leak in leaks[:limit]:
        lines += [f"  {line}" for line in str(leak).splitlines()]
    if n > limit:
        lines.append(f"  and {n - limit} more")
    lines.append("close what was opened: `with container:`, `with container.resource_scope():`, container.close()")
    return "\n".join(lines)
