"""One fault, or a few, as data and as text that repeats them."""

import re
from typing import Self

from tenure.record import record

_TEXT = re.compile(r"(?P<kind>fail|cancel|hang) (?P<label>.+) (?P<on>open|close) #(?P<nth>\d+)(?: wait (?P<wait>\d+))?")


@record
class Fault:
    """What goes wrong in one run of a scenario; its text is what `replay` takes."""

    kind: str
    """"fail", "cancel" or "hang"."""
    label: str
    """The key of the resource, as shown."""
    on: str
    """"open" or "close"."""
    nth: int
    """At which opening or closing of it in the run; starts at 1."""
    wait: int | None = None
    """At which wait of its asynchronous code, starts at 1; None: before opening code, or behind closing code."""

    def __str__(self) -> str:
        at = f" wait {self.wait}" if self.wait is not None else ""
        return f"{self.kind} {self.label} {self.on} #{self.nth}{at}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the fault that *text* tells; ValueError where it tells none."""
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise ValueError(
                f"{text!r} tells no fault; one is 'fail Database open #1', or 'cancel Mailer close #2 wait 1'"
            )
        wait = found["wait"]
        return cls(found["kind"], found["label"], found["on"], int(found["nth"]), int(wait) if wait else None)


Plan = tuple[Fault, ...]


def text_of(plan: Plan) -> str:
    """Return *plan* as text."""
    return "; ".join(map(str, plan))


def plan_of(text: str) -> Plan:
    """Return the plan that *text* tells; ValueError where it tells none."""
    return tuple([Fault.read(each) for each in text.split(";")])
