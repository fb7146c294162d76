"""See which opening and closing methods of a real client are called, and by whom: only the outermost calls count."""

import importlib
import inspect
from contextvars import ContextVar

import pytest

WORDS = (
    "__enter__", "__exit__", "__aenter__", "__aexit__", "aclose", "cleanup", "close", "connect", "disconnect",
    "dispose", "drain", "initialize", "join", "kill", "open", "remove", "setup", "shutdown", "start", "stop",
    "terminate", "wait_closed",
)  # fmt: skip
_inside: ContextVar[bool] = ContextVar("inside", default=False)


def named(path):
    """Return the class that *path* names, of the package that is installed; skip the test where it is not."""
    module, _, name = path.rpartition(".")
    pytest.importorskip(module.partition(".")[0])
    return getattr(importlib.import_module(module), name)


def watch(monkeypatch, cls, instead=()):
    """
    Return a list that fills with the names of the methods of *cls* that are called from outside it.

    Args:
        monkeypatch: of pytest.
        cls: a class written in Python.
        instead: names of methods that do nothing: what would need a server that is not to be had here.
    """
    log = []
    for name in WORDS:
        original = inspect.getattr_static(cls, name, None)
        if callable(original):
            monkeypatch.setattr(cls, name, _watching(log, name, original, name in instead))
    return log


def _watching(log, name, original, is_empty):
    async def nothing(self):
        return self

    def call(self, *args, **kwargs):
        if _inside.get():
            return original(self, *args, **kwargs)
        log.append(name)
        token = _inside.set(True)
        try:
            result = nothing(self) if is_empty else original(self, *args, **kwargs)
        finally:
            _inside.reset(token)
        return _awaited(result) if inspect.iscoroutine(result) else result

    return call


async def _awaited(result):
    token = _inside.set(True)
    try:
        return await result
    finally:
        _inside.reset(token)
