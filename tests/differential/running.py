"""
Runs one program on either library, in this process, and says what came of it.

A program is a file that imports dependency_injector. Ours is the same source with the import root replaced.
"""

import contextlib
import gc
import io
import logging
import os
import sys
import tempfile
import types
import warnings
from dataclasses import dataclass
from pathlib import Path

THEIRS = "dependency_injector"
OURS = "tenure"
HERE = Path(__file__).parent
_COMMON = {name: name for name in ("NonCopyableArgumentError", "NoSuchProviderError", "SchemaError", "Error")}
_COMMON["TenureError"] = "Error"  # the name under which it was born


@dataclass(frozen=True)
class Outcome:
    """What a program printed, line by line, and the kinds of error that it ended with, the nearest first."""

    lines: list[str]
    kinds: tuple[str, ...] = ()

    def told(self):
        """Return the lines, with a last one that names the error."""
        return [*self.lines, f"raises {self.kinds[0]}"] if self.kinds else self.lines

    def agrees(self, other):
        """Tell whether this is *other*, or a nearer error of the same kind."""
        end_alike = other.kinds[0] in self.kinds if other.kinds else not self.kinds
        return self.lines == other.lines and end_alike


def programs(folder):
    """Return the programs below *folder* as pytest parameters, named topic/name."""
    return {path.relative_to(HERE / folder).with_suffix("").as_posix(): path for path in _files(HERE / folder)}


def _files(folder):
    return sorted(folder.glob("*/*.py"))


def run(path, root):
    """Return the lines that the program printed with the library *root*, and the kinds of error that it ended with."""
    source = path.read_text().replace(THEIRS, root)
    output = io.StringIO()
    with _undisturbed(), contextlib.redirect_stdout(output), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.freeze()  # what is here already need not be looked through
        try:
            error = _execute(source, path)
            gc.collect()  # what the program left open is reported here, not in another test
        finally:
            gc.unfreeze()
    return Outcome(output.getvalue().splitlines(), error_kinds(error))


def _execute(source, path):
    """Run *source* as a module of its own; return the error that it ended with."""
    name = f"program_{path.parent.name}_{path.stem}"
    module = types.ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    try:
        exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)
    except Exception as error:
        return error
    finally:
        sys.modules.pop(name, None)  # what it left open goes with it
    return None


def error_kinds(error):
    """Return the names of *error*'s kinds that both libraries, Python or the program know, the nearest first."""
    names = [_common_name(kind) for kind in type(error).__mro__] if error is not None else []
    return tuple(name for name in names if name is not None)


def _common_name(kind):
    is_ours_alone = kind.__module__.partition(".")[0] in (THEIRS, OURS)
    return _COMMON.get(kind.__name__) if is_ours_alone else kind.__name__


@contextlib.contextmanager
def _undisturbed():
    """Give the body an empty current directory; undo what it changes in the interpreter."""
    environment, path, modules = dict(os.environ), list(sys.path), set(sys.modules)
    handlers, level = logging.root.handlers[:], logging.root.level
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
            os.environ.clear()
            os.environ.update(environment)
            sys.path[:] = path
            logging.root.handlers[:] = handlers
            logging.root.setLevel(level)
            _forget(set(sys.modules) - modules, folder)


def _forget(names, folder):
    """Take from the interpreter the modules that a program was or made, not those that the libraries imported."""
    for name in names:
        origin = getattr(sys.modules[name], "__file__", None) or ""
        if name.startswith("program_") or Path(origin).is_relative_to(folder):
            del sys.modules[name]
