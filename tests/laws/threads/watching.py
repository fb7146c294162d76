"""
Which bytecodes of Tenure run: the code objects that are watched, and where in them it matters.

What CPython does between two bytecodes depends on its version; the sets here are those of 3.11 to 3.14.
"""

import dis
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType

import tenure

_HOME = str(Path(tenure.__file__).parent)
_GENERATED = "<tenure resolver"

LOOKS_FOR_SIGNALS = frozenset(
    {
        "CALL",
        "CALL_KW",
        "CALL_FUNCTION_EX",
        "JUMP_BACKWARD",
        "POP_JUMP_BACKWARD_IF_TRUE",
        "POP_JUMP_BACKWARD_IF_FALSE",
        "POP_JUMP_BACKWARD_IF_NONE",
        "POP_JUMP_BACKWARD_IF_NOT_NONE",
        "RESUME",
    }
)
"""Bytecodes after which the interpreter looks whether a signal has arrived; after all others it does not."""


@cache
def is_library(code: CodeType) -> bool:
    """Tell whether *code* is Tenure's own: a file of it, or a resolver that it wrote."""
    return code.co_filename.startswith((_HOME, _GENERATED))


@cache
def every_offset(code: CodeType) -> frozenset[int]:
    """Return the offset of every bytecode of *code*."""
    return frozenset(each.offset for each in dis.get_instructions(code))


@cache
def signal_offsets(code: CodeType) -> frozenset[int]:
    """Return the offsets of the bytecodes of *code* after which the interpreter looks for signals."""
    return frozenset(
        each.offset
        for each in dis.get_instructions(code)
        if each.opname in LOOKS_FOR_SIGNALS and not _is_after_await(each)
    )


def _is_after_await(instruction: dis.Instruction) -> bool:
    """Tell whether it resumes an `await` or `yield from`, where the interpreter does not look."""
    return instruction.opname == "RESUME" and ((instruction.arg or 0) & 3) >= 2


_PURE = tuple(f"{_HOME}/{room}" for room in ("model/", "compile/", "errors/", "keys.py", "notes.py", "events.py"))
"""Rooms that know no state which threads share."""

_TOUCHES = frozenset(
    {
        "BINARY_SUBSCR",
        "STORE_SUBSCR",
        "DELETE_SUBSCR",
        "CONTAINS_OP",
        "STORE_DEREF",
        "STORE_GLOBAL",
        "DELETE_ATTR",
    }
)
_METHODS = frozenset(
    {"get", "pop", "clear", "setdefault", "add", "discard", "append", "remove", "values", "items", "popleft", "copy"}
)
"""Methods of dicts, sets and lists that see or change what others may change."""
_TABLES = frozenset({"children", "inflight", "exits", "cache", "records", "waits_for", "holders", "rivals"})


def _codes_in(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes_in(constant)


@cache
def changing_names() -> frozenset[str]:
    """Return the names of the attributes that Tenure sets anywhere but in `__init__`: what threads may see change."""
    found = set(_METHODS | _TABLES)
    for path in Path(_HOME).rglob("*.py"):
        if str(path).startswith(_PURE) or "/cli/" in str(path):
            continue
        for code in _codes_in(compile(path.read_text(encoding="utf-8"), str(path), "exec")):
            if code.co_name != "__init__":
                found |= {str(i.argval) for i in dis.get_instructions(code) if i.opname == "STORE_ATTR"}
    return frozenset(found)


@cache
def shared_offsets(code: CodeType) -> frozenset[int]:
    """
    Return the offsets of the bytecodes of *code* that may touch what other threads touch as well.

    A switch of threads before any other bytecode is the same as one before the next of these.
    """
    if code.co_filename.startswith(_PURE):
        return frozenset()
    changing = changing_names()
    is_making = code.co_name == "__init__"

    def touches(each: dis.Instruction) -> bool:
        if each.opname == "STORE_ATTR":
            return not is_making
        is_look = each.opname in ("LOAD_ATTR", "LOAD_METHOD") and str(each.argval) in changing
        return is_look or each.opname in _TOUCHES

    return frozenset(each.offset for each in dis.get_instructions(code) if touches(each))
