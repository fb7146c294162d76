"""Where a key stands in its container: who needs it, what stands below it, when a start opens it."""

import difflib
from typing import Any

from tenure.cli.asking import Program
from tenure.cli.finding import Refused
from tenure.cli.planning import Step, longest_chain, planned
from tenure.errors import TenureError
from tenure.keys import Key
from tenure.observe.snapshot import engine_of, names_of
from tenure.record import record


@record
class Placed:
    """The place of one key. Names are those of `Inspection.bindings`."""

    needed_by: tuple[str, ...]
    """Who needs it directly, or was seen to ask for it; then injected and wired functions, as `handler()`."""
    opens_after: tuple[str, ...]
    """The longest chain of resources that have to be open before it, the first first; without itself."""
    closes_after: tuple[str, ...]
    """The resources of the container that need it, directly or not: each is closed before it."""
    wave: int | None
    """When a start opens it; see `tenure start --dry-run`. None: a start does not, or cannot be planned."""
    is_critical: bool
    """Whether it stands on the longest chain of the start."""

    def as_dict(self) -> dict[str, Any]:
        """Return it as what `json.dumps` takes."""
        found = {name: getattr(self, name) for name in self.__match_args__}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}

    def lines(self) -> list[str]:
        """Return what `explain` says of it."""
        found = [f"  used by  {', '.join(self.needed_by) or 'nobody in the container'}"]
        if self.opens_after:
            found.append(f"  opened   after {' -> '.join(self.opens_after)}")
        if self.closes_after:
            found.append(f"  closed   after {', '.join(self.closes_after)}")
        if self.wave is not None:
            chain = ", on the longest chain" if self.is_critical else ""
            found.append(f"  start    wave {self.wave}{chain}")
        return found


def place_of(container: Any, key: Key, program: Program) -> Placed:
    """
    Return where *key* stands in *container*; an error of the graph leaves out what it hides.

    Args:
        container: of either face.
        key: bound there.
        program: whose functions may ask for it.
    """
    engine = engine_of(container)
    binding = engine.graph.find(key)
    names = names_of(list(engine.graph))
    own = names.get(binding.key, "") if binding is not None else ""
    above = engine.graph.needed_by()
    users = above.get(key if binding is None else binding.key, ())
    needed_by = tuple(dict.fromkeys(names[each] for each in users if each in names))
    needed_by += program.functions_asking(key if binding is None else binding.key)
    try:
        steps = planned(container)
    except TenureError:
        steps = []
    by_name = {step.name: step for step in steps}
    step = by_name.get(own)
    chain = longest_chain(_below(steps, own))[:-1] if step is not None else []
    closes_after = tuple(each.name for each in reversed(steps) if own and own in _all_needs(each, by_name))
    is_critical = step is not None and own in longest_chain(steps)
    return Placed(needed_by, tuple(chain), closes_after, step.wave if step is not None else None, is_critical)


def _below(steps: list[Step], name: str) -> list[Step]:
    by_name = {step.name: step for step in steps}
    wanted = {name, *_all_needs(by_name[name], by_name)}
    return [step for step in steps if step.name in wanted]


def _all_needs(step: Step, by_name: dict[str, Step]) -> dict[str, None]:
    found: dict[str, None] = {}
    queue = list(step.needs)
    for name in queue:  # it grows while it is walked
        if name not in found:
            found[name] = None
            queue += by_name[name].needs
    return found


def key_called(container: Any, text: str) -> Key:
    """
    Return the key of *container* that people call *text*: as it is shown, or the end of its dotted name.

    Raises:
        Refused: there is none, or several.
    """
    names = names_of([binding for binding in engine_of(container).graph if not binding.is_self])
    exact = [key for key, name in names.items() if text in (name, name.strip("'"))]
    ends = [key for key, name in names.items() if name.lower().rpartition(".")[2].strip("'") == text.lower()]
    parts = [key for key, name in names.items() if text.lower() in name.lower()]
    for found in (exact, ends, parts):
        if len(found) == 1:
            return found[0]
        if found:
            raise Refused(f"{text!r} may be {' or '.join(names[key] for key in found)}; say which")
    close = difflib.get_close_matches(text, names.values(), 3)
    hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(names.values()) or 'none'}"
    raise Refused(f"nothing in the container is called {text!r}; {hint}")
