"""Where a container is in its life, from the state of its root, its starts and the stop of its run."""

from typing import Any

from tenure.health.records import State
from tenure.runtime.life import lives
from tenure.runtime.scope import State as ScopeState


def state_of(engine: Any) -> State:
    """Return where the container of *engine* is in its life."""
    root = engine.root
    if root.state is not ScopeState.OPEN:
        return root.state.value  # type: ignore[no-any-return]  # "draining", "closing" or "closed"
    if _is_asked_to_stop(engine) or root.crashed is not None:
        return "stopping"
    if engine.life is not None and engine.life.started == root.number:
        return "started"
    if any(life.n_starting for life, _ in lives(engine)):
        return "starting"
    return "started" if has_started(engine) else "not started"


def has_started(engine: Any) -> bool:
    """Tell whether a start of the container has ended well, in the life that it is in or that ended last."""
    return any(life.started == number for life, number in lives(engine))


def _is_asked_to_stop(engine: Any) -> bool:
    return any(life.stop is not None and life.stop.requested for life, _ in lives(engine))
