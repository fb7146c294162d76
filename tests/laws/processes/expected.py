"""What a child must have done, beyond the laws that every trace is checked for."""

import signal

from tests.laws.processes.children import Told
from tests.laws.rig.oracle import End, Violation, violations
from tests.laws.rig.trace import ABANDONED, CLOSED, CLOSING, OPENED, OPENING, Step

KILLED_BY_INT = -signal.SIGINT
STATUS = {"SIGINT": KILLED_BY_INT, "SIGTERM": 128 + signal.SIGTERM, "SIGHUP": 128 + signal.SIGHUP}
"""After a signal that ended the start or main: a KeyboardInterrupt that leaves kills Python by the signal itself."""


def steps_of(told: Told, errors: dict[str, BaseException]) -> list[Step]:
    """Return the trace of the child itself; its errors are one object per text."""
    return [
        Step(
            line["act"], tuple(line["life"]), needs=tuple(tuple(need) for need in line.get("needs", ())),
            error=errors.setdefault(line["error"], Exception(line["error"])) if line.get("error") else None,
        )
        for line in told.lines
        if "act" in line and line["pid"] == told.pid
    ]  # fmt: skip


def judged(told: Told, backend: str, event: str, phase: str) -> list[Violation]:
    """Return what the child breaks."""
    errors: dict[str, BaseException] = {}
    steps = steps_of(told, errors)
    if event == "forgotten":
        steps = _with_stranded(told, steps)
    left = [errors[text] for told_of in told.own("reachable") for text in told_of if text in errors]
    end = End(errors=left, is_closed=_closes(event, backend), interruptible=event == "ctrlc")
    found = violations(steps, end)
    if told.is_killed:
        found.append(Violation("L40", "it hung and was killed"))
    found += [Violation(law, text) for law, text in _beyond(told, steps, backend, event, phase)]
    return found


def _closes(event: str, backend: str) -> bool:
    """Tell whether everything must be closed at the end."""
    if event in ("_exit", "SIGINT2", "SIGTERM2"):
        return False
    return not (event == "forgotten" and backend != "sync")


def _beyond(told, steps, backend, event, phase):
    if not told.is_killed:
        wanted = status(event, phase, backend)
        if told.status != wanted:
            law = "L26" if event in ("exit", "error", "ctrlc") else "L67"
            yield law, f"exit status {told.status} instead of {wanted}; {told.errors[-300:]}"
    if not all(told.own("restored")):
        yield "L67", "the previous signal handlers are not back"
    yield from _of_processes(told)
    if event == "hung":
        yield from (
            ("L62", f"threads keep the process from its end: {names}") for names in told.own("keepers") if names
        )
    if phase == "acquire" and event in (*STATUS, "exit", "error"):
        if any(step.life[0] == "C" for step in steps):
            yield "L64", "something new was opened after the start was told to end"
        if told.own("main"):
            yield "L67", "main was begun after the start had failed"
    if event in ("SIGINT2", "SIGTERM2"):
        yield from _of_abort(told, steps)
    if event == "forgotten" and backend != "sync":
        yield from _of_forgotten(told, steps)


def status(event: str, phase: str, backend: str) -> int:
    """Return the exit status that the child must have."""
    if event == "finish2":
        return KILLED_BY_INT if phase != "release" else 0
    if event in STATUS:
        return STATUS[event] if phase != "release" else 0
    if event == "waiting":
        return KILLED_BY_INT
    if event == "ctrlc":
        return KILLED_BY_INT
    fixed = {"SIGINT2": 130, "SIGTERM2": 143, "exit": 3, "error": 1, "_exit": 5, "crash": 1, "hung": 1}
    return fixed.get(event, 0)


def _with_stranded(told, steps):
    """What the warning names is abandoned before anything closes."""
    at = next((n for n, step in enumerate(steps) if step.act == CLOSING), len(steps))
    named = [step.life for step in steps if step.act == OPENED and f"{step.life[0]}, opened by" in told.errors]
    return steps[:at] + [Step(ABANDONED, life) for life in named] + steps[at:]


def _of_processes(told):
    """L70: a child of the child closes nothing of its parent's, and ends well."""
    for line in told.lines:
        if line["pid"] != told.pid and line.get("act") in (CLOSING, CLOSED):
            yield "L70", f"a forked or spawned process closes {line['life']} of its parent's"
    for code in told.own("child_status"):
        if code != 0:
            yield "L70", f"the forked or spawned process ended with {code}: {told.errors[-300:]}"


def _of_abort(told, steps):
    """L68: what is not released is told, and nothing else."""
    live = {step.life[0] for step in steps if step.act == OPENED} - {s.life[0] for s in steps if s.act == CLOSED}
    opening = {step.life[0] for step in steps if step.act == OPENING} - {s.life[0] for s in steps if s.act == OPENED}
    listed = {line.split()[0] for line in told.errors.splitlines() if line.startswith("  ")}
    if not live <= listed:
        yield "L68", f"not released are {sorted(live)}, and told are {sorted(listed)}"
    if not listed <= live | opening:
        yield "L68", f"told are {sorted(listed)}, and not released are only {sorted(live | opening)}"


def _of_forgotten(told, steps):
    """L70: what nobody can close any more is named."""
    live = {step.life[0] for step in steps if step.act == OPENED} - {s.life[0] for s in steps if s.act == CLOSED}
    for name in sorted(live):
        if "ResourceWarning" not in told.errors or f"{name}, opened by" not in told.errors:
            yield "L70", f"{name} is open at the end, and no ResourceWarning names it"
