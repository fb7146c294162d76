"""What the document's programs find in a new process: a module of their own, logging that nobody configured."""

import contextlib
import logging
import sys
import types


@contextlib.contextmanager
def module(name):
    """Give an empty module that can be imported as *name* for a while."""
    made = types.ModuleType(name)
    before = sys.modules.get(name)
    sys.modules[name] = made
    try:
        yield made
    finally:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before


@contextlib.contextmanager
def logging_untouched():
    """Give the body a root logger without handlers; afterwards it is as before."""
    root, before = logging.root, (logging.root.handlers, logging.root.level)
    enabled = [each for each in map(logging.getLogger, list(root.manager.loggerDict)) if not each.disabled]
    root.handlers = []
    try:
        yield root
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers, level = before
        root.setLevel(level)
        for each in enabled:
            each.disabled = False  # `logging.config` disables what there is
