"""What can be seen of a run, as text in which nothing depends on addresses, numbers of scopes or the clock."""

import re
from typing import Any

from tenure.errors import closing_errors

_ADDRESS = re.compile(r"0x[0-9a-f]+")
_NUMBERED = re.compile(r"(tenure resolver|scope) \d+")


def text_of(text: str) -> str:
    return _NUMBERED.sub(r"\1 …", _ADDRESS.sub("0x…", text))


def value_of(value: Any) -> str:
    """Return what *value* is: a life of a node, or what it holds."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(value_of, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {value_of(each)}' for name, each in value.items())}}}"
    label = getattr(value, "label", None)
    return label if isinstance(label, str) else text_of(repr(value))


def error_of(error: BaseException | None, seen: tuple[int, ...] = ()) -> str:
    """Return everything about *error*: type, text, notes, what is in it, what travels with it, what it came from."""
    if error is None:
        return "no error"
    if id(error) in seen:
        return f"{type(error).__name__} again"
    seen = (*seen, id(error))
    told = [f"{type(error).__name__}({text_of(str(error))!r})"]
    told += [f"note {text_of(note)!r}" for note in getattr(error, "__notes__", ())]
    if isinstance(error, BaseExceptionGroup):
        told += [f"holds {error_of(each, seen)}" for each in error.exceptions]
    told += [f"closing {error_of(each, seen)}" for each in closing_errors(error)]
    if error.__cause__ is not None:
        told.append(f"from {error_of(error.__cause__, seen)}")
    if error.__context__ is not None and not error.__suppress_context__:
        told.append(f"while {error_of(error.__context__, seen)}")
    return f"<{'; '.join(told)}>" if len(told) > 1 else told[0]


def look_of(container: Any) -> str:
    """Return what is open in *container*, and what the current scope sees of it."""
    shot = container.snapshot()
    numbers = {scope.id: f"{n}:{scope.name}" for n, scope in enumerate(shot.scopes)}
    scopes = [f"{numbers[s.id]} in {numbers.get(s.parent_id)} {s.state}" for s in shot.scopes]
    resources = sorted(f"{text_of(r.label)} {r.state} in {numbers.get(r.scope_id, r.scope)}" for r in shot.resources)
    seen = sorted(value_of(value) for value in container.get_all_resources().values())
    return f"look: {shot.state}; scopes {scopes}; resources {resources}; seen {seen}"


def warning_of(message: Any) -> str:
    """Return what a warning says, without the places where things were opened."""
    lines = [re.sub(r", opened by .*", "", line) for line in text_of(str(message.message)).splitlines()]
    told = [line for line in lines if "called from" not in line]
    return f"{message.category.__name__}: {' | '.join(told)}"
