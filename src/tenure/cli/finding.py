"""
Look up what `module:name` names on the command line: a key, a container, a main.

Imports the user's module as `python -m` would find it. What cannot be looked up is `Refused`, with the user's own
frames where it is their code that failed.
"""

import contextlib
import difflib
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from tenure.cli.applications import is_command_line, protocol_of
from tenure.cli.traces import trimmed


class Refused(Exception):  # noqa: N818 - a verdict, never seen outside
    """
    The command cannot do what it was asked to.

    Attributes:
        status: the exit status.
        trace: the traceback of the user's error, to be shown before the text; "" where there is none.
        cause: that error, or None.
    """

    def __init__(self, text: str, status: int = 2, trace: str = "", cause: BaseException | None = None) -> None:
        super().__init__(text)
        self.cause: BaseException | None = cause
        self.status: int = status
        self.trace: str = trace


def found_at(source: str, what: str = "key", *, is_quiet: bool = True) -> Any:
    """
    Import and return what *source* names, as in `app.main:container`.

    Args:
        source: module, colon, name; the name may have dots.
        what: what it should be, for the error.
        is_quiet: whether what the module prints while it is imported goes to stderr, so that the output is the
            command's alone.

    Raises:
        Refused: there is no such thing, or the module could not be imported.
        KeyboardInterrupt: while it was imported.
    """
    name, colon, path = source.partition(":")
    if not (name and colon and path):
        raise Refused(f"{source!r} does not say where the {what} is; say it as module:{what}")
    found: Any = module_named(name, is_quiet=is_quiet)
    for attribute in path.split("."):
        try:
            found = getattr(found, attribute)
        except AttributeError:
            raise Refused(f"{source!r}: {attribute!r} is not there{_hint(found, attribute)}") from None
        except Exception as error:  # noqa: BLE001 - the user's code may raise anything
            raise Refused(f"{source!r}: {attribute!r} could not be looked up", 2, trimmed(error)) from None
    return found


def module_named(name: str, *, is_quiet: bool = True) -> ModuleType:
    """Import and return the module *name*, looked for in the directory of the call as well; raises as `found_at`."""
    if not name or name.startswith(".") or "/" in name or "\\" in name:
        raise Refused(f"{name!r} is no name of a module{_as_module(name)}")
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # a console script does not look where it is run
    try:
        with _said_on_stderr() if is_quiet else contextlib.nullcontext():
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name == error.name or name.startswith(f"{error.name}.")):
            raise _failed_import(name, error) from None
        raise Refused(f"there is no module {error.name!r}{_near(name)}") from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
        raise _failed_import(name, error) from None


def _as_module(path: str) -> str:
    """Return the hint which module the file *path* is, as seen from the current directory; "" where it is none."""
    parts = Path(path.replace("\\", "/")).with_suffix("").parts if path.strip("./\\") else ()
    name = ".".join(part for part in parts if part != ".")
    return f"; did you mean {name}?" if name and all(part.isidentifier() for part in name.split(".")) else ""


def _near(name: str) -> str:
    """Return the hint what else *name*, which no module is called, may mean."""
    if name.endswith(".py"):
        return f"; did you mean {name.removesuffix('.py')}?"
    module, _, attribute = name.rpartition(".")
    if hasattr(sys.modules.get(module), attribute):  # its import has been tried on the way
        return f"; did you mean {module}:{attribute}?"
    return ""


def container_at(source: str, *, is_quiet: bool = True) -> Any:
    """
    Return the container, of either face, that *source* names.

    Args:
        source: `module:name` of a container, of a declarative container class, or of a function without parameters
            that makes one; or a module alone, whose only container it is.
        is_quiet: as for `found_at`.

    Raises:
        Refused: there is none, or several.
    """
    if ":" not in source:
        return _only_container(module_named(source, is_quiet=is_quiet), source)
    found = found_at(source, "container", is_quiet=is_quiet)
    _refuse_application(source, found)
    is_other_class = isinstance(found, type) and not hasattr(found, "resource_scope")  # is not made to see what it is
    if not is_container(found) and callable(found) and not is_other_class:
        found = _made(source, found)
    if not is_container(found):
        known = containers_in(sys.modules[source.partition(":")[0]])
        hint = f"; containers there: {', '.join(known)}" if known else ""
        raise Refused(f"{source!r} is {shown(found)}, no container{hint}")
    return found


def _refuse_application(source: str, found: Any) -> None:
    if is_container(found):
        return
    protocol = protocol_of(found)
    kind = f"an application of {protocol.name}" if protocol else "a command line" if is_command_line(found) else None
    if kind is not None:
        module = source.partition(":")[0]
        known = [f"{module}:{name}" for name in containers_in(sys.modules[module])]
        meant = f"say {' or '.join(known)}" if known else "say where that is, as module:container"
        raise Refused(f"{source!r} is {kind}, not the container that setup(app, container) gave it; {meant}")


def is_container(found: Any) -> bool:
    """Tell whether *found* is a container of either face."""
    cls = type(found)
    return hasattr(cls, "aget") and hasattr(cls, "observe") and hasattr(cls, "resource_scope")


def containers_in(module: ModuleType) -> dict[str, Any]:
    """Return the containers of *module* by name, each once."""
    found: dict[int, tuple[str, Any]] = {}
    for name, value in list(vars(module).items()):
        if is_container(value) and not name.startswith("_"):
            found.setdefault(id(value), (name, value))
    return dict(found.values())


def _only_container(module: ModuleType, source: str) -> Any:
    found = containers_in(module)
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise Refused(f"there is no container in {source!r}; say where it is as module:container")
    names = ", ".join(f"{source}:{name}" for name in found)
    raise Refused(f"there are {len(found)} containers in {source!r}; say which: {names}")


def _made(source: str, make: Callable[[], Any]) -> Any:
    try:
        inspect.signature(make).bind()
    except (TypeError, ValueError):
        raise Refused(f"{source!r} is {shown(make)}, which is no container and makes none without arguments") from None
    try:
        with _said_on_stderr():
            made = make()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
        raise Refused(f"{source!r} raised while it made the container", 2, trimmed(error), error) from None
    if inspect.iscoroutine(made):
        made.close()
        raise Refused(f"{source!r} is an asynchronous function; make the container in a plain one")
    return made


def _failed_import(name: str, error: BaseException) -> Refused:
    return Refused(f"{name!r} could not be imported", 2, trimmed(error), error)


def _hint(found: Any, attribute: str) -> str:
    names = [*containers_in(found)] if isinstance(found, ModuleType) else []
    close = difflib.get_close_matches(attribute, [*names, *vars(found)] if hasattr(found, "__dict__") else names, 1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; containers there: {', '.join(names)}" if names else ""


def shown(found: Any) -> str:
    """Return what *found* is, for errors; no value of the user's is shown."""
    if found is None:
        return "None"
    if isinstance(found, ModuleType):
        return f"the module {found.__name__}"
    if isinstance(found, type):
        return f"the class {found.__qualname__}"
    if inspect.isroutine(found):
        return f"the function {found.__name__}"
    return f"of {type(found).__module__}.{type(found).__qualname__}"


@contextlib.contextmanager
def _said_on_stderr() -> Iterator[None]:
    with contextlib.redirect_stdout(sys.stderr):
        yield
